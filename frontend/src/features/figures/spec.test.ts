import fc from 'fast-check';
import { expect, describe as group, it } from 'vitest';
import { configOf, fitted, layoutOf } from './layout';
import { csvTable, describe, figureTable, inertPage } from './spec';

const plotly = 'application/vnd.plotly.v1+json';
const vega = 'application/vnd.vegalite.v5+json';
const theme = { dark: true, text: '#fff', soft: '#ccc', line: '#333', surface: '#111', font: 'f' };

group('a figure in words and numbers', () => {
  it.each([
    [
      plotly,
      { data: [{ type: 'bar', y: [1] }], layout: { title: 'Sales<br>2026', yaxis: { title: { text: '€' } } } },
      'bar figure, 1 series “Sales 2026”, y: €',
    ],
    [plotly, { data: [{}, { type: 'pie' }] }, 'scatter and pie figure, 2 series'],
    [plotly, { data: [] }, 'figure without data'],
    [
      vega,
      { mark: { type: 'line' }, title: 'T', encoding: { x: { field: 'a' }, y: { field: 'b', title: 'B' } } },
      'line chart “T”, x: a, y: B',
    ],
    [vega, { hconcat: [] }, 'Vega-Lite chart'],
  ])('%s %j', (type, spec, want) => expect(describe(type, spec)).toBe(want));

  it('as a table, with shared x only once', () => {
    const data = [
      { name: 'A', x: ['n', 's'], y: [1, 2] },
      { name: 'B', x: ['n', 's'], y: [3, null] },
    ];
    expect(figureTable(plotly, { data })).toEqual({
      columns: ['A x', 'A y', 'B y'],
      rows: [
        ['n', 1, 3],
        ['s', 2, null],
      ],
      total: 2,
    });
  });
  it('reads packed arrays', () => {
    const bdata = btoa(String.fromCharCode(...new Uint8Array(new Float64Array([1.5, -2]).buffer)));
    expect(figureTable(plotly, { data: [{ y: { dtype: 'f8', bdata } }] })?.rows).toEqual([[1.5], [-2]]);
    expect(figureTable(plotly, { data: [{ y: { dtype: 'f8', bdata: '%%' } }] })).toBeUndefined();
  });
  it('reads the data of a chart, also if it is named', () => {
    expect(figureTable(vega, { data: { values: [{ a: 1 }, { b: 'x' }] } })?.rows).toEqual([
      [1, null],
      [null, 'x'],
    ]);
    expect(figureTable(vega, { data: { name: 'd' }, datasets: { d: [{ a: 1 }] } })?.columns).toEqual(['a']);
  });
  it('takes anything', () => {
    fc.assert(
      fc.property(fc.constantFrom(plotly, vega), fc.jsonValue(), (type, spec) => {
        describe(type, spec);
        figureTable(type, spec);
        figureTable(type, { data: spec, layout: spec });
        layoutOf(spec, theme, 500);
      }),
    );
  });
});

group('a figure in the interface', () => {
  it('takes its colours and its room, but for what the figure says itself', () => {
    const l = layoutOf(
      { width: 5000, height: 5, paper_bgcolor: 'red', template: { layout: { colorway: ['x'] } } },
      theme,
      600,
    );
    expect(l).toMatchObject({
      height: 120,
      paper_bgcolor: 'red',
      template: { layout: { colorway: ['x'], font: { color: '#fff' } } },
    });
    expect(l).not.toHaveProperty('width');
    expect(layoutOf({ width: 300 }, theme, 600)).toMatchObject({ width: 300, height: 380 });
  });
  it('lets a chart without a size be as wide as there is room', () => {
    expect(fitted({ mark: 'bar' })).toMatchObject({ width: 'container' });
    expect(fitted({ mark: 'bar', width: 100 })).toEqual({ mark: 'bar', width: 100 });
    expect(fitted({ hconcat: [] })).toEqual({ hconcat: [] });
    expect(configOf(theme)).toMatchObject({ background: 'transparent', axis: { gridColor: '#333' } });
  });
});

group('a table in a file', () => {
  it('is read with its quotes', () => {
    expect(csvTable('name,n\r\n"Ada, ""L"".\nx",1\nBob,007\n\n')).toEqual({
      columns: ['name', 'n'],
      rows: [
        ['Ada, "L".\nx', 1],
        ['Bob', '007'],
      ],
      total: 2,
    });
    expect(csvTable('')).toBeUndefined();
  });
  it('counts what it does not show', () => {
    const got = csvTable(`a\n${'1\n'.repeat(100)}`, 5);
    expect([got?.rows?.length, got?.total]).toEqual([5, 100]);
  });
  it('takes anything', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const row of csvTable(text)?.rows ?? []) expect(row).toHaveLength(csvTable(text)?.columns?.length ?? -1);
      }),
    );
  });
});

group('a page', () => {
  it('loses what could act or load', () => {
    const page = inertPage(
      '<meta http-equiv=refresh content="0;url=//e"><base href="//e"><p onclick=x>Hi<script>1</script><img src="//e/x"><img src="data:image/png;base64,A"><a href="javascript:x">l</a><svg><a xlink:href="//e"></a></svg>',
    );
    expect(page).toContain('<p>Hi');
    expect(page).toContain('data:image/png');
    expect(page).not.toMatch(/script|onclick|\/\/e|meta|base href/);
  });
});
