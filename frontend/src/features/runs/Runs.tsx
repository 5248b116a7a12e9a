import { useCallback, useEffect, useRef, useState } from 'react';
import { useDesk } from '../../app/desk';
import { format, go, paths, type Route } from '../../app/route';
import type { RunHit } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { Confirm } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';
import { Select } from '../../ui/Select';
import { RunRow } from './RunRow';
import { Tags } from './Tags';
import { useRunList } from './useRunList';

type RunsRoute = Extract<Route, { view: 'runs' }>;
const statuses = ['running', 'finished', 'max_steps', 'failed', 'stopped', 'interrupted'];

/** The history: found by words, by status, by tag; every list works with the arrow keys. */
export function Runs({ route }: { route: RunsRoute }) {
  const list = useRunList(route);
  const asked = route.q !== '' || route.status !== '' || route.tag !== '';
  const { runs, page } = list;
  return (
    <div className="page">
      <header className="row between wrap">
        <h1 className="page-title">{S.runs.title}</h1>
        <span className="muted num" role="status">
          {page ? S.runs.found(page.total) : ''}
        </span>
      </header>
      <Filters route={route} runs={runs} />
      {list.fault && <FaultCard fault={list.fault} live onRetry={list.reload} />}
      {page && runs.length === 0 && (asked ? <NoResults /> : <NoRuns />)}
      {runs.length > 0 && <List runs={runs} onChanged={list.reload} />}
      {page && runs.length < page.total && (
        <button type="button" className="btn more" onClick={list.more} disabled={list.loading}>
          {S.runs.more}
        </button>
      )}
    </div>
  );
}

function Filters({ route, runs }: { route: RunsRoute; runs: readonly RunHit[] }) {
  const [text, setText] = useState(route.q);
  const sent = useRef(route.q);
  useEffect(() => {
    // The address changed by itself (back, a link): the field follows; typing is not disturbed by its own echo.
    if (route.q !== sent.current) setText(route.q);
    sent.current = route.q;
  }, [route.q]);
  useEffect(() => {
    if (text === route.q) return;
    const t = setTimeout(() => {
      sent.current = text;
      go({ ...route, q: text }, true);
    }, 200);
    return () => clearTimeout(t);
  }, [text, route]);
  const tags = [...new Set([...(route.tag ? [route.tag] : []), ...runs.flatMap((r) => r.tags ?? [])])].sort();
  return (
    <div className="row wrap filters">
      <label className="search grow">
        <Icon name="search" size={14} />
        <input
          id="runs-search"
          type="search"
          className="field"
          aria-label={S.runs.search}
          placeholder={S.runs.search}
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => {
            if (e.key !== 'ArrowDown') return;
            e.preventDefault();
            document.querySelector<HTMLElement>('.run-list [data-run]')?.focus();
          }}
        />
      </label>
      <Select
        label={S.runs.status}
        value={route.status}
        onChange={(status) => go({ ...route, status }, true)}
        options={[
          { value: '', label: S.runs.allStatus },
          ...statuses.map((s) => ({ value: s, label: S.status[s] ?? s })),
        ]}
      />
      {tags.length > 0 && (
        <Select
          label={S.runs.tags}
          value={route.tag}
          onChange={(tag) => go({ ...route, tag }, true)}
          options={[{ value: '', label: S.runs.allTags }, ...tags.map((t) => ({ value: t, label: t }))]}
        />
      )}
    </div>
  );
}

function NoRuns() {
  return (
    <Empty title={S.runs.none} text={S.runs.noneText}>
      <a className="btn primary" href={format(paths.new())}>
        {S.nav.new}
      </a>
    </Empty>
  );
}

function NoResults() {
  return (
    <Empty title={S.runs.noResults} text={S.runs.noResultsText}>
      <button type="button" className="btn" onClick={() => go(paths.runs(), true)}>
        {S.runs.clear}
      </button>
    </Empty>
  );
}

function List({ runs, onChanged }: { runs: readonly RunHit[]; onChanged: () => void }) {
  const { api } = useHost();
  const { recent } = useDesk();
  const [doomed, setDoomed] = useState<RunHit>();
  const [at, setAt] = useState(0);
  const [fault, setFault] = useState<Fault>();
  const box = useRef<HTMLUListElement>(null);
  const changed = useCallback(() => {
    onChanged();
    recent.refresh();
  }, [onChanged, recent]);

  const onKey = (e: React.KeyboardEvent) => {
    const links = [...(box.current?.querySelectorAll<HTMLElement>('[data-run]') ?? [])];
    const here = links.indexOf(document.activeElement as HTMLElement);
    if (here < 0) return;
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[e.key];
    if (e.key === 'Delete') setDoomed(runs[here]);
    if (to === undefined) return;
    e.preventDefault();
    const n = Math.max(0, Math.min(links.length - 1, to));
    setAt(n);
    links[n]?.focus();
  };
  const remove = (r: RunHit) => {
    setFault(undefined);
    api.DeleteRun(r.id).then(changed, (e: unknown) => setFault(toFault(e)));
  };
  return (
    <>
      {fault && <FaultCard fault={fault} live />}
      <ul className="card run-list" ref={box} onKeyDown={onKey}>
        {runs.map((r, i) => (
          <li key={r.id} className="run-item">
            <RunRow run={r} tabIndex={i === Math.min(at, runs.length - 1) ? 0 : -1} />
            <span className="run-tools">
              {r.parent_title && (
                <a
                  className="btn ghost icon small"
                  href={format(paths.run(r.parent ?? '', r.parent_step ?? 0))}
                  aria-label={S.runs.toParent(r.parent_step ?? 0, r.parent_title)}
                  title={S.runs.toParent(r.parent_step ?? 0, r.parent_title)}
                >
                  <Icon name="fork" size={14} />
                </a>
              )}
              <Tags run={r} onChanged={changed} />
              <button
                type="button"
                className="btn ghost icon small"
                aria-label={`${S.common.delete}: ${r.title}`}
                title={`${S.run.delete} (Del)`}
                disabled={r.status === 'running'}
                onClick={() => setDoomed(r)}
              >
                <Icon name="trash" size={14} />
              </button>
            </span>
          </li>
        ))}
      </ul>
      <Confirm
        open={doomed !== undefined}
        title={S.run.deleteTitle}
        text={S.run.deleteText(doomed?.title ?? '')}
        action={S.common.delete}
        danger
        onConfirm={() => doomed && remove(doomed)}
        onClose={() => setDoomed(undefined)}
      />
    </>
  );
}
