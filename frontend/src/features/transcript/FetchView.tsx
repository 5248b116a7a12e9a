import { memo } from 'react';
import type { FetchItem } from '../../run/view';
import { S } from '../../strings';
import { bytes, duration } from '../../ui/format';
import { Icon } from '../../ui/Icon';

/** A request that code made through the host, in one line: what left this computer, and what came back. */
export const FetchView = memo(function FetchView({ item, live }: { item: FetchItem; live: boolean }) {
  const { start, done } = item;
  const bad = done?.error || (done?.status ?? 0) >= 400;
  const facts = done && [
    done.status ? String(done.status) : S.fetch.failed,
    done.status && bytes(done.bytes ?? 0),
    duration(done.duration_ms),
  ];
  return (
    <div className={`tool ${bad ? 'bad' : ''}`}>
      <p className="tool-head still">
        <Icon name="cloud" size={14} />
        <span className="sr">{S.fetch.request} </span>
        <code className="clip" title={start.url}>
          <b>{start.method}</b> {start.url}
        </code>
        <span className="muted num tool-when">
          {facts ? facts.filter(Boolean).join(' · ') : live ? S.run.toolRunning : ''}
          {done && !done.error && ` · ${S.fetch.by[start.by] ?? start.by}`}
        </span>
      </p>
      {done?.error && <p className="tool-error t-bad">{done.error}</p>}
    </div>
  );
});
