import { useEffect, useState } from 'react';
import type { Page } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { extent } from '../../run/variables';
import { S } from '../../strings';
import { DataTable } from '../../ui/DataTable';
import { Dialog } from '../../ui/Dialog';
import { FaultCard } from '../../ui/FaultCard';
import { bytes, count } from '../../ui/format';

const pageRows = 100;
const pageText = 20_000;

interface Step {
  at: number;
  label: string;
}

interface Props {
  run: string;
  /** seq of the code after which the variable is looked at */
  code: number;
  name: string;
  onClose: () => void;
}

/** A large value, a page at a time, and the way into it. */
export function Inspector({ run, code, name, onClose }: Props) {
  const { api } = useHost();
  const [path, setPath] = useState<readonly Step[]>([]);
  const [offset, setOffset] = useState(0);
  const [page, setPage] = useState<Page>();
  const [fault, setFault] = useState<Fault>();

  useEffect(() => {
    let there = true;
    setFault(undefined);
    api.Variable(run, { code, name, path: path.map((s) => s.at), offset, limit: pageRows }).then(
      (p) => there && setPage(p),
      (e: unknown) => there && setFault(toFault(e)),
    );
    return () => {
      there = false;
    };
  }, [api, run, code, name, path, offset]);

  const go = (next: readonly Step[]) => {
    setPath(next);
    setOffset(0);
  };
  const size = page?.text !== undefined ? pageText : pageRows;
  const value = page?.value;
  return (
    <Dialog open onClose={onClose} title={name} wide>
      <nav className="row wrap crumbs" aria-label={S.variables.path}>
        <button type="button" className="link" disabled={path.length === 0} onClick={() => go([])}>
          {name}
        </button>
        {keyed(path).map(([k, s], i) => (
          <button
            key={k}
            type="button"
            className="link"
            disabled={i === path.length - 1}
            onClick={() => go(path.slice(0, i + 1))}
          >
            › {s.label}
          </button>
        ))}
        {value && (
          <span className="muted num">
            {[value.type, extent(value), value.size && bytes(value.size)].filter(Boolean).join(' · ')}
          </span>
        )}
      </nav>
      {fault && <FaultCard fault={fault} live />}
      {!fault && !page && <p className="muted">{S.common.loading}</p>}
      {!fault && page && <Content page={page} onInto={(at, label) => go([...path, { at, label }])} />}
      {page && page.total > size && (
        <div className="row between">
          <span className="muted num" aria-live="polite">
            {S.variables.range(page.offset + 1, Math.min(page.offset + size, page.total), page.total)}
          </span>
          <span className="row">
            <button
              type="button"
              className="btn small"
              disabled={offset === 0}
              onClick={() => setOffset(Math.max(0, offset - size))}
            >
              {S.variables.previous}
            </button>
            <button
              type="button"
              className="btn small"
              disabled={offset + size >= page.total}
              onClick={() => setOffset(offset + size)}
            >
              {S.variables.next}
            </button>
          </span>
        </div>
      )}
    </Dialog>
  );
}

/** Places in a value have no identity but their number. */
const keyed = <T,>(list: readonly T[]): [string, T][] => list.map((v, i) => [String(i), v]);

function Content({ page, onInto }: { page: Page; onInto: (at: number, label: string) => void }) {
  if (page.table) {
    return (
      <DataTable
        table={page.table}
        types={page.dtypes}
        label={S.variables.rows}
        page={page.offset}
        onRow={(row) => onInto(row, S.variables.row(row))}
      />
    );
  }
  if (page.items) {
    return (
      <ul className="variables entries">
        {keyed(page.items).map(([k, e], i) => (
          <li key={k} className="variable plain">
            <code className="name">{e.key}</code>
            {e.more ? (
              <button type="button" className="link preview clip" onClick={() => onInto(page.offset + i, e.key)}>
                {e.preview}
              </button>
            ) : (
              <code className="preview clip">{e.preview}</code>
            )}
            <span className="muted type">
              {e.type} {e.len !== undefined && count(e.len)}
            </span>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <pre className="raw" tabIndex={0}>
      {page.text}
    </pre>
  );
}
