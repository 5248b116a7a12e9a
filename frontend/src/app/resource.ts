import { useEffect, useSyncExternalStore } from 'react';
import { type Fault, toFault } from '../bridge/fault';

export interface State<T> {
  data?: T;
  fault?: Fault;
  loading: boolean;
}

/**
 * Something that Go knows and several views show. It is asked for when the first view wants it; while it is asked for
 * again the old value stays on the screen, so that nothing blinks.
 */
export class Resource<T> {
  private state: State<T> = { loading: false };
  private watchers = new Set<() => void>();
  private round = 0;
  private asked = false;

  constructor(private load: () => Promise<T>) {}

  get = () => this.state;

  subscribe = (fn: () => void) => {
    this.watchers.add(fn);
    return () => this.watchers.delete(fn);
  };

  /** Asks unless somebody did. */
  want() {
    if (!this.asked) void this.reload();
  }

  /** Asks again, if anybody ever asked. */
  refresh() {
    if (this.asked) void this.reload();
  }

  async reload(): Promise<void> {
    this.asked = true;
    const round = ++this.round;
    this.set({ ...this.state, loading: true });
    try {
      const data = await this.load();
      if (round === this.round) this.set({ data, loading: false });
    } catch (e) {
      if (round === this.round) this.set({ ...this.state, fault: toFault(e), loading: false });
    }
  }

  /** Shows a value before Go has confirmed it. */
  put(data: T) {
    this.round++;
    this.set({ data, loading: false });
  }

  private set(s: State<T>) {
    this.state = s;
    for (const fn of this.watchers) fn();
  }
}

export function useResource<T>(r: Resource<T>): State<T> {
  useEffect(() => r.want(), [r]);
  return useSyncExternalStore(r.subscribe, r.get);
}
