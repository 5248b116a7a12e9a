import { useSyncExternalStore } from 'react';

/** Where the window is: all of it is in the address, so that a reload shows the same. */
export type Route =
  | { view: 'new'; agent: string; task: string; model: string }
  | { view: 'runs'; q: string; status: string; tag: string }
  | { view: 'run'; id: string; step: number }
  | { view: 'agents'; name: string }
  | { view: 'tools'; name: string }
  | { view: 'imports' }
  | { view: 'models' }
  | { view: 'settings' };

export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [view = '', ...rest] = path.split('/');
  const p = new URLSearchParams(query);
  const get = (k: string) => p.get(k) ?? '';
  switch (view) {
    case 'runs':
      return { view, q: get('q'), status: get('status'), tag: get('tag') };
    case 'run':
      return rest[0]
        ? { view, id: decode(rest[0]), step: positive(get('step')) }
        : { view: 'runs', q: '', status: '', tag: '' };
    case 'agents':
    case 'tools':
      return { view, name: get('name') };
    case 'imports':
    case 'models':
    case 'settings':
      return { view };
    default:
      return { view: 'new', agent: get('agent'), task: get('task'), model: get('model') };
  }
}

function decode(s: string): string {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}

function positive(s: string): number {
  return Math.max(0, Number.parseInt(s, 10) || 0);
}

export function format(r: Route): string {
  const p = new URLSearchParams();
  for (const [k, v] of Object.entries(r)) if (k !== 'view' && k !== 'id' && v) p.set(k, String(v));
  const query = p.size > 0 ? `?${p}` : '';
  return r.view === 'run' ? `#/run/${encodeURIComponent(r.id)}${query}` : `#/${r.view}${query}`;
}

/** Goes somewhere; `replace` when it is the same place seen a little differently (typing in a search field). */
export function go(r: Route, replace = false) {
  const hash = format(r);
  if (hash === location.hash) return;
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(history.state, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export const paths = {
  new: (): Route => ({ view: 'new', agent: '', task: '', model: '' }),
  runs: (): Route => ({ view: 'runs', q: '', status: '', tag: '' }),
  run: (id: string, step = 0): Route => ({ view: 'run', id, step }),
  agents: (name = ''): Route => ({ view: 'agents', name }),
  tools: (name = ''): Route => ({ view: 'tools', name }),
  imports: (): Route => ({ view: 'imports' }),
  models: (): Route => ({ view: 'models' }),
  settings: (): Route => ({ view: 'settings' }),
};

let last: { hash: string; route: Route } | undefined;
function current(): Route {
  if (last?.hash !== location.hash) last = { hash: location.hash, route: parse(location.hash) };
  return last.route;
}

function subscribe(fn: () => void) {
  addEventListener('hashchange', fn);
  return () => removeEventListener('hashchange', fn);
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current);
}
