import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { RunID } from '../bridge/api.gen';
import { type Fault, toFault } from '../bridge/fault';
import { type Host, useHost } from '../bridge/host';
import { emptyRun, fold } from './fold';
import { LiveStore } from './live';
import type { RunView } from './view';

export interface RunState {
  view: RunView;
  /** the whole log, as far as there is one, has been read once */
  ready: boolean;
  fault?: Fault;
}

const safetyNet = 4000; // milliseconds; a signal may get lost when a browser's connection breaks

/**
 * One run on the screen. A signal says that its log has grown, pulling reads on from the last event, and folding makes
 * the view: the same path for a run that works, one that is over, and a reload in the middle.
 */
export class RunStore {
  readonly live = new LiveStore();
  private state: RunState;
  private watchers = new Set<() => void>();
  private pulling = false;
  private again = false;
  private stopped = true;
  private told = 0;

  constructor(
    private host: Host,
    readonly id: RunID,
  ) {
    this.state = { view: emptyRun(id), ready: false };
  }

  get = () => this.state;
  subscribe = (fn: () => void) => {
    this.watchers.add(fn);
    return () => this.watchers.delete(fn);
  };

  start(): () => void {
    this.stopped = false;
    const offs = [
      this.host.on('run', (s) => s.run === this.id && s.seq > this.state.view.lastSeq && void this.pull()),
      this.host.on('live', (l) => l.run === this.id && this.live.push(l)),
    ];
    const net = setInterval(() => {
      if (this.state.view.status === 'running') void this.pull();
    }, safetyNet);
    void this.pull();
    return () => {
      this.stopped = true;
      clearInterval(net);
      for (const off of offs) off();
    };
  }

  /** Reads on. One pull at a time: a signal during a pull asks for another one after it. */
  async pull(): Promise<void> {
    if (this.pulling) {
      this.again = true;
      return;
    }
    this.pulling = true;
    try {
      do {
        this.again = false;
        const page = await this.host.api.RunEvents(this.id, this.state.view.lastSeq);
        if (this.stopped) return;
        this.take(page.events ?? [], page.more);
        this.again ||= page.more;
      } while (this.again);
    } catch (e) {
      if (!this.stopped) this.set({ ...this.state, fault: toFault(e), ready: true });
    } finally {
      this.pulling = false;
    }
  }

  /** A long log comes in many pages: while more are waiting, the screen is only told now and then. */
  private take(events: Parameters<typeof fold>[1], more: boolean) {
    const view = fold(this.state.view, events);
    // Recorded now: the fragments that were shown for these spans have had their time.
    for (const e of events) if (e.kind === 'model_finished' || e.kind === 'code_finished') this.live.drop(e.span);
    const ready = this.state.ready || !more;
    if (view === this.state.view && ready === this.state.ready && !this.state.fault) return;
    this.state = { view, ready };
    if (more && Date.now() - this.told < 400) return;
    this.told = Date.now();
    this.set(this.state);
  }

  private set(s: RunState) {
    this.state = s;
    for (const fn of this.watchers) fn();
  }
}

export function useRun(id: RunID): { store: RunStore } & RunState {
  const host = useHost();
  const store = useMemo(() => new RunStore(host, id), [host, id]);
  useEffect(() => store.start(), [store]);
  const state = useSyncExternalStore(store.subscribe, store.get);
  return { store, ...state };
}
