import { useEffect, useMemo, useState } from 'react';
import { listen } from '../actions/registry';
import { type Host, HostProvider } from '../bridge/host';
import { Agents } from '../features/agents/Agents';
import { Home } from '../features/compose/Home';
import { Imports } from '../features/imports/Imports';
import { Models } from '../features/models/Models';
import { Runs } from '../features/runs/Runs';
import { Settings } from '../features/settings/Settings';
import { Tools } from '../features/tools/Tools';
import { RunScreen } from '../features/transcript/RunScreen';
import { S } from '../strings';
import { OpenLinkProvider } from '../ui/link';
import { DeskProvider, deskData, follow, useDesk } from './desk';
import { ErrorBoundary } from './ErrorBoundary';
import { LinkDialog } from './LinkDialog';
import { Notices } from './Notices';
import { Palette } from './Palette';
import { useResource } from './resource';
import { type Route, useRoute } from './route';
import { Sidebar } from './Sidebar';
import { setTheme } from './theme';
import { useAppActions } from './useAppActions';

export function App({ host }: { host: Host }) {
  const data = useMemo(() => deskData(host), [host]);
  useEffect(() => follow(host, data), [host, data]);
  useEffect(() => listen(window), []);
  return (
    <HostProvider value={host}>
      <DeskProvider value={data}>
        <Frame />
      </DeskProvider>
    </HostProvider>
  );
}

function Frame() {
  const route = useRoute();
  const [dialog, setDialog] = useState<'' | 'palette' | 'help'>('');
  const [link, setLink] = useState('');
  const { data: settings } = useResource(useDesk().settings);
  useAppActions(setDialog);
  useEffect(() => {
    if (settings) setTheme(settings.theme);
  }, [settings]);
  useEffect(() => {
    document.title = `${title(route)} – ${S.app}`;
  }, [route]);
  return (
    <OpenLinkProvider value={setLink}>
      <a className="skip" href="#content" onClick={skip}>
        {S.nav.skip}
      </a>
      <div className="frame">
        <Sidebar route={route} />
        <main id="content" tabIndex={-1} className="main">
          <Notices />
          <ErrorBoundary key={`${route.view}/${route.view === 'run' ? route.id : ''}`}>
            <View route={route} />
          </ErrorBoundary>
        </main>
      </div>
      <Palette mode={dialog} onClose={() => setDialog('')} />
      <LinkDialog url={link} onClose={() => setLink('')} />
    </OpenLinkProvider>
  );
}

/** The address belongs to the router: jump without it. */
function skip(e: React.MouseEvent) {
  e.preventDefault();
  document.getElementById('content')?.focus();
}

function View({ route }: { route: Route }) {
  switch (route.view) {
    case 'new':
      return <Home route={route} />;
    case 'runs':
      return <Runs route={route} />;
    case 'run':
      return <RunScreen id={route.id} step={route.step} key={route.id} />;
    case 'agents':
      return <Agents name={route.name} form={route.form} />;
    case 'tools':
      return <Tools name={route.name} />;
    case 'imports':
      return <Imports />;
    case 'models':
      return <Models />;
    case 'settings':
      return <Settings />;
  }
}

function title(r: Route): string {
  return r.view === 'run' ? S.nav.runs : S.nav[r.view];
}
