import { useCallback, useEffect, useRef, useState } from 'react';
import type { Route } from '../../app/route';
import type { RunHit, RunPage, RunQuery } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';

/** The runs that match the address, kept current while runs go on. The old list stays until the new one is there. */
export function useRunList({ q, status, tag }: Extract<Route, { view: 'runs' }>) {
  const host = useHost();
  const [page, setPage] = useState<RunPage>();
  const [fault, setFault] = useState<Fault>();
  const [loading, setLoading] = useState(false);
  const round = useRef(0);
  const shown = useRef(0);

  const load = useCallback(
    async (before?: string) => {
      const mine = ++round.current;
      const query: RunQuery = { limit: before ? 100 : Math.max(100, shown.current) };
      if (q) query.search = q;
      if (status) query.status = status as NonNullable<RunQuery['status']>;
      if (tag) query.tag = tag;
      if (before) query.before = before;
      setLoading(true);
      try {
        const got = await host.api.Runs(query);
        if (mine !== round.current) return;
        setFault(undefined);
        setPage((old) => (before && old ? { ...got, runs: [...(old.runs ?? []), ...(got.runs ?? [])] } : got));
      } catch (e) {
        if (mine === round.current) setFault(toFault(e));
      } finally {
        if (mine === round.current) setLoading(false);
      }
    },
    [host, q, status, tag],
  );

  useEffect(() => {
    shown.current = 0;
    void load();
  }, [load]);
  useEffect(() => {
    let due: ReturnType<typeof setTimeout> | undefined;
    const off = host.on('run', () => {
      due ??= setTimeout(() => {
        due = undefined;
        void load();
      }, 1500);
    });
    return () => {
      off();
      clearTimeout(due);
    };
  }, [host, load]);

  const runs: readonly RunHit[] = page?.runs ?? [];
  shown.current = runs.length;
  const last = runs.at(-1)?.id;
  const more = useCallback(() => void (last && load(last)), [last, load]);
  const reload = useCallback(() => void load(), [load]);
  return { runs, page, fault, loading, more, reload };
}
