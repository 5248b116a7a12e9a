import { useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { format, paths } from '../../app/route';
import type { Agent, RunID } from '../../bridge/api.gen';
import { Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { useRun } from '../../run/useRun';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { TextField } from '../../ui/Field';
import { ticking } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { StatusIcon, statusTone } from '../../ui/StatusIcon';
import { useNow } from '../../ui/useNow';
import { useInputs } from '../compose/InputsField';
import { EndingView } from '../transcript/EndingView';
import { LiveProvider } from '../transcript/liveContext';
import { RunViewProvider } from '../transcript/runView';
import { StepBlock } from '../transcript/StepBlock';
import { TeamProvider } from '../transcript/team';

/** Where its task is written. */
export const tryTask = 'try-task';

/** A task for the agent as the form has it, without saving it: what changed shows at once. `model` is the form's. */
export function TryIt({ draft, model }: { draft: () => Agent | undefined; model: string }) {
  const { api } = useHost();
  const desk = useDesk();
  const [task, setTask] = useState('');
  const [run, setRun] = useState<RunID>('');
  const [busy, setBusy] = useState(false);
  const [empty, setEmpty] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const settings = useResource(desk.settings).data;
  const files = useInputs(model || settings?.default_model || '');
  const start = async () => {
    setEmpty(task.trim() === '');
    const agent = draft();
    if (task.trim() === '' || !agent || busy) return;
    const given = files.take();
    if (given instanceof Fault) return setFault(given);
    setBusy(true);
    setFault(undefined);
    try {
      setRun((await api.Start({ task, ...given, draft: agent })).id);
      desk.recent.refresh();
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy(false);
    }
  };
  const t = S.agents.try;
  return (
    <aside className={`card section try ${files.over ? 'over' : ''}`} aria-label={t.title} {...files.drop}>
      <h2>{t.title}</h2>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void start();
        }}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
          e.preventDefault();
          void start();
        }}
      >
        <TextField
          id={tryTask}
          label={t.task}
          help={t.taskHelp}
          error={empty ? S.home.emptyTask : undefined}
          rows={3}
          value={task}
          onChange={(next) => {
            setTask(next);
            setEmpty(false);
          }}
        />
        {files.field}
        <div className="row">
          <button type="submit" className="btn" disabled={busy}>
            <Icon name="play" size={12} /> {run ? t.again : t.start}
          </button>
        </div>
      </form>
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      {run && <Trial id={run} key={run} />}
    </aside>
  );
}

/** The run of a trial: its steps with the code folded, what it asks, and how it ended. */
function Trial({ id }: { id: RunID }) {
  const { api } = useHost();
  const { store, view, ready, fault } = useRun(id);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const running = view.status === 'running';
  const now = useNow(1000, running);
  const status = view.waiting ? 'waiting' : view.status;
  return (
    <LiveProvider value={store.live}>
      <RunViewProvider view={view}>
        <TeamProvider view={view}>
          <div className="row between trial-head">
            <span className={`chip ${statusTone(status)}`} role="status">
              <StatusIcon status={status} size={13} /> {S.status[status] ?? status}
            </span>
            <span className="row">
              {running && (
                <>
                  <span className="muted num">{ticking(Math.max(0, now - view.startedAt))}</span>
                  <button type="button" className="btn small" onClick={() => void api.Stop(id).catch(() => {})}>
                    {S.run.stop}
                  </button>
                </>
              )}
              <a className="btn small" href={format(paths.run(id))}>
                {S.agents.try.whole}
              </a>
            </span>
          </div>
          {fault && <FaultCard fault={fault} onRetry={() => void store.pull()} live />}
          <div className="stack trial">
            {view.steps.map((s) => (
              <StepBlock
                key={s.seq}
                run={id}
                step={s}
                on={false}
                open={open.has(s.seq)}
                onToggle={() => setOpen((old) => toggled(old, s.seq))}
                running={running}
                heard={view.heard}
                unfolded={view.unfolded}
                ended={view.ending !== undefined}
              />
            ))}
            {ready && view.ending && <EndingView view={view} ending={view.ending} />}
          </div>
        </TeamProvider>
      </RunViewProvider>
    </LiveProvider>
  );
}

function toggled(old: ReadonlySet<number>, seq: number): ReadonlySet<number> {
  const next = new Set(old);
  if (!next.delete(seq)) next.add(seq);
  return next;
}
