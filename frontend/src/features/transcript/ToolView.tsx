import { memo, useState } from 'react';
import type { ToolItem } from '../../run/view';
import { S } from '../../strings';
import { bytes, duration } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { Output } from '../../ui/Output';

/** A call of a tool in one line, as code would write it; arguments and result on demand. */
export const ToolView = memo(function ToolView({ item, live }: { item: ToolItem; live: boolean }) {
  const [open, setOpen] = useState(false);
  const { start, done } = item;
  return (
    <div className={`tool ${done?.error ? 'bad' : ''}`}>
      <button type="button" className="tool-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="tool" size={14} />
        <span className="sr">{S.run.tool} </span>
        <code className="clip">
          <b>{start.name}</b>({brief(start.args)})
        </code>
        <span className="muted num tool-when">
          {done
            ? `${done.error ? `${S.run.toolFailed} · ` : ''}${duration(done.duration_ms)}`
            : live
              ? S.run.toolRunning
              : ''}
        </span>
        <Icon name={open ? 'chevron' : 'right'} size={13} />
      </button>
      {done?.error && <p className="tool-error t-bad">{done.error}</p>}
      {open && (
        <div className="tool-body stack">
          <h4 className="eyebrow">{S.run.args}</h4>
          <Output text={JSON.stringify(start.args, null, 2) ?? ''} label={S.run.args} />
          {done?.result && (
            <>
              <h4 className="eyebrow">{S.run.result}</h4>
              <Output text={done.result} label={S.run.result} />
              {(done.bytes ?? 0) > done.result.length && (
                <p className="muted note">{S.run.resultCut(bytes(done.bytes ?? 0))}</p>
              )}
            </>
          )}
        </div>
      )}
    </div>
  );
});

function brief(args: unknown): string {
  if (typeof args !== 'object' || args === null) return '';
  const text = Object.entries(args)
    .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
    .join(', ');
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
