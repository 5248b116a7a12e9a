import { memo, useState } from 'react';
import type { Table } from '../bridge/api.gen';
import { S } from '../strings';
import { count } from './format';

const first = 12;

interface Props {
  table: Table;
  label: string;
  /** what the columns hold, as Python calls it */
  types?: readonly string[] | null;
  /** number of the first row, of a page of a longer table: all of it is shown, with the rows' numbers */
  page?: number;
  /** a row was chosen, by its number */
  onRow?: (row: number) => void;
}

/** A table of values. Columns that hold only numbers stand to the right, so that digits line up. */
export const DataTable = memo(function DataTable({ table, label, types, page, onRow }: Props) {
  const [more, setAll] = useState(false);
  const all = more || page !== undefined;
  const columns = table.columns ?? [];
  const rows = table.rows ?? [];
  const shown = all ? rows : rows.slice(0, rows.length > first + 3 ? first : rows.length);
  const styles = columns.map((_, c) => columnStyle(rows.map((r) => r?.[c])));
  return (
    <figure className="table-card card">
      <div className="table-scroll" tabIndex={0} role="group" aria-label={label}>
        <table className="data">
          <thead>
            <tr>
              {page !== undefined && <th scope="col">{S.run.rowNumber}</th>}
              {keyed(columns).map(([k, c], i) => (
                <th key={k} scope="col" className={styles[i]?.numeric ? 'r' : ''}>
                  {c} {types?.[i] && <span className="column-type">{types[i]}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {keyed(shown).map(([k, row], r) => (
              <tr key={k}>
                {page !== undefined && (
                  <td className="r muted">
                    {onRow ? (
                      <button type="button" className="link" onClick={() => onRow(page + r)}>
                        {page + r}
                      </button>
                    ) : (
                      page + r
                    )}
                  </td>
                )}
                {keyed(columns).map(([c], i) => (
                  <td key={c} className={styles[i]?.numeric ? 'r' : isShort(row?.[i]) ? 'nw' : ''}>
                    <Cell value={row?.[i]} style={styles[i]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {page === undefined && (table.total > rows.length || shown.length < rows.length || all) && (
        <figcaption className="table-foot">
          <span>{S.run.tableRows(shown.length, Math.max(table.total, rows.length))}</span>
          {rows.length > first + 3 && (
            <button type="button" className="link" onClick={() => setAll(!more)}>
              {all ? S.common.showLess : `Show ${count(rows.length)}`}
            </button>
          )}
        </figcaption>
      )}
    </figure>
  );
});

const keyed = <T,>(list: readonly T[]): [string, T][] => list.map((v, i) => [String(i), v]);

/** Short cells, such as a time or a name, stay on one line. */
const isShort = (v: unknown) => typeof v === 'string' && v.length <= 32;

interface ColumnStyle {
  numeric: boolean;
  decimals: number;
  grouped: boolean;
}

/** Numbers of a column share their decimals and grouping, so that they can be compared at a glance. */
function columnStyle(values: unknown[]): ColumnStyle {
  const some = values.filter((v) => v !== null && v !== undefined && v !== '');
  const numbers = some.filter((v): v is number => typeof v === 'number' && Number.isFinite(v));
  return {
    numeric: some.length > 0 && some.every((v) => typeof v === 'number'),
    decimals: Math.min(4, Math.max(0, ...numbers.map(decimals))),
    grouped: numbers.some((n) => Math.abs(n) >= 10_000),
  };
}

function decimals(n: number): number {
  const text = String(n);
  const e = text.indexOf('e-');
  if (e > 0) return 4;
  const dot = text.indexOf('.');
  return dot < 0 ? 0 : text.length - dot - 1;
}

function Cell({ value, style }: { value: unknown; style: ColumnStyle | undefined }) {
  if (value === null || value === undefined) return <span className="muted">–</span>;
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' || !Number.isFinite(value)) return JSON.stringify(value) ?? String(value);
  const tiny = value !== 0 && Math.abs(value) < 1e-4;
  if (!style?.numeric || tiny || Math.abs(value) >= 1e15) return formatNumber(value);
  const d = style.decimals;
  return value.toLocaleString('en-US', {
    minimumFractionDigits: d,
    maximumFractionDigits: d,
    useGrouping: style.grouped,
  });
}

/** Digits grouped, as many decimals as there are (up to 6); years and ids below 10,000 stay as they are. */
export function formatNumber(n: number): string {
  if (!Number.isFinite(n)) return String(n);
  if (Number.isInteger(n)) return Math.abs(n) < 10_000 ? String(n) : count(n);
  const abs = Math.abs(n);
  if (abs < 1e-4 || abs >= 1e15) return String(Number(n.toPrecision(6)));
  return n.toLocaleString('en-US', { maximumFractionDigits: abs >= 100 ? 2 : abs >= 1 ? 4 : 6 });
}
