import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunView, StepView } from '../../run/view';
import { S } from '../../strings';
import { Icon } from '../../ui/Icon';
import { EndingView } from './EndingView';
import { estimate } from './estimate';
import { StepBlock } from './StepBlock';
import { TaskView } from './TaskView';
import { TellBar } from './TellBar';
import { useFollow } from './useFollow';

export interface TranscriptHandle {
  scrollToStep(n: number): void;
  follow(): void;
  toggle(step: StepView): void;
}

interface Props {
  view: RunView;
  ready: boolean;
  /** chosen in the address; 0 for none */
  step: number;
  onView: (step: number) => void;
  onHandle: (h: TranscriptHandle) => void;
  onLatest: () => void;
  /** the user wants to write a plan */
  onPlan: () => void;
}

/** Task, steps and ending below each other; only what is on the screen has nodes. */
export function Transcript({ view, ready, step, onView, onHandle, onLatest, onPlan }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const count = 1 + view.steps.length + (view.ending ? 1 : 0);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: (i) => estimate(view, i),
    getItemKey: (i) => (i === 0 ? 'task' : i > view.steps.length ? 'ending' : (view.steps[i - 1]?.seq ?? i)),
    overscan: 3,
    paddingStart: 16,
    scrollPaddingStart: 14,
    paddingEnd: 32,
    gap: 20,
    initialRect: { width: 800, height: 900 },
  });
  const follow = useFollow(box, rows.getTotalSize(), step === 0);

  const toggle = useCallback((s: StepView) => {
    setFolded((old) => {
      const next = new Set(old);
      if (!next.delete(s.seq)) next.add(s.seq);
      return next;
    });
  }, []);

  const { resume, pause } = follow;
  const handle = useMemo<TranscriptHandle>(
    () => ({
      scrollToStep: (n) => {
        pause();
        rows.scrollToIndex(n, { align: 'start' });
      },
      follow: resume,
      toggle,
    }),
    [rows, resume, pause, toggle],
  );
  useEffect(() => onHandle(handle), [onHandle, handle]);

  // An address that names a step shows it once the log is there; afterwards the person scrolls.
  const shown = useRef(false);
  useEffect(() => {
    if (!ready || shown.current) return;
    shown.current = true;
    if (step > 0) handle.scrollToStep(step);
  }, [ready, step, handle]);

  const items = rows.getVirtualItems();
  const middle = (rows.scrollOffset ?? 0) + 120;
  const top = items.find((r) => r.end > middle)?.index ?? 0;
  const seen = Math.max(view.steps.length > 0 ? 1 : 0, Math.min(top, view.steps.length));
  useEffect(() => onView(follow.on ? 0 : seen), [onView, seen, follow.on]);

  return (
    <div className="transcript-wrap">
      <div
        className="transcript"
        ref={box}
        tabIndex={0}
        role="region"
        aria-label={S.run.transcript}
        {...follow.handlers}
      >
        <div className="transcript-inner" style={{ height: rows.getTotalSize() }}>
          {items.map((r) => {
            const s = view.steps[r.index - 1];
            return (
              <div
                key={r.key}
                data-index={r.index}
                ref={rows.measureElement}
                className="transcript-row"
                style={{ transform: `translateY(${r.start}px)` }}
              >
                {r.index === 0 ? (
                  <TaskView view={view} ready={ready} />
                ) : s ? (
                  <StepBlock
                    run={view.id}
                    step={s}
                    on={r.index === step}
                    open={!folded.has(s.seq)}
                    onToggle={toggle}
                    running={view.status === 'running'}
                    ended={view.ending !== undefined}
                    heard={view.heard}
                    unfolded={view.unfolded}
                  />
                ) : (
                  view.ending && <EndingView view={view} ending={view.ending} />
                )}
              </div>
            );
          })}
        </div>
      </div>
      {!follow.on && !follow.atEnd && (
        <button type="button" className="btn jump" onClick={onLatest}>
          <Icon name="down" size={14} /> {S.run.jump}
        </button>
      )}
      <TellBar view={view} onPlan={onPlan} />
    </div>
  );
}
