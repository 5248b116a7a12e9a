import failed from '../test/runs/failed.json';
import maxsteps from '../test/runs/maxsteps.json';
import question from '../test/runs/question.json';
import sales from '../test/runs/sales.json';
import type { RunID } from './api.gen';
import { Fake, type FakeRun, type Script } from './fake';
import { longRun } from './fake-long';

/** The fixtures as the fake bridge wants them. JSON has no literal types, hence the cast. */
export const fixtures = [sales, failed, maxsteps, question] as unknown as FakeRun[];

/**
 * What `npm run dev` shows without Go: ?fake=empty for a first start, ?fake=off without Ollama, ?fake=fast for 1,000
 * tokens a second, ?fake=broken with faults.
 */
export function demoHost(kind: string): Fake {
  const fast = kind === 'fast';
  const host = new Fake({
    runs: kind === 'empty' || kind === 'off' ? [] : [...fixtures, longRun(5000)],
    onStart: (s) => play(s, fast),
    web: kind === 'web',
    ...(kind === 'off' && {
      models: [{ provider: { name: 'demo', kind: 'demo' }, models: [{ ref: 'demo/tour', name: 'Demo (no LLM)' }] }],
      status: { ollama: { url: 'http://127.0.0.1:11434', running: false, models: 0 } },
      settings: { default_model: '' },
    }),
    ...(kind === 'broken' && {
      status: {
        notices: [
          {
            code: 'database_corrupt',
            message: 'The database was damaged and has been set aside',
            why: 'It ended in the middle of a page.',
            do: 'The old file is kept beside the new one in the data folder.',
          },
        ],
        runtime: {
          state: 'missing',
          fault: {
            code: 'runtime_missing',
            message: 'The Python runtime is missing',
            why: 'It was not built.',
            do: 'Run “make runtime”.',
          },
        },
      },
    }),
  });
  Object.assign(globalThis, { fake: host });
  return host;
}

const thinking = `The user wants a simulation. I should compute month by month, since interest is added monthly, and stop when the balance crosses one million. Four percent a year is 0.04 / 12 a month.\n\nLet me also keep the yearly balances for a table.`;
const reply = `I will simulate month by month and keep the balance at the end of each year.\n\n\`\`\`python
rate = 0.04 / 12
balance = 0.0
years = []
month = 0
while balance < 1_000_000:
    month += 1
    balance = balance * (1 + rate) + 500
    if month % 12 == 0:
        years.append({"year": month // 12, "balance": round(balance, 2)})
print(f"{month} months")  # about ${'{'}month / 12:.1f${'}'} years
years[-5:]
\`\`\`
`;

/** A run that streams like a real one. */
async function play(s: Script, fast: boolean) {
  const speed = fast ? 1 : 12;
  for (let n = 1; n <= (fast ? 8 : 3) && !s.stopped(); n++) {
    const step = s.record(1, 'step_started', { number: n });
    const model = s.record(step, 'model_started', {
      model: 'ollama/qwen3:8b',
      purpose: 'act',
      through: step,
      options: {},
    });
    const t0 = Date.now();
    if (n === 1) {
      s.live({ span: model, status: 'loading the model' });
      await s.sleep(1200);
      await stream(s, (t) => s.live({ span: model, thinking: t }), thinking, speed);
    }
    const text = fast ? `${reply}\n`.repeat(1).replace('```\n', `${bigCode(n)}\n\`\`\`\n`) : reply;
    await stream(s, (t) => s.live({ span: model, text: t }), text, speed);
    if (s.stopped()) return;
    const code = /```python\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    s.record(model, 'model_finished', {
      text,
      thinking: n === 1 ? thinking : undefined,
      finish: 'stop',
      usage: { input_tokens: 900 + 300 * n, output_tokens: 210 },
      duration_ms: Date.now() - t0,
    });
    const run = s.record(step, 'code_started', { thought: text.split('\n')[0], code });
    const t1 = Date.now();
    for (let i = 0; i < 8 && !s.stopped(); i++) {
      s.live({ span: run, stdout: `year ${i + 1} …\n` });
      await s.sleep(fast ? 20 : 250);
    }
    if (s.stopped()) return;
    s.record(run, 'code_finished', {
      stdout: Array.from({ length: 8 }, (_, i) => `year ${i + 1} …\n`).join(''),
      value: {
        type: 'list',
        repr: '[…]',
        table: { columns: ['year', 'balance'], rows: [48, 49, 50, 51, 52].map((y) => [y, 1000.5 * y * 19]), total: 5 },
      },
      observation: '',
      duration_ms: Date.now() - t1,
    });
  }
  if (s.stopped()) return;
  const text = 'After **51 years** and **2 months** (614 months).';
  s.record(1, 'run_finished', {
    status: 'finished',
    text,
    answer: { type: 'str', repr: text, json: text },
    steps: 3,
    usage: { input_tokens: 4000, output_tokens: 700 },
    duration_ms: 20_000,
  });
}

const bigCode = (n: number) =>
  Array.from({ length: 220 }, (_, i) => `value_${i} = compute(${i}, step=${n}, name="row ${i}")  # line ${i}`).join(
    '\n',
  );

/** Fragments of about a token each. */
async function stream(s: Script, give: (t: string) => void, text: string, ms: number) {
  let late = 0;
  for (const token of text.match(/\s*\S{1,4}/g) ?? []) {
    if (s.stopped()) return;
    give(token);
    late += ms;
    if (late >= 12) {
      await s.sleep(late);
      late = 0;
    }
  }
  give('\n');
}

export type { RunID };
