import { memo } from 'react';
import type { Value } from '../../bridge/api.gen';
import { S } from '../../strings';
import { DataTable, formatNumber } from '../../ui/DataTable';
import { Output } from '../../ui/Output';
import { Prose } from '../../ui/Prose';

/** A Python value: a table as a table, text as text, anything else as JSON or as Python writes it. */
export const ValueView = memo(function ValueView({ value, large = false }: { value: Value; large?: boolean }) {
  if (value.display && !value.table) return null; // the artefact shows it
  if (value.table) return <DataTable table={value.table} label={`${S.run.value}: ${value.type}`} />;
  if (large && typeof value.json === 'string') return <Prose text={value.json} className="answer-text" />;
  if (large && typeof value.json === 'number') {
    return (
      <p className="answer-number num" title={value.repr}>
        {exact(value.json, value.repr)}
      </p>
    );
  }
  if (large && isFlat(value.json)) return <Pairs value={value.json} />;
  const text = isObject(value.json) && !large ? value.repr : pretty(value);
  return (
    <div className="value">
      <span className="chip tiny mono" title={S.run.value}>
        {value.type}
      </span>
      <Output text={text} label={S.run.value} />
    </div>
  );
});

/** Integers that JavaScript's numbers cannot hold would come out as other ones: Python's own words are right. */
const exact = (n: number, repr: string) => (Number.isInteger(n) && !Number.isSafeInteger(n) ? repr : formatNumber(n));

function pretty(value: Value): string {
  return isObject(value.json) ? JSON.stringify(value.json, null, 2) : value.repr;
}

const isObject = (v: unknown): v is object => typeof v === 'object' && v !== null;
const isScalar = (v: unknown) => v === null || ['string', 'number', 'boolean'].includes(typeof v);

/** A dict of plain values reads best as a list of pairs. */
function isFlat(v: unknown): v is Record<string, unknown> {
  return isObject(v) && !Array.isArray(v) && Object.keys(v).length > 0 && Object.values(v).every(isScalar);
}

function Pairs({ value }: { value: Record<string, unknown> }) {
  return (
    <dl className="pairs">
      {Object.entries(value).map(([k, v]) => (
        <div key={k}>
          <dt className="muted">{k}</dt>
          <dd className={typeof v === 'number' ? 'num' : ''}>
            {typeof v === 'number' ? formatNumber(v) : String(v ?? '–')}
          </dd>
        </div>
      ))}
    </dl>
  );
}
