import { describe, expect, it } from 'vitest';
import { longRun } from '../bridge/fake-long';
import { runs } from '../test/util';
import { arrange } from './arrange';
import { duration, firstSentence, stepState, stepTimes, stepTitle, timeline } from './derive';
import { emptyRun, fold } from './fold';
import type { StepView } from './view';

const view = (name: keyof typeof runs) => fold(emptyRun('r'), runs[name].events);

describe('step titles', () => {
  it.each([
    ['I will read the first lines of the file. Then I sum.', 'Read the first lines of the file'],
    ['Thought: Okay, let me now look at `df`.', 'Look at df'],
    ['Now I can read it with pandas and sum the amounts.', 'Read it with pandas and sum the amounts'],
    ["Let's start by plotting\nthe data", 'Plotting the data'],
    ['I will go.', 'I will go'],
    ['The amounts use a comma. I will read the file again.', 'Read the file again'],
    ['North leads. I work out the distance and answer.', 'Work out the distance and answer'],
    ['I have the answer. It is 42.', 'I have the answer'],
    ['Version 3.13 is used here', 'Version 3.13 is used here'],
    ['', ''],
  ])('%j → %j', (text, title) => {
    expect(firstSentence(text).replace(/\.$/, '')).toBe(title.replace(/\.$/, ''));
  });

  it('cuts long ones', () => {
    expect(firstSentence('word '.repeat(60)).length).toBeLessThanOrEqual(90);
  });

  it('falls back to the code, then to the number', () => {
    expect(stepTitle(view('failed').steps[1] as StepView)).toBe('for i in range(3):');
    expect(stepTitle(view('failed').steps[3] as StepView)).toBe('Step 4');
  });
});

describe('step states', () => {
  it('tells errors, kills, nudges, answers and what broke off', () => {
    expect(view('sales').steps.map(stepState)).toEqual(['ok', 'error', 'ok', 'final']);
    expect(view('maxsteps').steps.map(stepState)).toEqual(['ok', 'ok', 'killed', 'final']);
    expect(view('failed').steps.map(stepState)).toEqual(['nudge', 'ok', 'ok', 'cut']);
    expect(view('question').steps.map(stepState)).toEqual(['waiting']);
  });
});

describe('times', () => {
  it('gives waiting to the person, not to the code', () => {
    const v = view('question');
    const q = v.waiting?.seq ?? 0;
    const at = v.lastAt;
    const done = fold(v, [
      { run: 'r', seq: q + 1, span: q, at: at + 5000, kind: 'question_answered', body: { answer: 'x' } },
      {
        run: 'r',
        seq: q + 2,
        span: 5,
        at: at + 5100,
        kind: 'code_finished',
        body: { observation: '', duration_ms: 5100 },
      },
    ]);
    expect(stepTimes(done.steps[0] as StepView)).toMatchObject({ wait: 5000, code: 100 });
  });

  it('covers the run with segments inside its bounds', () => {
    for (const name of Object.keys(runs) as (keyof typeof runs)[]) {
      const v = view(name);
      const total = duration(v, v.lastAt);
      for (const s of timeline(v, v.lastAt)) {
        expect(s.from).toBeGreaterThanOrEqual(0);
        expect(s.to).toBeLessThanOrEqual(total + 10);
      }
    }
    expect(timeline(fold(emptyRun('r'), longRun(10).events), 0)).toHaveLength(20);
  });

  it('lets a call that broke off last until the end', () => {
    const v = view('failed');
    expect(timeline(v, v.lastAt).at(-1)).toMatchObject({ kind: 'model', to: duration(v, v.lastAt) });
  });
});

describe('arrange', () => {
  it('puts tool calls into their code and files behind it', () => {
    const parts = arrange(view('sales').steps[2]?.items ?? []);
    expect(parts.map((p) => p.item.kind)).toEqual(['model', 'code']);
    expect(parts[1]?.inner.map((i) => i.kind)).toEqual(['tool']);
    expect(parts[1]?.files).toHaveLength(2);
  });

  it('follows spans through tools', () => {
    const parts = arrange(view('question').steps[0]?.items ?? []);
    expect(parts[1]?.inner.map((i) => i.kind)).toEqual(['tool', 'question']);
  });
});
