import { useSyncExternalStore } from 'react';

/** Whether an agent is edited, copied or made; '' for the list. */
export type AgentForm = '' | 'edit' | 'copy' | 'new';
const agentForms: readonly string[] = ['edit', 'copy', 'new'] satisfies AgentForm[];

/** Where the window is: all of it is in the address, so that a reload shows the same. */
export type Route =
  | { view: 'new'; agent: string; task: string; model: string }
  | { view: 'runs'; q: string; status: string; tag: string }
  | { view: 'run'; id: string; step: number }
  | { view: 'agents'; name: string; form: AgentForm }
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
    case 'agents': {
      const form = get('form');
      return { view, name: get('name'), form: agentForms.includes(form) ? (form as AgentForm) : '' };
    }
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
  agents: (name = '', form: AgentForm = ''): Route => ({ view: 'agents', name, form }),
  tools: (name = ''): Route => ({ view: 'tools', name }),
  imports: (): Route => ({ view: 'imports' }),
  models: (): Route => ({ view: 'models' }),
  settings: (): Route => ({ view: 'settings' }),
};

/** Stands in the way while something would be lost; `goOn` is what to call when the person agrees. */
type Guard = (goOn: () => void) => void;
let guard: { ask: Guard; hash: string } | undefined;

/** From now on, going elsewhere asks first; the function that is given ends that. */
export function guardRoute(ask: Guard): () => void {
  const mine = { ask, hash: location.hash };
  guard = mine;
  return () => {
    if (guard === mine) guard = undefined;
  };
}

/** What would have been lost is safe: going elsewhere asks no more. */
export function unguardRoute() {
  guard = undefined;
}

const watchers = new Set<() => void>();

function moved() {
  if (guard && location.hash !== guard.hash) {
    const { ask, hash } = guard;
    const target = location.hash;
    // The address has changed already: it is put back until the person has decided.
    history.replaceState(history.state, '', hash);
    ask(() => {
      guard = undefined;
      location.hash = target;
    });
    return;
  }
  for (const fn of watchers) fn();
}

let last: { hash: string; route: Route } | undefined;
function current(): Route {
  const hash = guard?.hash ?? location.hash;
  if (last?.hash !== hash) last = { hash, route: parse(hash) };
  return last.route;
}

function subscribe(fn: () => void) {
  if (watchers.size === 0) addEventListener('hashchange', moved);
  watchers.add(fn);
  return () => {
    watchers.delete(fn);
    if (watchers.size === 0) removeEventListener('hashchange', moved);
  };
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current);
}
