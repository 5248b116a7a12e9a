import { memo, type ReactNode, useState } from 'react';
import { S } from '../strings';
import { CopyButton } from './CopyButton';
import { highlight, type Token } from './highlight';
import { Icon } from './Icon';

export function Tokens({ line }: { line: readonly Token[] }) {
  return line.map(([text, cls], i) =>
    cls ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a line never move
      <span key={i} className={cls}>
        {text}
      </span>
    ) : (
      text
    ),
  );
}

/** Longer code shows its beginning first. Higher than what a model usually writes: code that was just watched must not shrink. */
const longCode = 240;

interface Props {
  code: string;
  /** the line that raised, from 1 */
  errorLine?: number;
  title?: string;
  open: boolean;
  onToggle?: () => void;
  aside?: ReactNode;
}

/** Python with line numbers. Collapsed it is one line tall; long code shows its beginning first. */
export const Code = memo(function Code({ code, errorLine = 0, title, open, onToggle, aside }: Props) {
  const [all, setAll] = useState(false);
  const lines = highlight(code.replace(/\n+$/, ''));
  const cut = !all && lines.length > longCode + 10 ? longCode : lines.length;
  const shown = lines.slice(0, Math.max(cut, errorLine));
  const digits = String(lines.length).length;
  return (
    <div className={`code ${open ? '' : 'closed'}`}>
      <div className="code-head">
        {onToggle ? (
          <button type="button" className="code-toggle" aria-expanded={open} onClick={onToggle}>
            <Icon name={open ? 'chevron' : 'right'} size={13} />
            {title ?? S.run.python} · {S.run.lines(lines.length)}
            <span className="sr">{open ? S.run.hideCode : S.run.showCode}</span>
          </button>
        ) : (
          <span>
            {title ?? S.run.python} · {S.run.lines(lines.length)}
          </span>
        )}
        {!open && <span className="code-peek clip mono">{peek(code)}</span>}
        <span className="row code-aside">
          {aside}
          <CopyButton text={code} label={S.run.copyCode} />
        </span>
      </div>
      {open && (
        <pre className="code-body" style={{ '--digits': digits } as React.CSSProperties} tabIndex={0}>
          <code>
            {shown.map((line, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of finished code never move
              <span key={i} className={`line ${i + 1 === errorLine ? 'err' : ''}`} data-n={i + 1}>
                <Tokens line={line} />
                {'\n'}
              </span>
            ))}
          </code>
        </pre>
      )}
      {open && shown.length < lines.length && (
        <button type="button" className="show-all" onClick={() => setAll(true)}>
          {S.common.showAll(lines.length)}
        </button>
      )}
    </div>
  );
});

/** The line that says most about code that is folded away. */
function peek(code: string): string {
  const lines = code.split('\n').filter((l) => l.trim() !== '');
  return (lines.find((l) => !/^\s*(import|from|#)/.test(l)) ?? lines[0] ?? '').trim();
}
