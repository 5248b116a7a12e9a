import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Event, Run } from '../bridge/api.gen';
import type { FakeRun } from '../bridge/fake';

const folder = resolve(process.cwd(), '../testdata/runs');

export const conversationNames = readdirSync(folder)
  .filter((f) => f.endsWith('.txtar'))
  .map((f) => f.replace(/\.txtar$/, ''));

/** A conversation of testdata/runs: what Go's loop recorded is what the window shows. */
export function conversation(name: string): FakeRun {
  const text = readFileSync(join(folder, `${name}.txtar`), 'utf8');
  const part = /^-- events\.jsonl --\n([\s\S]*?)(?=^-- |(?![\s\S]))/m.exec(text)?.[1] ?? '';
  const id = `TEST${name.replace(/\W/g, '').toUpperCase()}`;
  const events = part
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as Event), run: id }));
  const [first] = events;
  if (first?.kind !== 'run_started') throw new Error(`${name} has no beginning`);
  const run: Run = {
    id,
    title: first.body.task,
    task: first.body.task,
    agent: first.body.agent,
    model: first.body.model,
    status: 'finished',
    started_at: 0,
    duration_ms: 0,
    steps: 0,
    usage: { input_tokens: 0, output_tokens: 0 },
    last_seq: events.length,
  };
  return { run, events };
}
