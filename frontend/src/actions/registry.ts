import { useEffect, useSyncExternalStore } from 'react';

/**
 * Everything that can be done, in one place: the command palette lists it, the keyboard runs it, `?` explains it. A
 * view registers its actions while it is on the screen.
 */
export interface Action {
  id: string;
  title: string;
  group: 'go' | 'run' | 'app' | 'compose';
  /** keys: "N", "Ctrl+K", "Escape Escape", "G R". A space separates keys that follow each other. */
  keys?: string[];
  run: () => void;
  /** works while the person types in a field too */
  inFields?: boolean;
  disabled?: boolean;
  /** not worth a line in the palette (moving about), but in the list of shortcuts */
  quiet?: boolean;
}

let list: readonly Action[] = [];
const watchers = new Set<() => void>();

function set(next: readonly Action[]) {
  list = next;
  for (const fn of watchers) fn();
}

export function register(actions: readonly Action[]): () => void {
  set([...list, ...actions]);
  return () => set(list.filter((a) => !actions.includes(a)));
}

/** Registers while the component is there. Pass a memoised list. */
export function useActions(actions: readonly Action[]) {
  useEffect(() => register(actions), [actions]);
}

export function allActions(): readonly Action[] {
  return list;
}

export function useAllActions(): readonly Action[] {
  return useSyncExternalStore((fn) => {
    watchers.add(fn);
    return () => watchers.delete(fn);
  }, allActions);
}

/**
 * "Ctrl+K" for an event; Cmd counts as Ctrl, since that is what a Mac's hand does. Shift is told but for signs: whether it
 * takes one to write "?" is the keyboard's affair.
 */
export function keyName(e: KeyboardEvent): string {
  const key = e.key.length === 1 ? e.key.toUpperCase() : e.key;
  const sign = e.key.length === 1 && key === e.key.toLowerCase();
  const mods = (e.ctrlKey || e.metaKey ? 'Ctrl+' : '') + (e.altKey ? 'Alt+' : '');
  return mods + (e.shiftKey && (!sign || mods) ? 'Shift+' : '') + key;
}

const patience = 800; // milliseconds between the keys of a sequence

/** Runs actions from the keyboard. Gives the function that stops it. */
export function listen(target: Window): () => void {
  let before = '';
  let at = 0;
  const onKey = (e: KeyboardEvent) => {
    if (e.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(e.key)) return;
    const key = keyName(e);
    const now = e.timeStamp;
    const sequence = before && now - at < patience ? `${before} ${key}` : '';
    before = key;
    at = now;
    const action = find(sequence, e) ?? find(key, e);
    if (!action) return;
    e.preventDefault();
    before = '';
    action.run();
  };
  // Keys with Ctrl or Alt are ours before a control sees them: Ctrl+Enter on a picker shall start, not open it. The
  // others go to the control first.
  const early = (e: KeyboardEvent) => withModifier(e) && onKey(e);
  const late = (e: KeyboardEvent) => !withModifier(e) && onKey(e);
  target.addEventListener('keydown', early, true);
  target.addEventListener('keydown', late);
  return () => {
    target.removeEventListener('keydown', early, true);
    target.removeEventListener('keydown', late);
  };
}

const withModifier = (e: KeyboardEvent) => e.ctrlKey || e.metaKey || e.altKey;

function find(keys: string, e: KeyboardEvent): Action | undefined {
  if (keys === '' || e.defaultPrevented) return undefined;
  const action = list.findLast((a) => !a.disabled && a.keys?.includes(keys));
  if (!action) return undefined;
  const t = e.target instanceof Element ? e.target : null;
  // A dialog or a menu has the keyboard to itself.
  if (t?.closest('[role="dialog"],[role="listbox"],[role="menu"]')) return undefined;
  const field = t?.closest('input,textarea,select,[contenteditable="true"]');
  if (field && !action.inFields && !isButtonLike(field)) return undefined;
  // Keys that a focused control needs for itself.
  if (t?.closest('button,[role="button"],a[href],[role="combobox"],summary') && /^(Enter| |Arrow\w+)$/.test(keys))
    return undefined;
  return action;
}

const isButtonLike = (f: Element) => f instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(f.type);

const shown: Record<string, string> = {
  Escape: 'Esc',
  ArrowDown: '↓',
  ArrowUp: '↑',
  Enter: '↵',
  ' ': 'Space',
};

/** Keys as they stand on a keyboard. */
export function keyLabel(keys: string): string {
  return keys
    .split(' ')
    .map((k) =>
      k
        .split('+')
        .map((p) => shown[p] ?? p)
        .join(' '),
    )
    .join(' ');
}
