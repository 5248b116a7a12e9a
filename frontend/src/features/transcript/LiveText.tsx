import { useEffect, useRef } from 'react';
import type { Stream } from '../../run/live';
import { plainOutput } from '../../ui/format';
import { useLive } from './liveContext';

interface Props {
  span: number;
  part: 'thinking' | 'stdout' | 'stderr';
  className: string;
  label?: string;
}

const most = 200_000; // characters that are kept on the screen; the recorded output has it all

/** Text that grows: every frame appends one text node's worth, whatever has been shown is never touched again. */
export function LiveText({ span, part, className, label }: Props) {
  const live = useLive();
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    let stream: Stream | undefined;
    let read = 0;
    let size = 0;
    const node = el.appendChild(document.createTextNode(''));
    const more = () => {
      const now = live.stream(span) ?? stream;
      if (stream && now?.round !== stream.round) {
        node.data = '';
        read = 0;
        size = 0;
      }
      stream = now;
      const parts = stream?.[part] ?? [];
      if (read >= parts.length || size > most) return;
      const text = plainOutput(parts.slice(read).join(''));
      read = parts.length;
      size += text.length;
      node.appendData(size > most ? '\n…' : text);
    };
    more();
    const off = live.watch(span, more);
    return () => {
      off();
      el.replaceChildren();
    };
  }, [live, span, part]);
  return <pre ref={box} className={className} role="group" aria-label={label} />;
}
