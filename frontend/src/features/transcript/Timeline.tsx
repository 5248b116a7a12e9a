import { memo, useMemo } from 'react';
import { duration, type Segment, timeline } from '../../run/derive';
import type { RunView } from '../../run/view';
import { S } from '../../strings';
import { useNow } from '../../ui/useNow';

const width = 1000;
const colours = { model: 'var(--t-model)', code: 'var(--t-code)', wait: 'var(--t-wait)' } as const;

const kinds = ['model', 'code', 'wait'] as const;

interface Props {
  view: RunView;
  current: number;
  onSelect: (step: number) => void;
}

/** Where the time went, from left to right. One path per colour, so that thousands of steps cost three nodes. */
export const Timeline = memo(function Timeline({ view, current, onSelect }: Props) {
  const now = useNow(1000, view.status === 'running');
  const total = duration(view, now);
  const segments = useMemo(() => timeline(view, Math.max(now, view.lastAt)), [view, now]);
  const at = view.steps[current - 1];
  const label = useMemo(() => `${S.run.timeline}: ${summary(segments)}`, [segments]);
  const click = (e: React.MouseEvent) => {
    const box = e.currentTarget.getBoundingClientRect();
    const ms = ((e.clientX - box.left) / box.width) * total + view.startedAt;
    onSelect(Math.max(1, view.steps.filter((s) => s.at <= ms).length));
  };
  if (total <= 0 || segments.length === 0) return <div className="timeline" />;
  return (
    <div className="timeline">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the outline offers the same to the keyboard */}
      <div className="timeline-bar" role="img" aria-label={label} onClick={click}>
        <Bars segments={segments} total={total} />
        {at && (
          <span
            className="timeline-knob"
            style={{ left: `${Math.min(100, ((at.at - view.startedAt) / total) * 100)}%` }}
          >
            {at.number > 0 && <span className="timeline-flag num">{S.run.step(at.number).toLowerCase()}</span>}
          </span>
        )}
      </div>
      <span className="row timeline-key">
        {kinds
          .filter((k) => segments.some((s) => s.kind === k))
          .map((k) => (
            <span key={k} className="row">
              <span className="swatch" style={{ background: colours[k] }} />
              {k === 'wait' ? S.run.waiting : S.run[k]}
            </span>
          ))}
      </span>
    </div>
  );
});

/** Apart and memoised: the knob moves with every scroll, thousands of rectangles do not. */
const Bars = memo(function Bars({ segments, total }: { segments: Segment[]; total: number }) {
  return (
    <svg viewBox={`0 0 ${width} 16`} preserveAspectRatio="none" aria-hidden="true">
      {kinds.map((k) => (
        <path key={k} fill={colours[k]} d={path(segments, k, total)} />
      ))}
    </svg>
  );
});

/** Rectangles with a hair between them, where there is room for one. */
function path(segments: Segment[], kind: Segment['kind'], total: number): string {
  let d = '';
  // Among thousands, a least width would make the short ones cover the long ones.
  const least = segments.length > 300 ? 0 : 0.6;
  for (const s of segments) {
    if (s.kind !== kind) continue;
    const x = (s.from / total) * width;
    const w = ((s.to - s.from) / total) * width;
    d += `M${x.toFixed(2)} 0h${Math.max(least, w - (w > 4 ? 1.4 : 0)).toFixed(2)}v16H${x.toFixed(2)}z`;
  }
  return d;
}

function summary(segments: Segment[]): string {
  const sum = { model: 0, code: 0, wait: 0 };
  for (const s of segments) sum[s.kind] += s.to - s.from;
  const all = sum.model + sum.code + sum.wait || 1;
  return `${S.run.model} ${Math.round((sum.model / all) * 100)} %, ${S.run.code} ${Math.round((sum.code / all) * 100)} %`;
}
