import { useCallback, useState } from 'react';
import { duration as lasted } from '../../run/derive';
import type { AgentView, StepView } from '../../run/view';
import { S } from '../../strings';
import { duration, modelName, ticking } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { Output } from '../../ui/Output';
import { StatusIcon } from '../../ui/StatusIcon';
import { useNow } from '../../ui/useNow';
import { EndingView } from './EndingView';
import { StepBlock } from './StepBlock';
import { Shown } from './TaskView';
import { useTeam } from './team';

interface Props {
  agent: AgentView;
  /** arguments of the call */
  args: unknown;
  running: boolean;
}

/** A call of an agent of the team: who it was, what it was asked, its steps and its answer. */
export function AgentBlock({ agent, args, running }: Props) {
  const team = useTeam();
  const open = team.isOpen(agent);
  const { view, start } = agent;
  return (
    <div className="agent-block" role="group" aria-label={S.team.called(start.name)}>
      <button type="button" className="tool-head" aria-expanded={open} onClick={() => team.toggle(agent)}>
        <Icon name="agents" size={14} />
        <span className="clip grow">
          <b className="mono">{start.name}</b> <span className="muted">{view.started?.task.split('\n')[0]}</span>
        </span>
        <AgentFacts agent={agent} running={running} />
        <Icon name={open ? 'chevron' : 'right'} size={13} />
      </button>
      {open && <Inside agent={agent} args={args} running={running} />}
    </div>
  );
}

/** How it stands with a called agent, in a few words. */
export function AgentFacts({ agent, running }: { agent: AgentView; running: boolean }) {
  const { view, start } = agent;
  const live = running && !view.ending;
  const now = useNow(1000, live);
  const status = live ? (view.waiting ? 'waiting' : 'running') : view.ending ? view.status : 'interrupted';
  const steps = view.steps.filter((s) => s.role === 'step').length;
  return (
    <span className="row muted num agent-facts">
      <span className="chip tiny">{modelName(start.now.model)}</span>
      <span>{S.steps(steps)}</span>
      <span>{live ? ticking(Math.max(0, now - view.startedAt)) : duration(lasted(view, view.lastAt))}</span>
      <StatusIcon status={status} size={13} />
      <span className="sr">{S.status[status]}</span>
    </span>
  );
}

function Inside({ agent, args, running }: Props) {
  const { view, start } = agent;
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const toggle = useCallback((s: StepView) => {
    setFolded((old) => {
      const next = new Set(old);
      if (!next.delete(s.seq)) next.add(s.seq);
      return next;
    });
  }, []);
  return (
    <div className="agent-body">
      <div className="stack">
        <h4 className="eyebrow">
          {S.team.task}
          {start.since ? ` · ${S.team.goesOn}` : ''}
        </h4>
        <p className="pre-wrap">{view.started?.task}</p>
        <Shown run={view.id} files={start.now.files ?? []} />
        {start.now.files?.length || start.now.vars?.length ? (
          <details>
            <summary className="muted">{S.run.args}</summary>
            <Output text={JSON.stringify(args, null, 2) ?? ''} label={S.run.args} />
          </details>
        ) : null}
      </div>
      {view.steps.map((s) => (
        <div key={s.seq} id={`step-${s.seq}`}>
          <StepBlock
            run={view.id}
            step={s}
            on={false}
            agent={start.name}
            call={agent.seq}
            open={!folded.has(s.seq)}
            onToggle={toggle}
            running={running && !view.ending}
            ended={view.ending !== undefined}
            heard={view.heard}
            unfolded={view.unfolded}
          />
        </div>
      ))}
      {view.ending && <EndingView view={view} ending={view.ending} inner />}
    </div>
  );
}
