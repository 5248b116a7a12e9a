import { describe, expect, it, vi } from 'vitest';
import { LiveStore } from './live';

function store() {
  const frames: (() => void)[] = [];
  return { live: new LiveStore((fn) => frames.push(fn)), frame: () => frames.splice(0).map((f) => f()), frames };
}

describe('live fragments', () => {
  it('tell watchers once per frame, however many come', () => {
    const { live, frame, frames } = store();
    const seen = vi.fn();
    live.watch(7, seen);
    for (let i = 0; i < 1000; i++) live.push({ run: 'r', span: 7, text: 'x' });
    expect(frames).toHaveLength(1);
    frame();
    expect(seen).toHaveBeenCalledTimes(1);
    expect(live.stream(7)?.text.join('')).toHaveLength(1000);
  });

  it('keep spans and kinds apart', () => {
    const { live } = store();
    live.push({ run: 'r', span: 1, thinking: 'hm', status: 'loading the model' });
    live.push({ run: 'r', span: 2, stdout: 'out', stderr: 'err' });
    expect(live.stream(1)).toMatchObject({ thinking: ['hm'], status: 'loading the model', text: [] });
    expect(live.stream(2)).toMatchObject({ stdout: ['out'], stderr: ['err'] });
    live.push({ run: 'r', span: 1, text: 'now' });
    expect(live.stream(1)?.status).toBe('');
  });

  it('begin anew when the reply does', () => {
    const { live } = store();
    live.push({ run: 'r', span: 1, text: 'half a' });
    live.push({ run: 'r', span: 1, again: true, status: 'trying again in 1 s' });
    expect(live.stream(1)).toMatchObject({ round: 2, text: [], status: 'trying again in 1 s' });
    live.push({ run: 'r', span: 1, text: 'whole' });
    expect(live.stream(1)).toMatchObject({ round: 2, text: ['whole'] });
  });

  it('are forgotten when recorded, and stay so when stragglers come', () => {
    const { live, frame } = store();
    live.push({ run: 'r', span: 3, text: 'a' });
    live.drop(3);
    live.push({ run: 'r', span: 3, text: 'late' });
    frame();
    expect(live.stream(3)).toBeUndefined();
  });

  it('stop telling who left', () => {
    const { live, frame } = store();
    const seen = vi.fn();
    live.watch(1, seen)();
    live.push({ run: 'r', span: 1, text: 'a' });
    frame();
    expect(seen).not.toHaveBeenCalled();
  });
});
