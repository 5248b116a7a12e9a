import type { Table } from '../../bridge/api.gen';
import { S } from '../../strings';

/** Figures as data: what they say in words, and as a table. They come from an agent's code and may hold anything. */

type Json = Record<string, unknown>;
export const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);
const object = (v: unknown): Json => (isObject(v) ? v : {});
const list = (v: unknown): unknown[] => (Array.isArray(v) ? v : isObject(v) ? typed(v) : []);
const text = (v: unknown): string =>
  typeof v === 'string' ? v.replace(/<[^>]*>/g, ' ').trim() : isObject(v) ? text(v.text) : '';

export const isPlotly = (mediaType: string) => mediaType === 'application/vnd.plotly.v1+json';
export const isVega = (mediaType: string) => mediaType.startsWith('application/vnd.vegalite.');

const most = 500; // rows of the table that stands for a figure

const arrays = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;

/** plotly's packed arrays: {dtype, bdata}. */
function typed(v: Json): unknown[] {
  const kind = arrays[v.dtype as keyof typeof arrays];
  if (!kind || typeof v.bdata !== 'string') return [];
  try {
    const raw = Uint8Array.from(atob(v.bdata), (c) => c.charCodeAt(0));
    return [...new kind(raw.buffer, 0, Math.floor(raw.length / kind.BYTES_PER_ELEMENT))];
  } catch {
    return [];
  }
}

const cell = (v: unknown) =>
  v === null || ['string', 'number', 'boolean'].includes(typeof v)
    ? (v as string | number | boolean | null)
    : JSON.stringify(v);

function fromColumns(columns: [string, unknown[]][]): Table | undefined {
  const used = columns.filter(([, values]) => values.length > 0);
  const total = Math.max(0, ...used.map(([, values]) => values.length));
  if (used.length === 0) return undefined;
  const rows = Array.from({ length: Math.min(total, most) }, (_, i) =>
    used.map(([, values]) => cell(values[i] ?? null)),
  );
  return { columns: used.map(([name]) => name), rows, total };
}

function fromRecords(records: unknown[]): Table | undefined {
  const names = [...new Set(records.slice(0, 50).flatMap((r) => (isObject(r) ? Object.keys(r) : [])))];
  if (names.length === 0) return undefined;
  const rows = records.slice(0, most).map((r) => names.map((n) => cell(object(r)[n] ?? null)));
  return { columns: names, rows, total: records.length };
}

/** The figure's data, for those who cannot or do not want to see it. */
export function figureTable(mediaType: string, spec: unknown): Table | undefined {
  const s = object(spec);
  if (isVega(mediaType)) {
    const own = list(object(s.data).values);
    const named = object(s.datasets)[String(object(s.data).name)] ?? Object.values(object(s.datasets))[0];
    return fromRecords(own.length > 0 ? own : list(named));
  }
  const traces = list(s.data).map(object);
  const columns: [string, unknown[]][] = [];
  traces.forEach((t, i) => {
    const name = text(t.name) || (traces.length > 1 ? String(i + 1) : '');
    for (const [key, said] of Object.entries({
      x: 'x',
      y: 'y',
      z: 'z',
      labels: 'label',
      values: 'value',
      text: 'text',
    })) {
      const values = list(t[key]);
      const same = columns.find(([, had]) => had.length === values.length && had.every((v, n) => v === values[n]));
      if (values.length > 0 && !(same && key === 'x')) columns.push([name ? `${name} ${said}`.trim() : said, values]);
    }
  });
  return fromColumns(columns.slice(0, 30));
}

/** What a screen reader says of it. */
export function describe(mediaType: string, spec: unknown): string {
  const s = object(spec);
  if (isVega(mediaType)) {
    const axis = (name: string) => {
      const channel = object(object(s.encoding)[name]);
      return text(channel.title) || text(object(channel.axis).title) || text(channel.field);
    };
    const mark = text(typeof s.mark === 'string' ? s.mark : object(s.mark).type);
    return S.figure.describe(`${mark || 'Vega-Lite'} chart`, text(s.title), S.figure.axes(axis('x'), axis('y')));
  }
  const layout = object(s.layout);
  const traces = list(s.data).map(object);
  if (traces.length === 0) return S.figure.empty;
  const kinds = [...new Set(traces.map((t) => text(t.type) || 'scatter'))].join(' and ');
  const axis = (name: string) => text(object(layout[name]).title);
  const what = `${kinds} figure, ${S.figure.series(traces.length)}`;
  return S.figure.describe(what, text(layout.title), S.figure.axes(axis('xaxis'), axis('yaxis')));
}

/** The first rows of a CSV (RFC 4180). */
export function csvTable(source: string, limit = 50): Table | undefined {
  const rows: string[][] = [];
  let total = 0;
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endRow = () => {
    row.push(field);
    field = '';
    if (row.length > 1 || row[0] !== '') {
      if (rows.length <= limit) rows.push(row);
      total++;
    }
    row = [];
  };
  for (let i = 0; i < source.length; i++) {
    const c = source[i] as string;
    if (quoted) {
      if (c !== '"') field += c;
      else if (source[i + 1] === '"') field += source[++i];
      else quoted = false;
    } else if (c === '"' && field === '') quoted = true;
    else if (c === ',') {
      row.push(field);
      field = '';
    } else if (c === '\n') endRow();
    else if (c !== '\r') field += c;
  }
  if (field !== '' || row.length > 0) endRow();
  const head = rows[0];
  if (!head) return undefined;
  const number = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;
  return {
    columns: head,
    rows: rows.slice(1).map((r) => head.map((_, i) => (number.test(r[i] ?? '') ? Number(r[i]) : (r[i] ?? null)))),
    total: Math.max(0, total - 1),
  };
}

/** A page without what could act: it is shown without scripts anyway, and this keeps it quiet. */
export function inertPage(html: string): string {
  const doc = new DOMParser().parseFromString(html, 'text/html');
  for (const e of doc.querySelectorAll('script, meta, base, link, iframe, object, embed, form, template')) e.remove();
  for (const e of doc.querySelectorAll('*')) {
    for (const a of [...e.attributes]) {
      if (/^on/i.test(a.name) || /^(href|src|srcset|action|ping|xlink:href)$/i.test(a.name)) {
        if (!a.value.startsWith('data:image/') && !a.value.startsWith('#')) e.removeAttribute(a.name);
      }
    }
  }
  return `<!doctype html>${doc.documentElement.outerHTML}`;
}
