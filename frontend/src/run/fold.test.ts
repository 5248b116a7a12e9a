import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../bridge/api.gen';
import { longRun } from '../bridge/fake-long';
import { conversation } from '../test/conversations';
import { allRuns, runs } from '../test/util';
import { stepState, stepTimes } from './derive';
import { emptyRun, fold } from './fold';
import type { CodeItem, ModelItem, QuestionItem, StepView } from './view';

const whole = (events: readonly Event[]) => fold(emptyRun('r'), events);

describe('fold', () => {
  it('makes steps, their items and the ending', () => {
    const v = whole(runs.sales.events);
    expect(v.status).toBe('finished');
    expect(v.steps.map((s) => s.number)).toEqual([1, 2, 3, 4]);
    expect(v.steps.every((s) => s.closed)).toBe(true);
    expect(v.steps[2]?.items.map((i) => i.kind)).toEqual(['model', 'code', 'tool', 'artefact', 'artefact']);
    const code = v.steps[1]?.items[1] as CodeItem;
    expect(code.done?.error?.line).toBe(4);
    expect(v.artefacts.map((a) => a.name)).toEqual(['sales.svg', 'by_region.csv']);
    expect(v.ending?.kind).toBe('finished');
    expect(v.usage.input_tokens).toBe(runs.sales.run.usage.input_tokens);
  });

  it('puts the best answer after the last step into a step of its own', () => {
    const v = whole(runs.maxsteps.events);
    expect(v.status).toBe('max_steps');
    expect(v.steps.map((s) => s.role)).toEqual(['step', 'step', 'step', 'closing']);
  });

  it('knows a permission that the run waits for, and a request that was made', () => {
    const scope = { kind: 'host', value: 'example.org' };
    const v = fold(whole(runs.question.events.slice(0, 5)), []);
    const at = v.lastAt + 1000;
    const step = v.steps[0]?.seq ?? 0;
    const seq = v.lastSeq + 1;
    const asked = fold(v, [{ run: 'r', seq, span: step, at, kind: 'permission_asked', body: { scope } }]);
    expect(asked.waiting?.kind).toBe('permission');
    expect(stepState(asked.steps[0] as StepView)).toBe('waiting');
    const later = fold(asked, [
      {
        run: 'r',
        seq: seq + 1,
        span: seq,
        at: at + 4000,
        kind: 'permission_decided',
        body: { scope, allow: true, for: 'run', by: 'user' },
      },
      {
        run: 'r',
        seq: seq + 2,
        span: step,
        at: at + 4000,
        kind: 'fetch_started',
        body: { method: 'GET', host: 'example.org', url: 'https://example.org/', by: 'user', digest: '' },
      },
      {
        run: 'r',
        seq: seq + 3,
        span: seq + 2,
        at: at + 5000,
        kind: 'fetch_finished',
        body: { status: 200, bytes: 5, duration_ms: 1000 },
      },
    ]);
    expect(later.waiting).toBeUndefined();
    expect(stepTimes(later.steps[0] as StepView).wait).toBe(4000);
    expect(later.steps[0]?.items.slice(-2)).toMatchObject([
      { kind: 'permission', decided: { allow: true } },
      { kind: 'fetch', done: { status: 200 } },
    ]);
  });

  it('knows what the run waits for, and that it was answered', () => {
    const v = whole(runs.question.events);
    expect(v.waiting).toMatchObject({ kind: 'question', question: expect.stringContaining('budget') });
    const seq = v.lastSeq + 1;
    const answered = fold(v, [
      {
        run: 'r',
        seq,
        span: v.waiting?.seq ?? 0,
        at: v.lastAt + 1000,
        kind: 'question_answered',
        body: { answer: '300' },
      },
    ]);
    expect(answered.waiting).toBeUndefined();
    const q = answered.steps[0]?.items.find((i): i is QuestionItem => i.kind === 'question');
    expect(q).toMatchObject({ answer: '300', answeredAt: v.lastAt + 1000 });
  });

  it('gives the same page by page as at once', () => {
    const logs = [...allRuns.map((r) => r.events), longRun(30).events, conversation('team-failures').events];
    fc.assert(
      fc.property(
        fc.constantFrom(...logs),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }),
        (log, sizes) => {
          let v = emptyRun('r');
          let at = 0;
          for (const n of [...sizes, log.length]) {
            v = fold(v, log.slice(at, at + n));
            at += n;
          }
          expect(v).toEqual(whole(log));
        },
      ),
    );
  });

  it('changes nothing that it was given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...allRuns), fc.nat(30), (r, cut) => {
        const before = whole(r.events.slice(0, cut));
        const copy = structuredClone(before);
        fold(before, r.events);
        expect(before).toEqual(copy);
      }),
    );
  });

  it('keeps the identity of steps that did not change', () => {
    const log = longRun(20).events;
    const a = whole(log.slice(0, 80));
    const b = fold(a, log.slice(80, 83));
    expect(b.steps[3]).toBe(a.steps[3]);
    expect(b.steps).not.toBe(a.steps);
    expect(fold(b, [])).toBe(b);
  });

  it('skips events that it has seen', () => {
    const v = whole(runs.sales.events);
    expect(fold(v, runs.sales.events)).toBe(v);
  });

  it('shows what a newer version wrote as unknown, wherever it stands', () => {
    const log = runs.sales.events;
    const strange = (seq: number, span: number) =>
      ({ run: 'r', seq, span, at: 1, kind: 'dream_dreamt', body: { x: 1 } }) as never as Event;
    const renumbered = [...log.slice(0, 4), strange(5, 2), ...log.slice(4).map((e) => ({ ...e, seq: e.seq + 1 }))];
    expect(whole(renumbered).steps[0]?.items.some((i) => i.kind === 'unknown' && i.name === 'dream_dreamt')).toBe(true);
    expect(whole([strange(1, 0)]).steps[0]?.role).toBe('opening');
  });

  it('survives logs that begin in the middle or lack their openers', () => {
    fc.assert(
      fc.property(fc.constantFrom(...allRuns), fc.array(fc.boolean(), { maxLength: 60 }), (r, keep) => {
        const v = whole(r.events.filter((_, i) => keep[i] ?? true));
        expect(v.lastSeq).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('finds the step of a late event by its span', () => {
    const log = longRun(3).events;
    const model = log.find((e) => e.kind === 'model_finished');
    const late = log.filter((e) => e !== model && e.kind !== 'run_finished');
    const v = fold(whole(late), [{ ...(model as Event), seq: log.length + 5 }]);
    for (const n of [0, 2]) {
      const item = v.steps[n]?.items[0] as ModelItem;
      expect(item.done).toBeDefined();
    }
  });
});
