// Writes the tables of mixed.parquet and mixed.arrow with Arrow's JavaScript library and, for Parquet, with the Rust one.
// npm i apache-arrow@21.2.0 parquet-wasm@0.8.0; node gen.mjs FOLDER
import { writeFileSync } from 'node:fs';
import * as a from 'apache-arrow';
import * as p from 'parquet-wasm';

const out = process.argv[2];
const rows = 5;
const col = (type, values) => a.vectorFromArray(values, type);
const day = (s) => new Date(s + 'T00:00:00Z');
const us = (s) => Date.parse(s);
const raw = (type, values) => {   // values as the type keeps them
  const b = a.makeBuilder({ type, nullValues: [null] });
  for (const v of values) b.append(v);
  return b.finish().toVector();
};
const columns = {
  id: col(new a.Int64(), [1n, 2n, 3n, 4n, 9007199254740993n]),
  n: col(new a.Int32(), [1, null, -3, 4, 5]),
  small: col(new a.Uint8(), [0, 1, 2, 254, 255]),
  x: col(new a.Float64(), [0.5, null, NaN, -Infinity, 1e300]),
  f: col(new a.Float32(), [0.5, 1.5, 2.5, 3.5, 4.5]),
  name: col(new a.Utf8(), ['ä', null, '', '日本語 🙂', 'a "b"\n']),
  ok: col(new a.Bool(), [true, null, false, true, false]),
  sure: col(new a.Bool(), [true, true, false, true, false]),
  at: raw(new a.TimestampMicrosecond(), [us('2024-03-31T01:30:00Z'), null, us('1969-12-31T23:59:59Z'), 0, us('2262-01-01T00:00:00Z')]),
  there: raw(new a.TimestampMicrosecond('Europe/Berlin'), [us('2024-03-31T01:30:00Z'), null, us('1969-12-31T23:59:59Z'), 0, 0.001]),
  day: raw(new a.DateDay(), [day('2024-02-29'), null, day('1969-12-31'), day('1970-01-01'), day('2262-04-11')]),
  hour: raw(new a.TimeMicrosecond(), [0n, null, 3_600_000_001n, 86_399_999_999n, 1n]),
  price: raw(new a.Decimal(2, 10), [new Uint32Array([1230, 0, 0, 0]), null, new Uint32Array([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]), new Uint32Array([0, 0, 0, 0]), new Uint32Array([999999999, 0, 0, 0])]),
  kind: col(new a.Dictionary(new a.Utf8(), new a.Int8()), ['b', 'a', null, 'b', 'c']),
  blob: col(new a.Binary(), [new Uint8Array([0, 255]), null, new Uint8Array([]), new Uint8Array([1]), new Uint8Array([2])]),
  list: col(new a.List(new a.Field('item', new a.Int32(), true)), [[1, 2], null, [], [3], [4, 5, 6]]),
  words: col(new a.List(new a.Field('item', new a.Utf8(), true)), [['a', null], null, [], ['b'], ['c', 'd']]),
  point: col(new a.Struct([new a.Field('x', new a.Int32(), true), new a.Field('s', new a.Utf8(), true)]), [{ x: 1, s: 'a' }, null, { x: null, s: 'c' }, { x: 4, s: null }, { x: 5, s: 'e' }]),
  key: col(new a.Utf8(), ['k1', 'k2', 'k3', 'k4', 'k5']),
};
const meta = {
  index_columns: ['key'],
  column_indexes: [{ name: null, field_name: null, pandas_type: 'unicode', numpy_type: 'object', metadata: { encoding: 'UTF-8' } }],
  columns: [
    { name: 'small', field_name: 'small', pandas_type: 'uint8', numpy_type: 'UInt8', metadata: null },
    { name: 'there', field_name: 'there', pandas_type: 'datetimetz', numpy_type: 'datetime64[us]', metadata: { timezone: 'Europe/Berlin' } },
    { name: 'kind', field_name: 'kind', pandas_type: 'categorical', numpy_type: 'int8', metadata: { num_categories: 3, ordered: false } },
    { name: 'the key', field_name: 'key', pandas_type: 'unicode', numpy_type: 'object', metadata: null },
  ],
  pandas_version: '2.2.3',
};
const plain = new a.Table(columns);
const schema = new a.Schema(plain.schema.fields, new Map([['pandas', JSON.stringify(meta)]]));
const table = new a.Table(schema, plain.batches.map((b) => new a.RecordBatch(schema, b.data)));
writeFileSync(`${out}/mixed.arrow`, a.tableToIPC(table, 'file'));
const stream = a.tableToIPC(table, 'stream');
const C = p.Compression;
for (const [name, compression, version] of [['none', C.UNCOMPRESSED, 1], ['snappy', C.SNAPPY, 1], ['gzip', C.GZIP, 2], ['brotli', C.BROTLI, 1], ['zstd', C.ZSTD, 2], ['lz4', C.LZ4_RAW, 2]]) {
  const props = new p.WriterPropertiesBuilder().setCompression(compression)
    .setWriterVersion(version === 2 ? p.WriterVersion.V2 : p.WriterVersion.V1).setMaxRowGroupSize(name === 'zstd' ? 2 : 1000)
    .setKeyValueMetadata(new Map([['pandas', JSON.stringify(meta)]])).build();
  writeFileSync(`${out}/mixed.${name}.parquet`, p.writeParquet(p.Table.fromIPCStream(stream), props));
}
