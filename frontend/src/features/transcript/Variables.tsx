import { useCallback, useMemo, useState } from 'react';
import { extent, type Known, variablesAt } from '../../run/variables';
import type { RunView, StepView } from '../../run/view';
import { S } from '../../strings';
import { DataTable } from '../../ui/DataTable';
import { bytes } from '../../ui/format';
import { Inspector } from './Inspector';

/** What every variable was after the step, with those that the step made or changed first. */
export function Variables({ view, step }: { view: RunView; step: StepView | undefined }) {
  const at = useMemo(() => (step ? variablesAt(view.steps, step) : undefined), [view.steps, step]);
  const [looking, setLooking] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((name: string) => {
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(name)) next.add(name);
      return next;
    });
  }, []);
  if (!at || (at.list.length === 0 && at.removed.length === 0)) {
    return <p className="muted">{at?.fault ? S.variables.unknown(at.fault) : S.variables.none}</p>;
  }
  const data = at.list.filter((k) => k.variable.kind === 'data');
  const rest = at.list.filter((k) => k.variable.kind !== 'data');
  return (
    <div className="stack">
      {at.fault && <p className="muted">{S.variables.unknown(at.fault)}</p>}
      <ul className="variables" aria-label={S.variables.title}>
        {data.map((k) => (
          <Row key={k.variable.name} known={k} open={open.has(k.variable.name)} onToggle={toggle} onLook={setLooking} />
        ))}
      </ul>
      {at.removed.length > 0 && (
        <p className="muted">
          {S.variables.removed} <code>{at.removed.join(', ')}</code>
        </p>
      )}
      {at.more > 0 && <p className="muted">{S.variables.more(at.more)}</p>}
      {rest.length > 0 && (
        <section className="stack">
          <h3 className="eyebrow">{S.variables.code}</h3>
          <ul className="variables" aria-label={S.variables.code}>
            {rest.map((k) => (
              <li key={k.variable.name} className="variable plain">
                <code className="name">{k.variable.name}</code>
                <Mark known={k} />
                <span className="muted clip">{k.variable.preview}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {looking !== '' && <Inspector run={view.id} code={at.code} name={looking} onClose={() => setLooking('')} />}
    </div>
  );
}

function Mark({ known }: { known: Known }) {
  if (known.state === 'same') return null;
  return <span className={`chip tiny ${known.state === 'new' ? 'ok' : 'acc'}`}>{S.variables.state[known.state]}</span>;
}

interface RowProps {
  known: Known;
  open: boolean;
  onToggle: (name: string) => void;
  onLook: (name: string) => void;
}

function Row({ known, open, onToggle, onLook }: RowProps) {
  const v = known.variable;
  return (
    <li className="variable">
      <button type="button" className="variable-head" aria-expanded={open} onClick={() => onToggle(v.name)}>
        <span className="row">
          <code className="name">{v.name}</code>
          <Mark known={known} />
          <span className="muted type">{v.type}</span>
        </span>
        <code className={open ? 'preview whole' : 'preview clip'}>{v.preview}</code>
      </button>
      {open && (
        <div className="variable-more">
          <p className="muted num">{[extent(v), v.size && bytes(v.size)].filter(Boolean).join(' · ')}</p>
          {v.table && <DataTable table={v.table} types={v.dtypes} label={`${v.name}: ${v.type}`} />}
          {v.more && (
            <button type="button" className="btn small" onClick={() => onLook(v.name)}>
              {S.variables.look} <span className="sr">{v.name}</span>
            </button>
          )}
        </div>
      )}
    </li>
  );
}
