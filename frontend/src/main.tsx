import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { startTheme } from './app/theme';
import { connect } from './bridge/connect';
import { Fault } from './bridge/fault';
import type { Host } from './bridge/host';
import { S } from './strings';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/ui.css';
import './styles/home.css';
import './styles/run.css';
import './styles/transcript.css';
import './styles/panel.css';
import './styles/variables.css';
import './styles/forms.css';
import './styles/lists.css';
import { FaultCard } from './ui/FaultCard';

startTheme();

/** Go, or in a development build a script that plays it. */
async function findHost(): Promise<Host | undefined> {
  const host = connect();
  if (host || !import.meta.env.DEV) return host;
  const { demoHost } = await import('./bridge/fake-demo');
  return demoHost(new URLSearchParams(location.search).get('fake') ?? '');
}

const root = createRoot(document.getElementById('root') as HTMLElement);
void findHost().then((host) =>
  root.render(
    <StrictMode>
      {host ? (
        <App host={host} />
      ) : (
        <div className="page">
          <FaultCard fault={new Fault('internal', S.fault.noGo, S.fault.noGoWhy, S.fault.noGoDo)} />
        </div>
      )}
    </StrictMode>,
  ),
);
