import type { Live } from '../bridge/api.gen';

/**
 * What has streamed in for one open span. The arrays only grow, so a watcher remembers how far it has read; when a
 * reply begins anew (the model's server broke off and is asked again), a stream of the next `round` takes its place.
 */
export interface Stream {
  round: number;
  text: string[];
  thinking: string[];
  stdout: string[];
  stderr: string[];
  status: string;
}

type Schedule = (fn: () => void) => void;
const nextFrame: Schedule = (fn) => {
  // A hidden window gets no frames; it must still not pile up work.
  if (typeof requestAnimationFrame === 'function' && !document.hidden) requestAnimationFrame(fn);
  else setTimeout(fn, 50);
};

/**
 * The fragments of one run that are not recorded. However many come in, watchers are told once per frame. The recorded
 * event that closes a span supersedes its fragments: `drop` forgets them.
 */
export class LiveStore {
  private streams = new Map<number, Stream>();
  private watchers = new Map<number, Set<() => void>>();
  private dirty = new Set<number>();
  private due = false;
  private gone = new Set<number>();

  constructor(private schedule: Schedule = nextFrame) {}

  push(l: Live) {
    if (this.gone.has(l.span)) return;
    let s = this.streams.get(l.span);
    if (!s || l.again) {
      s = { round: (s?.round ?? 0) + 1, text: [], thinking: [], stdout: [], stderr: [], status: '' };
      this.streams.set(l.span, s);
    }
    if (l.text) s.text.push(l.text);
    if (l.thinking) s.thinking.push(l.thinking);
    if (l.stdout) s.stdout.push(l.stdout);
    if (l.stderr) s.stderr.push(l.stderr);
    if (l.text || l.thinking) s.status = '';
    if (l.status) s.status = l.status;
    this.mark(l.span);
  }

  stream(span: number): Stream | undefined {
    return this.streams.get(span);
  }

  /** Forgets a span that is closed now, and whatever still comes for it. */
  drop(span: number) {
    this.gone.add(span);
    this.streams.delete(span);
  }

  watch(span: number, fn: () => void): () => void {
    const set = this.watchers.get(span) ?? new Set();
    set.add(fn);
    this.watchers.set(span, set);
    return () => {
      set.delete(fn);
      if (set.size === 0) this.watchers.delete(span);
    };
  }

  private mark(span: number) {
    this.dirty.add(span);
    if (this.due) return;
    this.due = true;
    this.schedule(() => {
      this.due = false;
      const spans = [...this.dirty];
      this.dirty.clear();
      for (const s of spans) for (const fn of this.watchers.get(s) ?? []) fn();
    });
  }
}
