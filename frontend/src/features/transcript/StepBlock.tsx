import { Fragment, memo, useMemo } from 'react';
import { arrange, type Part } from '../../run/arrange';
import { asksPerson, stepState, stepTimes } from '../../run/derive';
import type { StepView, ToolItem } from '../../run/view';
import { S } from '../../strings';
import { duration } from '../../ui/format';
import { AgentBlock } from './AgentBlock';
import { ArtefactView, WholeView } from './ArtefactView';
import { CallsView } from './CallsView';
import { CheckView } from './CheckView';
import { CodeView } from './CodeView';
import { FetchView } from './FetchView';
import { ModelView } from './ModelView';
import { CompactView, ForkView, LoopView, ModeView, NudgeView, UnknownView } from './notes';
import { PermissionView } from './PermissionView';
import { PlanView } from './PlanView';
import { QuestionView } from './QuestionView';
import { SaidView } from './SaidView';
import { ToolView } from './ToolView';
import { Fork } from './Travel';
import { useTeam } from './team';

interface Props {
  run: string;
  step: StepView;
  on: boolean;
  /** its code is unfolded */
  open: boolean;
  onToggle: (step: StepView) => void;
  running: boolean;
  ended: boolean;
  /** up to this event, the model was told what the user said */
  heard: number;
  /** name of the called agent whose step it is; none for the run's own */
  agent?: string;
  /** and the call that it belongs to */
  call?: number;
  unfolded: number;
}

/** One step: what was thought, what was done, what came of it, in the order in which it happened. */
export const StepBlock = memo(function StepBlock({ on, ...p }: Props) {
  const parts = useMemo(() => arrange(p.step.items), [p.step.items]);
  return (
    <article
      className={`step ${on ? 'on' : ''}`}
      aria-label={p.agent && p.step.number ? S.team.step(p.agent, p.step.number) : heading(p.step)}
    >
      <StepHead run={p.run} step={p.step} agent={p.agent} />
      {parts.map((part, i) => (
        <PartView
          key={part.item.seq}
          {...p}
          part={part}
          told={parts.slice(i + 1).some((x) => x.item.kind === 'code' || x.item.kind === 'calls')}
        />
      ))}
    </article>
  );
});

function heading(s: StepView): string {
  if (s.role === 'closing') return S.run.closing;
  return s.role === 'opening' ? S.run.preparing : S.run.step(s.number);
}

function StepHead({ run, step, agent }: { run: string; step: StepView; agent: string | undefined }) {
  const state = stepState(step);
  const t = stepTimes(step);
  const facts = [
    t.model > 0 && `${S.run.model} ${duration(t.model)}`,
    t.code > 0 && `${S.run.code} ${duration(t.code)}`,
    t.wait > 0 && `${S.run.waiting} ${duration(t.wait)}`,
    t.usage.output_tokens > 0 && S.tokens(t.usage.input_tokens + t.usage.output_tokens),
  ].filter(Boolean);
  const bad = state === 'error' || state === 'killed';
  const tone = bad ? 'bad' : state === 'nudge' ? 'warn' : 'acc';
  return (
    <header className="row step-head">
      <h3 className={`chip ${tone}`}>
        {heading(step)}
        {state === 'error' && ` · ${S.run.errorFed}`}
      </h3>
      <span className="muted num grow">{facts.join(' · ')}</span>
      {!agent && step.role === 'step' && step.closed && <Fork run={run} step={step} />}
    </header>
  );
}

/** A call of a tool; what was called may be an agent of the team. */
function Call({ item, live, running }: { item: ToolItem; live: boolean; running: boolean }) {
  const agent = useTeam().byCall.get(item.seq);
  if (!agent) return <ToolView item={item} live={live} />;
  return <AgentBlock agent={agent} args={item.start.args} running={running} />;
}

interface PartProps extends Omit<Props, 'on'> {
  part: Part;
  /** code or calls follow, and tell the thought themselves */
  told: boolean;
}

function PartView({ part, told, ...p }: PartProps) {
  const { run, step, open, onToggle, running, ended, heard, unfolded, agent, call } = p;
  const { item } = part;
  const live = running && !step.closed;
  switch (item.kind) {
    case 'model':
      return <ModelView run={run} item={item} told={told} live={live} hideText={step.role === 'closing' && ended} />;
    case 'code':
      return (
        <CodeView
          item={item}
          files={part.files}
          run={run}
          open={open}
          onToggle={() => onToggle(step)}
          live={live}
          asking={part.inner.some(asksPerson)}
        >
          {part.inner.map((inner, i) => (
            <Fragment key={inner.seq}>
              {/* A question says all that its tool call would say. */}
              {!(
                inner.kind === 'tool' &&
                part.inner[i + 1]?.kind === 'question' &&
                part.inner[i + 1]?.span === inner.seq
              ) && <PartView {...p} told={false} part={{ item: inner, inner: [], files: [] }} />}
            </Fragment>
          ))}
        </CodeView>
      );
    case 'calls':
      return <CallsView item={item} />;
    case 'mode':
      return <ModeView item={item} />;
    case 'compact':
      return (
        <CompactView
          run={run}
          item={item}
          call={call ?? 0}
          running={running}
          ended={ended && !agent}
          undone={item.seq < unfolded}
        />
      );
    case 'unfold':
      return <p className="obs soft">{S.run.unfolded}</p>;
    case 'plan':
      return <PlanView run={run} item={item} step={step.number} ended={ended && !agent} />;
    case 'said':
      return <SaidView item={item} heard={item.seq <= heard} running={running} agent={agent} />;
    case 'check':
      return <CheckView item={item} />;
    case 'tool':
      return item.start.name === 'final_answer' && !item.done?.error ? null : (
        <Call item={item} live={live} running={running} />
      );
    case 'question':
      return <QuestionView run={run} item={item} live={running} />;
    case 'permission':
      return <PermissionView run={run} item={item} live={running} />;
    case 'fetch':
      return <FetchView item={item} live={live} />;
    case 'nudge':
      return <NudgeView item={item} />;
    case 'loop':
      return <LoopView item={item} />;
    case 'artefact':
      if (item.body.whole) return <WholeView run={run} file={item.body} />;
      return <ArtefactView run={run} file={item.body} />;
    case 'fork':
      return <ForkView run={run} item={item} />;
    case 'unknown':
      return <UnknownView item={item} />;
  }
}
