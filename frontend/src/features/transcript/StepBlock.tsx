import { memo } from 'react';
import { stepState, stepTimes } from '../../run/derive';
import type { Item, StepView } from '../../run/view';
import { S } from '../../strings';
import { duration } from '../../ui/format';
import { ArtefactView } from './ArtefactView';
import { CodeView } from './CodeView';
import { ModelView } from './ModelView';
import { LoopView, NudgeView, UnknownView } from './notes';
import { QuestionView } from './QuestionView';
import { ToolView } from './ToolView';

interface Props {
  run: string;
  step: StepView;
  on: boolean;
  /** its code is unfolded */
  open: boolean;
  onToggle: (step: StepView) => void;
  running: boolean;
  ended: boolean;
}

/** One step: what was thought, what was done, what came of it, in the order in which it happened. */
export const StepBlock = memo(function StepBlock({ run, step, on, open, onToggle, running, ended }: Props) {
  return (
    <article className={`step ${on ? 'on' : ''}`} aria-label={heading(step)}>
      <StepHead step={step} />
      {step.items.map((item, i) => (
        <ItemView key={item.seq} {...{ run, step, item, open, onToggle, running, ended }} next={step.items.slice(i + 1)} />
      ))}
    </article>
  );
});

function heading(s: StepView): string {
  if (s.role === 'closing') return S.run.closing;
  return s.role === 'opening' ? S.run.preparing : S.run.step(s.number);
}

function StepHead({ step }: { step: StepView }) {
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
      <span className="muted num">{facts.join(' · ')}</span>
    </header>
  );
}

interface ItemProps extends Omit<Props, 'on'> {
  item: Item;
  next: readonly Item[];
}

function ItemView({ run, step, item, open, onToggle, running, ended, next }: ItemProps) {
  switch (item.kind) {
    case 'model':
      return <ModelView item={item} next={next} live={running && !step.closed} hideText={step.role === 'closing' && ended} />;
    case 'code':
      return <CodeView item={item} open={open} onToggle={() => onToggle(step)} live={running && !step.closed} />;
    case 'tool':
      // A question says all that its tool call would say; so does the answer.
      if (item.start.name === 'final_answer' || next.some((i) => i.kind === 'question' && i.span === item.seq)) return null;
      return <ToolView item={item} live={running && !step.closed} />;
    case 'question':
      return <QuestionView run={run} item={item} live={running} />;
    case 'nudge':
      return <NudgeView item={item} />;
    case 'loop':
      return <LoopView item={item} />;
    case 'artefact':
      return <ArtefactView run={run} file={item.body} />;
    case 'unknown':
      return <UnknownView item={item} />;
  }
}
