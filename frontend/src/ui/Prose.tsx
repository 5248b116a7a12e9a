import { memo, type ReactNode } from 'react';
import { useOpenLink } from './link';
import { type Block, blocks, type Inline, inline } from './markdown';

/** A thought or an answer: Markdown as far as it is understood, always as text nodes. */
export const Prose = memo(function Prose({ text, className = '' }: { text: string; className?: string }) {
  return (
    <div className={`prose ${className}`}>
      {blocks(text).map((b, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no other identity and never move
        <BlockView key={i} block={b} />
      ))}
    </div>
  );
});

function BlockView({ block: b }: { block: Block }): ReactNode {
  switch (b.kind) {
    case 'p':
      return <p>{spans(b.children)}</p>;
    case 'h':
      return <p className="prose-h">{spans(b.children)}</p>;
    case 'quote':
      return <blockquote>{spans(b.children)}</blockquote>;
    case 'hr':
      return <hr />;
    case 'code':
      return <pre tabIndex={0}>{b.text}</pre>;
    case 'list': {
      const items = keyed(b.items).map(([k, item]) => <li key={k}>{spans(item)}</li>);
      return b.ordered ? <ol start={b.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return (
        <div className="table-scroll">
          <table className="data">
            <thead>
              <tr>
                {keyed(b.head).map(([k, c]) => (
                  <th key={k}>{spans(c)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {keyed(b.rows).map(([k, row]) => (
                <tr key={k}>
                  {keyed(row).map(([n, c]) => (
                    <td key={n}>{spans(c)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

const keyed = <T,>(list: readonly T[]): [string, T][] => list.map((v, i) => [String(i), v]);

/** One line of text with its marks, without a block around it. */
export function Inlines({ text }: { text: string }) {
  return spans(inline(text));
}

function spans(list: Inline[]): ReactNode {
  return keyed(list).map(([k, x]) => <Span key={k} span={x} />);
}

function Span({ span: x }: { span: Inline }): ReactNode {
  switch (x.kind) {
    case 'text':
      return x.text;
    case 'code':
      return <code>{x.text}</code>;
    case 'strong':
      return <strong>{spans(x.children)}</strong>;
    case 'em':
      return <em>{spans(x.children)}</em>;
    case 'link':
      return <Link text={x.text} url={x.url} />;
  }
}

function Link({ text, url }: { text: string; url: string }) {
  const open = useOpenLink();
  return (
    <button type="button" className="link" title={url} onClick={() => open(url)}>
      {text}
    </button>
  );
}
