import { useState } from 'react';
import type { PyError } from '../../bridge/api.gen';
import { S } from '../../strings';
import { Icon } from '../../ui/Icon';

/** A Python exception: its type, where, and what it says; the traceback on demand. The line is marked in the code. */
export function ErrorView({ error }: { error: PyError }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="obs bad">
      <p>
        <span className="t-bad">
          <b>{error.type}</b> {error.line ? S.run.errorLine(error.line) : ''}: {stop(error.message)}
        </span>{' '}
        <span className="muted">{S.run.sawError}</span>
      </p>
      {error.traceback && (
        <>
          <button type="button" className="thinking-head" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon name={open ? 'chevron' : 'right'} size={13} /> {S.run.traceback}
          </button>
          {open && (
            <pre className="traceback" tabIndex={0}>
              {error.traceback}
            </pre>
          )}
        </>
      )}
    </div>
  );
}

/** A sentence follows. */
const stop = (text: string) => (/[.!?]\s*$/.test(text) ? text : `${text}.`);
