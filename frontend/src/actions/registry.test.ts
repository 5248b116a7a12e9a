import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Action, keyLabel, listen, register } from './registry';

let off: (() => void)[] = [];
beforeEach(() => {
  off = [listen(window)];
});
afterEach(() => {
  for (const f of off) f();
  document.body.replaceChildren();
});

function action(a: Partial<Action>): () => void {
  const run = vi.fn();
  off.push(register([{ id: 'x', title: 'X', group: 'app', run, ...a }]));
  return run;
}

const press = (key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));

describe('the keyboard', () => {
  it('runs actions by key, chord and sequence', () => {
    const n = action({ keys: ['N'] });
    const k = action({ keys: ['Ctrl+K'] });
    const stop = action({ keys: ['Escape Escape'] });
    press('n');
    press('k', { metaKey: true });
    press('Escape');
    expect(stop).not.toHaveBeenCalled();
    press('Escape');
    for (const f of [n, k, stop]) expect(f).toHaveBeenCalledTimes(1);
  });

  it('tells a letter with Shift from one without, and a sign by itself', () => {
    const small = action({ keys: ['C'] });
    const large = action({ keys: ['Shift+C'] });
    const help = action({ keys: ['?'] });
    press('C', { shiftKey: true });
    expect(small).not.toHaveBeenCalled();
    expect(large).toHaveBeenCalledTimes(1);
    press('C'); // Caps Lock
    expect(small).toHaveBeenCalledTimes(1);
    press('?', { shiftKey: true });
    expect(help).toHaveBeenCalledTimes(1);
  });

  it('leaves keys alone while somebody types', () => {
    const n = action({ keys: ['N'] });
    const start = action({ keys: ['Ctrl+Enter'], inFields: true });
    const field = document.body.appendChild(document.createElement('textarea'));
    press('n', {}, field);
    press('Enter', { ctrlKey: true }, field);
    expect(n).not.toHaveBeenCalled();
    expect(start).toHaveBeenCalledTimes(1);
  });

  it('leaves Enter and arrows to a focused control, and everything to a dialog', () => {
    const down = action({ keys: ['ArrowDown'] });
    const n = action({ keys: ['N'] });
    const button = document.body.appendChild(document.createElement('button'));
    press('ArrowDown', {}, button);
    const dialog = document.body.appendChild(document.createElement('div'));
    dialog.setAttribute('role', 'dialog');
    press('n', {}, dialog);
    expect(down).not.toHaveBeenCalled();
    expect(n).not.toHaveBeenCalled();
  });

  it('skips disabled actions and those that left; the latest wins', () => {
    const first = action({ keys: ['E'] });
    const second = action({ keys: ['E'] });
    const never = action({ keys: ['E'], disabled: true });
    press('e');
    off.splice(2, 1)[0]?.();
    press('e');
    expect(second).toHaveBeenCalledTimes(1);
    expect(first).toHaveBeenCalledTimes(1);
    expect(never).not.toHaveBeenCalled();
  });

  it('writes keys as they stand on the keyboard', () => {
    expect(keyLabel('Ctrl+Enter')).toBe('Ctrl ↵');
    expect(keyLabel('Escape Escape')).toBe('Esc Esc');
  });
});
