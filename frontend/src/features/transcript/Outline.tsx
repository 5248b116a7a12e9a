import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef } from 'react';
import { type StepState, stepState, stepTimes, stepTitle } from '../../run/derive';
import type { AgentView, RunView, StepView } from '../../run/view';
import { S } from '../../strings';
import { compact, duration } from '../../ui/format';
import { Icon, type IconName } from '../../ui/Icon';
import { AgentFacts } from './AgentBlock';
import { type TeamState, useTeam } from './team';

const rowHeight = 66;

/** A step of a called agent: seqs. */
export interface Inner {
  agent: number;
  step: number;
}

/** A step, an agent that it called, or a step of that; `at` is the number of the run's own step that it lies in. */
type Line =
  | { kind: 'step'; at: number; depth: number; step: StepView; agent?: AgentView }
  | { kind: 'agent'; at: number; depth: number; agent: AgentView };

function linesOf(steps: readonly StepView[], team: TeamState): Line[] {
  const out: Line[] = [];
  const add = (step: StepView, at: number, depth: number, agent?: AgentView) => {
    out.push({ kind: 'step', at, depth, step, ...(agent && { agent }) });
    for (const item of step.items) {
      const called = item.kind === 'tool' ? team.byCall.get(item.seq) : undefined;
      if (!called) continue;
      out.push({ kind: 'agent', at, depth: depth + 1, agent: called });
      if (team.isOpen(called)) for (const s of called.view.steps) add(s, at, depth + 1, called);
    }
  };
  for (const [i, s] of steps.entries()) add(s, i + 1, 0);
  return out;
}

interface Props {
  view: RunView;
  current: number;
  /** seq of the chosen step of a called agent; 0 for none */
  inner: number;
  onSelect: (step: number) => void;
  onInner: (at: number, to: Inner) => void;
}

export const Outline = memo(function Outline({ view, current, inner, onSelect, onInner }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const team = useTeam();
  const lines = useMemo(() => linesOf(view.steps, team), [view.steps, team]);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    initialRect: { width: 212, height: 800 },
  });
  const longest = useMemo(() => Math.max(1, ...view.steps.slice(0, 500).map((s) => stepTimes(s).total)), [view.steps]);
  const at = useMemo(
    () => lines.findIndex((l) => l.kind === 'step' && l.depth === 0 && l.at === current),
    [lines, current],
  );
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' });
  }, [at, rows]);
  return (
    <nav className="outline" aria-label={S.run.outline}>
      <h2 className="eyebrow outline-title">{S.run.steps}</h2>
      <div className="outline-scroll" ref={box}>
        <ol style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((r) => {
            const line = lines[r.index];
            return (
              line && (
                <li
                  key={line.kind === 'step' ? line.step.seq : line.agent.seq}
                  data-index={r.index}
                  ref={rows.measureElement}
                  style={{ transform: `translateY(${r.start}px)`, paddingLeft: line.depth * 14 }}
                  aria-setsize={lines.length}
                  aria-posinset={r.index + 1}
                >
                  {line.kind === 'agent' ? (
                    <AgentRow agent={line.agent} running={view.status === 'running'} />
                  ) : (
                    <Row
                      step={line.step}
                      agent={line.agent}
                      at={line.at}
                      on={line.agent ? line.step.seq === inner : line.at === current && inner === 0}
                      longest={longest}
                      onSelect={onSelect}
                      onInner={onInner}
                    />
                  )}
                </li>
              )
            );
          })}
        </ol>
      </div>
    </nav>
  );
});

const looks: Record<StepState, [IconName, string]> = {
  ok: ['check', ''],
  error: ['alert', 't-bad'],
  killed: ['alert', 't-bad'],
  nudge: ['loop', 't-warn'],
  final: ['star', 't-acc'],
  open: ['play', 't-acc'],
  waiting: ['question', 't-acc'],
  cut: ['close', 'muted'],
};

interface RowProps {
  step: StepView;
  agent: AgentView | undefined;
  at: number;
  on: boolean;
  longest: number;
  onSelect: (step: number) => void;
  onInner: (at: number, to: Inner) => void;
}

/** A called agent: its steps below it on demand. */
function AgentRow({ agent, running }: { agent: AgentView; running: boolean }) {
  const team = useTeam();
  const open = team.isOpen(agent);
  return (
    <button type="button" className="outline-agent" aria-expanded={open} onClick={() => team.toggle(agent)}>
      <Icon name={open ? 'chevron' : 'right'} size={12} />
      <span className="clip mono">{agent.start.name}</span>
      <AgentFacts agent={agent} running={running} />
    </button>
  );
}

const Row = memo(function Row({ step, agent, at, on, longest, onSelect, onInner }: RowProps) {
  const state = stepState(step);
  const [icon, tone] = looks[state];
  const t = stepTimes(step);
  const share = (ms: number) => `${Math.max(ms > 0 ? 1.5 : 0, (ms / longest) * 100)}%`;
  return (
    <button
      type="button"
      className={`outline-row ${on ? 'on' : ''}`}
      aria-current={on ? 'step' : undefined}
      onClick={() => (agent ? onInner(at, { agent: agent.seq, step: step.seq }) : onSelect(at))}
    >
      <Icon name={icon} size={14} className={tone} />
      <span className="outline-name">
        <span className="sr">
          {step.number > 0 ? (agent ? S.team.step(agent.start.name, step.number) : S.run.step(step.number)) : ''}{' '}
          {S.stepState[state]}{' '}
        </span>
        {stepTitle(step)}
      </span>
      <span className="muted num outline-time">{t.total > 0 ? duration(t.total) : ''}</span>
      <span className="outline-bars" aria-hidden="true">
        <i style={{ width: share(t.model), background: 'var(--t-model)' }} />
        <i style={{ width: share(t.code), background: 'var(--t-code)' }} />
        <i style={{ width: share(t.wait), background: 'var(--t-wait)' }} />
      </span>
      {t.usage.output_tokens > 0 && (
        <span className="muted num outline-tokens">{compact(t.usage.input_tokens + t.usage.output_tokens)}</span>
      )}
    </button>
  );
});
