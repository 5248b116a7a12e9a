import { format, paths } from '../../app/route';
import type { RunHit } from '../../bridge/api.gen';
import { S } from '../../strings';
import { duration, modelName, relative } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { StatusIcon } from '../../ui/StatusIcon';
import { useNow } from '../../ui/useNow';

/** One run in a list: did it work, what was it, with which model, how long, when. */
export function RunRow({
  run,
  tabIndex,
  focusRef,
}: {
  run: RunHit;
  tabIndex?: number;
  focusRef?: (e: HTMLElement | null) => void;
}) {
  const now = useNow(30_000);
  const status = run.waiting ? 'waiting' : run.status;
  return (
    <a className="run-row" href={format(paths.run(run.id))} tabIndex={tabIndex} ref={focusRef} data-run={run.id}>
      <StatusIcon status={status} />
      <span className="sr">{S.status[status]}</span>
      <span className="run-row-main">
        <span className="row run-row-title">
          <span className="clip">{run.title}</span>
          {run.parent && (
            <span className="chip tiny" title={S.runs.forkOf(run.parent_step ?? 0, run.parent_title ?? '')}>
              <Icon name="fork" size={11} /> {S.runs.forked(run.parent_step ?? 0)}
            </span>
          )}
          {run.tags?.map((t) => (
            <span key={t} className="chip tiny">
              {t}
            </span>
          ))}
        </span>
        {run.snippet?.includes('\ue000') && <Snippet text={run.snippet} />}
      </span>
      <span className="muted clip run-row-model">{modelName(run.model)}</span>
      <span className="muted num run-row-facts">
        {S.steps(run.steps)} · {facts(run, now)}
      </span>
      <span className="muted num run-row-when">{relative(run.started_at, now)}</span>
    </a>
  );
}

function facts(run: RunHit, now: number): string {
  if (run.status === 'running') return duration(Math.floor((now - run.started_at) / 1000) * 1000);
  if (run.status === 'finished') return duration(run.duration_ms);
  return (S.status[run.status] ?? run.status).toLowerCase();
}

/** The words that the search found, between U+E000 and U+E001, are marked. */
export function Snippet({ text }: { text: string }) {
  const parts = text.split(/\ue000([^\ue001]*)\ue001/);
  return (
    <span className="muted clip run-row-snippet">
      {parts.map((p, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity
        i % 2 === 1 ? <mark key={i}>{p}</mark> : p,
      )}
    </span>
  );
}
