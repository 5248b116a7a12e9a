import { describe, expect, it } from 'vitest';
import type { Variables as Delta } from '../bridge/api.gen';
import { figures } from '../test/figures';
import { emptyRun, fold } from './fold';
import { extent, variablesAt } from './variables';
import type { StepView } from './view';

const view = fold(emptyRun('figures'), figures.events);
const at = (n: number) => variablesAt(view.steps, view.steps[n - 1] as StepView);
const names = (n: number) => at(n).list.map((k) => `${k.variable.name} ${k.state}`);

describe('the variables after a step', () => {
  it('are the fold of what the steps changed', () => {
    expect(names(1)).toEqual(['path new', 'rows new', 'tmp new', 'json new']);
    expect(names(2)).toEqual(['rows changed', 'total new', 'path same', 'json same']);
    expect(names(3)).toEqual(['path same', 'rows same', 'total same', 'json same']);
  });
  it('know what was removed, and after which code they are so', () => {
    expect(at(2).removed).toEqual(['tmp']);
    expect(at(3).removed).toEqual([]);
    expect(at(1).code).toBe(3);
    expect(at(3).code).toBe(view.steps[2]?.items[0]?.seq);
  });
  it('do not depend on the steps that follow', () => {
    expect(variablesAt(view.steps.slice(0, 2), view.steps[1] as StepView)).toEqual(at(2));
  });

  const step = (seq: number, ...deltas: (Delta | undefined)[]) =>
    ({
      seq,
      items: deltas.map((variables, i) => ({ kind: 'code', seq: seq + i, done: { variables } })),
    }) as unknown as StepView;
  const v = (name: string, preview = '') => ({ name, type: 'int', kind: 'data', preview });

  it('begin anew when a step tells all of them', () => {
    const steps = [step(1, { total: 1, changed: [v('a')] }), step(5, { total: 1, all: true, changed: [v('b')] })];
    expect(variablesAt(steps, steps[1] as StepView).list.map((k) => k.variable.name)).toEqual(['b']);
  });
  it('stay those of before when they could not be read', () => {
    const steps = [step(1, { total: 1, changed: [v('a')] }), step(5, { total: 0, fault: 'MemoryError' })];
    const got = variablesAt(steps, steps[1] as StepView);
    expect(got.fault).toBe('MemoryError');
    expect(got.list.map((k) => k.variable.name)).toEqual(['a']);
  });
  it('count a variable as new that one step made and changed, and not as removed if it came back', () => {
    const steps = [
      step(1, { total: 1, changed: [v('x')] }),
      step(
        5,
        { total: 1, changed: [v('a')] },
        { total: 1, changed: [v('a', '2')], removed: ['x'] },
        { total: 2, changed: [v('x')] },
      ),
    ];
    const got = variablesAt(steps, steps[1] as StepView);
    expect(got.list.map((k) => `${k.variable.name} ${k.state}`)).toEqual(['a new', 'x new']);
    expect(got.removed).toEqual([]);
  });
  it('tell their extent', () => {
    expect(extent({ type: 'str', len: 1 })).toBe('1 character');
    expect(extent({ type: 'list', len: 1200 })).toBe('1,200 items');
    expect(extent({ type: 'ndarray', shape: [3, 4], dtype: 'int64' })).toBe('int64 3 × 4');
    expect(extent({ type: 'P' })).toBe('');
  });
});
