import { memo, useMemo, useState } from 'react';
import { freely, Splitter } from '../../run/split';
import type { ModelItem } from '../../run/view';
import { S } from '../../strings';
import { Code } from '../../ui/Code';
import { ticking } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { Prose } from '../../ui/Prose';
import { useNow } from '../../ui/useNow';
import { Delays, TryNow } from './Delays';
import { LiveReply } from './LiveReply';
import { LiveText } from './LiveText';
import { useStream } from './liveContext';

interface Props {
  run: string;
  item: ModelItem;
  /** code followed, which shows the thought itself */
  told: boolean;
  live: boolean;
  hideText: boolean;
}

export const ModelView = memo(function ModelView({ run, item, told, live, hideText }: Props) {
  if (item.refused) return null;
  if (!item.done) return live ? <OpenReply run={run} item={item} /> : <p className="muted note">{S.run.brokeOff}</p>;
  return (
    <>
      <Delays item={item} />
      {item.done.thinking && <Thinking text={item.done.thinking} />}
      {item.start.purpose === 'judge' && <p className="muted note">{S.run.judge}</p>}
      {!told && !hideText && item.start.purpose !== 'plan' && item.done.text && <Reply text={item.done.text} />}
    </>
  );
});

/** A reply that did not become code, or not yet: shown as it looked while it streamed, so that nothing jumps. */
const Reply = memo(function Reply({ text }: { text: string }) {
  const parts = useMemo(() => {
    const s = new Splitter();
    const out: { kind: 'prose' | 'code'; text: string }[] = [];
    for (const p of [...s.push(freely(text)), ...s.end()]) {
      const prev = out.at(-1);
      if (p.open || !prev) out.push({ kind: p.kind, text: p.text });
      else prev.text += p.text;
    }
    return out;
  }, [text]);
  return parts.map((p, i) =>
    p.kind === 'code' ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a finished reply never move
      <Code key={i} code={p.text} open />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a finished reply never move
      <Prose key={i} text={p.text} className="thought" />
    ),
  );
});

export function Thinking({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="thinking">
      <button type="button" className="thinking-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chevron' : 'right'} size={13} /> {S.run.thinking}
        {!open && <span className="clip thinking-peek">{text.trim().split('\n')[0]}</span>}
      </button>
      {open && <Prose text={text} className="thinking-text" />}
    </div>
  );
}

/** A call of the model that is still going on: status, thinking, then the reply as it comes. */
function OpenReply({ run, item }: { run: string; item: ModelItem }) {
  const stream = useStream(item.seq);
  const [open, setOpen] = useState(false);
  const now = useNow(1000);
  const seconds = ticking(Math.max(0, now - item.at));
  const thinking = (stream?.thinking.length ?? 0) > 0;
  const text = (stream?.text.length ?? 0) > 0;
  return (
    <div className="live stack">
      <Delays item={item} />
      {thinking && (
        <div className="thinking">
          <button type="button" className="thinking-head" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon name={open ? 'chevron' : 'right'} size={13} /> {text ? S.run.thinking : S.run.thinkingNow}
            {!text && <span className="num">{seconds}</span>}
          </button>
          {open && <LiveText span={item.seq} part="thinking" className="prose thinking-text pre-wrap" />}
        </div>
      )}
      {!text && !thinking && (
        <p className="row live-status">
          <span className="live-dot" /> {stream?.status ? sentence(stream.status) : S.run.callingModel}
          <span className="muted num">{seconds}</span>
        </p>
      )}
      {(text || thinking) && stream?.status && <p className="live-status">{sentence(stream.status)}</p>}
      <TryNow run={run} item={item} now={now} />
      <LiveReply span={item.seq} />
    </div>
  );
}

const sentence = (s: string) => s.charAt(0).toUpperCase() + s.slice(1);
