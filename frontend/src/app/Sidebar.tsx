import { keyLabel } from '../actions/registry';
import type { ProviderModels, Settings, Status } from '../bridge/api.gen';
import { S } from '../strings';
import { bytes, count, modelName } from '../ui/format';
import { Hourglass, Icon, type IconName } from '../ui/Icon';
import { useDesk } from './desk';
import { useResource } from './resource';
import { format, paths, type Route } from './route';

const entries: { view: Exclude<Route['view'], 'run'>; icon: IconName }[] = [
  { view: 'new', icon: 'new' },
  { view: 'runs', icon: 'runs' },
  { view: 'agents', icon: 'agents' },
  { view: 'tools', icon: 'tools' },
  { view: 'imports', icon: 'imports' },
  { view: 'models', icon: 'models' },
];

export function Sidebar({ route }: { route: Route }) {
  const desk = useDesk();
  const recent = useResource(desk.recent).data;
  const here = route.view === 'run' ? 'runs' : route.view;
  return (
    <nav className="side" aria-label={S.nav.label}>
      <div className="brand">
        <Hourglass />
        <span className="side-label">{S.app}</span>
      </div>
      {entries.map((e) => (
        <Entry key={e.view} view={e.view} icon={e.icon} on={here === e.view}>
          {e.view === 'new' && <kbd aria-hidden="true">{keyLabel('N')}</kbd>}
          {e.view === 'runs' && recent && recent.total > 0 && <span className="muted num">{count(recent.total)}</span>}
        </Entry>
      ))}
      <span className="grow" />
      <Entry view="settings" icon="settings" on={here === 'settings'} />
      <Foot />
    </nav>
  );
}

function Entry(p: { view: Exclude<Route['view'], 'run'>; icon: IconName; on: boolean; children?: React.ReactNode }) {
  const label = S.nav[p.view];
  return (
    <a
      className={`side-entry ${p.on ? 'on' : ''}`}
      href={format(paths[p.view]())}
      aria-current={p.on ? 'page' : undefined}
      // The name when the sidebar is narrow and shows icons only.
      title={label}
    >
      <Icon name={p.icon} />
      <span className="side-label grow">{label}</span>
      <span className="side-label">{p.children}</span>
    </a>
  );
}

/** One line that says whether a task would work now. */
function Foot() {
  const desk = useDesk();
  const status = useResource(desk.status).data;
  const models = useResource(desk.models).data;
  const settings = useResource(desk.settings).data;
  const { dot, title, text } = health(status, models, settings);
  return (
    <a className="side-foot" href={format(paths.models())} title={`${title}. ${text}`}>
      <span className={`dot ${dot}`} />
      <span className="side-label clip">
        <span className="clip block">{title}</span>
        <span className="muted clip block">{text}</span>
      </span>
      <span className="sr" role="status">
        {title}. {text}
      </span>
    </a>
  );
}

export function health(status?: Status, models?: ProviderModels[], settings?: Settings) {
  if (!status) return { dot: '', title: S.foot.unknown, text: '' };
  if (status.runtime.state === 'missing' || status.runtime.state === 'failed') {
    return { dot: 'bad', title: S.foot.missing, text: status.runtime.fault?.do ?? '' };
  }
  if (status.runtime.state === 'preparing') return { dot: 'warn', title: S.foot.preparing, text: '' };
  const real = (models ?? []).filter((p) => p.provider.kind !== 'demo').flatMap((p) => p.models ?? []);
  if (real.length > 0) {
    const m = real.find((x) => x.ref === settings?.default_model) ?? real.find((x) => x.loaded) ?? real[0];
    const facts = [m?.loaded ? S.models.loaded : '', m?.size ? bytes(m.size) : '', m?.cloud ? S.models.cloud : ''];
    return {
      dot: 'ok',
      title: m ? modelName(m.ref) : '',
      text: facts.filter(Boolean).join(', ') || S.foot.models(real.length),
    };
  }
  if (!status.ollama.running) return { dot: 'warn', title: S.foot.ollamaOff, text: S.foot.demo };
  return { dot: 'warn', title: S.foot.noModel, text: S.foot.ollamaEmpty };
}
