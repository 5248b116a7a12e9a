import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Event, Run } from '../bridge/api.gen';
import type { FakeRun } from '../bridge/fake';

const folder = resolve(process.cwd(), '../testdata/runs');

export const conversationNames = readdirSync(folder)
  .filter((f) => f.endsWith('.txtar'))
  .map((f) => f.replace(/\.txtar$/, ''));

const part = (text: string, name: string) =>
  new RegExp(`^-- ${name} --\\n([\\s\\S]*?)(?=^-- |(?![\\s\\S]))`, 'm').exec(text)?.[1] ?? '';

/** A conversation of testdata/runs: what Go's loop recorded is what the window shows, and Go's row is its row. */
export function conversation(name: string): FakeRun {
  const text = readFileSync(join(folder, `${name}.txtar`), 'utf8');
  const id = `TEST${name.replace(/\W/g, '').toUpperCase()}`;
  const events = part(text, 'events\\.jsonl')
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as Event), run: id }));
  if (events[0]?.kind !== 'run_started') throw new Error(`${name} has no beginning`);
  return { run: { ...(JSON.parse(part(text, 'row\\.json')) as Run), id }, events };
}
