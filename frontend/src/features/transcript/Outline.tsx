import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef } from 'react';
import { type StepState, stepState, stepTimes, stepTitle } from '../../run/derive';
import type { RunView, StepView } from '../../run/view';
import { S } from '../../strings';
import { compact, duration } from '../../ui/format';
import { Icon, type IconName } from '../../ui/Icon';

const rowHeight = 66;

interface Props {
  view: RunView;
  current: number;
  onSelect: (step: number) => void;
}

export const Outline = memo(function Outline({ view, current, onSelect }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: view.steps.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    initialRect: { width: 212, height: 800 },
  });
  const longest = useMemo(() => Math.max(1, ...view.steps.slice(0, 500).map((s) => stepTimes(s).total)), [view.steps]);
  useEffect(() => {
    if (current > 0) rows.scrollToIndex(current - 1, { align: 'auto' });
  }, [current, rows]);
  return (
    <nav className="outline" aria-label={S.run.outline}>
      <h2 className="eyebrow outline-title">{S.run.steps}</h2>
      <div className="outline-scroll" ref={box}>
        <ol style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((r) => {
            const step = view.steps[r.index];
            return (
              step && (
                <li
                  key={step.seq}
                  data-index={r.index}
                  ref={rows.measureElement}
                  style={{ transform: `translateY(${r.start}px)` }}
                  aria-setsize={view.steps.length}
                  aria-posinset={r.index + 1}
                >
                  <Row
                    step={step}
                    index={r.index + 1}
                    on={r.index + 1 === current}
                    longest={longest}
                    onSelect={onSelect}
                  />
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
  index: number;
  on: boolean;
  longest: number;
  onSelect: (step: number) => void;
}

const Row = memo(function Row({ step, index, on, longest, onSelect }: RowProps) {
  const state = stepState(step);
  const [icon, tone] = looks[state];
  const t = stepTimes(step);
  const share = (ms: number) => `${Math.max(ms > 0 ? 1.5 : 0, (ms / longest) * 100)}%`;
  return (
    <button
      type="button"
      className={`outline-row ${on ? 'on' : ''}`}
      aria-current={on ? 'step' : undefined}
      onClick={() => onSelect(index)}
    >
      <Icon name={icon} size={14} className={tone} />
      <span className="outline-name">
        <span className="sr">
          {step.number > 0 ? S.run.step(step.number) : ''} {S.stepState[state]}{' '}
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
