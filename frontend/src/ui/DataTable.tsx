import { memo, useState } from 'react';
import type { Table } from '../bridge/api.gen';
import { S } from '../strings';
import { count } from './format';

const first = 12;

/** A table of values. Columns that hold only numbers stand to the right, so that digits line up. */
export const DataTable = memo(function DataTable({ table, label }: { table: Table; label: string }) {
  const [all, setAll] = useState(false);
  const columns = table.columns ?? [];
  const rows = table.rows ?? [];
  const shown = all ? rows : rows.slice(0, rows.length > first + 3 ? first : rows.length);
  const numeric = columns.map((_, c) => isNumeric(rows.map((r) => r?.[c])));
  return (
    <figure className="table-card card">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <div className="table-scroll" tabIndex={0} role="region" aria-label={label}>
        <table className="data">
          <thead>
            <tr>
              {keyed(columns).map(([k, c], i) => (
                <th key={k} scope="col" className={numeric[i] ? 'r' : ''}>
                  {c}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {keyed(shown).map(([k, row]) => (
              <tr key={k}>
                {keyed(columns).map(([c], i) => (
                  <td key={c} className={numeric[i] ? 'r' : ''}>
                    <Cell value={row?.[i]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(table.total > rows.length || shown.length < rows.length || all) && (
        <figcaption className="table-foot">
          <span>{S.run.tableRows(shown.length, Math.max(table.total, rows.length))}</span>
          {rows.length > first + 3 && (
            <button type="button" className="link" onClick={() => setAll(!all)}>
              {all ? S.common.showLess : `Show ${count(rows.length)}`}
            </button>
          )}
        </figcaption>
      )}
    </figure>
  );
});

const keyed = <T,>(list: readonly T[]): [string, T][] => list.map((v, i) => [String(i), v]);

function isNumeric(values: unknown[]): boolean {
  const some = values.filter((v) => v !== null && v !== undefined && v !== '');
  return some.length > 0 && some.every((v) => typeof v === 'number');
}

function Cell({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="muted">–</span>;
  if (typeof value === 'number') return formatNumber(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Digits grouped, as many decimals as there are (up to 6); years and ids below 10,000 stay as they are. */
export function formatNumber(n: number): string {
  if (!Number.isFinite(n)) return String(n);
  if (Number.isInteger(n)) return Math.abs(n) < 10_000 ? String(n) : count(n);
  const abs = Math.abs(n);
  if (abs < 1e-4 || abs >= 1e15) return String(Number(n.toPrecision(6)));
  return n.toLocaleString('en-US', { maximumFractionDigits: abs >= 100 ? 2 : abs >= 1 ? 4 : 6 });
}
