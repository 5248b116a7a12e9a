import type { Event } from './api.gen';
import type { FakeRun } from './fake';

/** A run of very many steps, every one different: for scrolling and for counting DOM nodes. */
export function longRun(steps: number): FakeRun {
  const id = '01JD4A0000LONGR00000000005';
  const t0 = Date.UTC(2026, 10, 18, 9, 0, 0);
  const events: Event[] = [];
  let at = t0;
  const rec = (span: number, kind: string, body: unknown, ms = 3): number => {
    at += ms;
    events.push({ run: id, seq: events.length + 1, span, at, kind, body } as unknown as Event);
    return events.length;
  };
  const task = `Check ${steps} records one by one`;
  const root = rec(0, 'run_started', {
    task,
    agent: 'Default',
    model: 'ollama/qwen3:8b',
    system: '…',
    max_steps: steps,
    options: {},
  });
  for (let n = 1; n <= steps; n++) {
    const step = rec(root, 'step_started', { number: n });
    const model = rec(step, 'model_started', { model: 'ollama/qwen3:8b', purpose: 'act', through: step, options: {} });
    const code = `record = load(${n})\nprint(check(record, strict=${n % 2 === 0 ? 'True' : 'False'}))`;
    rec(
      model,
      'model_finished',
      { text: '', finish: 'stop', usage: { input_tokens: 900, output_tokens: 40 }, duration_ms: 700 + (n % 9) * 90 },
      700 + (n % 9) * 90,
    );
    const run = rec(step, 'code_started', {
      thought: `Check record ${n}${n % 7 === 0 ? ', which looked odd before' : ''}.`,
      code,
    });
    const error =
      n % 11 === 0 ? { type: 'ValueError', message: `record ${n} has no date`, line: 2, traceback: '…' } : undefined;
    rec(run, 'code_finished', { stdout: `record ${n}: ok\n`, error, observation: '', duration_ms: 40 }, 40);
  }
  const text = `All ${steps} records were checked.`;
  rec(root, 'run_finished', {
    status: 'finished',
    text,
    answer: { type: 'str', repr: text, json: text },
    steps,
    usage: { input_tokens: 0, output_tokens: 0 },
    duration_ms: at - t0,
  });
  return {
    run: {
      id,
      title: task,
      task,
      agent: 'Default',
      model: 'ollama/qwen3:8b',
      status: 'finished',
      started_at: t0,
      finished_at: at,
      duration_ms: at - t0,
      steps,
      usage: { input_tokens: 900 * steps, output_tokens: 40 * steps },
      answer: text,
      last_seq: events.length,
    },
    events,
  };
}
