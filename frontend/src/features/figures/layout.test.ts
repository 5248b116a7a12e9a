import { expect, test } from 'vitest';
import { tracesOf } from './layout';

const bar = { type: 'bar', x: [1], offsetgroup: 'a' };

test.each([
  ['stacked bars lose it', [bar], { barmode: 'relative' }, [{ type: 'bar', x: [1] }]],
  [
    'histograms over one another lose it',
    [{ ...bar, type: 'histogram' }],
    { barmode: 'overlay' },
    [{ type: 'histogram', x: [1] }],
  ],
  ['grouped bars keep it', [bar], { barmode: 'group' }, [bar]],
  ['bars without a mode keep it', [bar], undefined, [bar]],
  ['boxes keep it', [{ type: 'box', offsetgroup: 'a' }], { barmode: 'stack' }, [{ type: 'box', offsetgroup: 'a' }]],
  ['no list of traces', 'nonsense', { barmode: 'stack' }, []],
])('offsetgroup: %s', (_, traces, layout, want) => {
  expect(tracesOf(traces, layout)).toEqual(want);
});
