import { createContext, useContext, useEffect, useReducer } from 'react';
import { LiveStore, type Stream } from '../../run/live';

const LiveContext = createContext(new LiveStore());
export const LiveProvider = LiveContext.Provider;
export const useLive = () => useContext(LiveContext);

/** Renders once when the first fragment of a span arrives, and whenever its status text changes; not per fragment. */
export function useStream(span: number): Stream | undefined {
  const live = useLive();
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const what = () => {
      const s = live.stream(span);
      return s
        ? `${s.round}|${s.status}|${s.text.length > 0}|${s.thinking.length > 0}|${s.stdout.length > 0}|${s.stderr.length > 0}`
        : '';
    };
    let seen = what();
    again();
    return live.watch(span, () => {
      const now = what();
      if (now !== seen) {
        seen = now;
        again();
      }
    });
  }, [live, span]);
  return live.stream(span);
}
