import { useEffect, useRef } from 'react';
import { type Piece, Splitter } from '../../run/split';
import { S } from '../../strings';
import { highlightLine } from '../../ui/highlight';
import { useLive } from './liveContext';

/**
 * A reply while it streams. React only owns the empty box: a thousand tokens a second go straight into text nodes,
 * appended once per frame. A line of code is coloured once, when it is whole.
 */
export function LiveReply({ span }: { span: number }) {
  const live = useLive();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    let painter = new Painter(el);
    let read = 0;
    let round = live.stream(span)?.round;
    const more = () => {
      const stream = live.stream(span);
      const parts = stream?.text ?? [];
      if (stream && stream.round !== round) {
        el.replaceChildren();
        painter = new Painter(el);
        read = 0;
        round = stream.round;
      }
      if (read >= parts.length) return;
      painter.add(parts.slice(read).join(''));
      read = parts.length;
    };
    more();
    const off = live.watch(span, more);
    return () => {
      off();
      el.replaceChildren();
    };
  }, [live, span]);
  return <div ref={box} className="stack live-reply" />;
}

/** Writes pieces of a reply into an element: text nodes and spans with a class, nothing else. */
export class Painter {
  private splitter = new Splitter();
  private code: HTMLElement | undefined;
  private tail: Text | undefined;
  private lines = 0;

  constructor(private box: HTMLElement) {}

  add(text: string) {
    for (const p of this.splitter.push(text)) this.piece(p);
  }

  private piece(p: Piece) {
    if (p.open) this.open(p.kind);
    if (p.kind === 'prose') {
      this.tail?.appendData(p.text);
      return;
    }
    const parts = p.text.split('\n');
    parts.forEach((part, i) => {
      this.tail?.appendData(part);
      if (i < parts.length - 1) this.endLine();
    });
  }

  private open(kind: Piece['kind']) {
    if (kind === 'prose') {
      const p = element('div', 'prose thought pre-wrap');
      this.tail = p.appendChild(document.createTextNode(''));
      this.box.append(p);
      return;
    }
    const block = element('div', 'code');
    const head = element('div', 'code-head');
    head.textContent = `${S.run.python} · ${S.run.writing}`;
    const pre = element('pre', 'code-body');
    this.code = pre.appendChild(element('code', ''));
    block.append(head, pre);
    this.box.append(block);
    this.lines = 0;
    this.startLine();
  }

  private startLine() {
    const line = element('span', 'line');
    line.dataset.n = String(++this.lines);
    this.tail = line.appendChild(document.createTextNode(''));
    this.code?.append(line);
  }

  private endLine() {
    const line = this.tail?.parentElement;
    if (line && this.tail) {
      const tokens = highlightLine(this.tail.data).map(([text, cls]) => {
        if (!cls) return document.createTextNode(text);
        const s = element('span', cls);
        s.textContent = text;
        return s;
      });
      line.replaceChildren(...tokens, '\n');
    }
    this.startLine();
  }
}

function element(tag: string, className: string): HTMLElement {
  const e = document.createElement(tag);
  if (className) e.className = className;
  return e;
}
