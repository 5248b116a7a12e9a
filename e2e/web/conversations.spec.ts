import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Event, Run } from '../../frontend/src/bridge/api.gen';
import { S } from '../../frontend/src/strings';
import { expect, test } from './host';

const folder = resolve(__dirname, '../../testdata/runs');

interface Conversation {
  name: string;
  id: string;
  row: Run;
  exported: string;
}

/** The conversations that Go plays (backend/agent/semantics_test.go), as runs that were exported. */
function conversations(): Conversation[] {
  return readdirSync(folder)
    .filter((f) => f.endsWith('.txtar'))
    .map((file, n) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const part = (name: string) => text.split(`-- ${name} --\n`)[1]?.split(/^-- .* --$/m)[0] ?? '';
      const name = file.replace('.txtar', '');
      const id = `C${String(n).padStart(25, '0')}`;
      const blobs: Record<string, string> = {};
      const events = part('events.jsonl')
        .trim()
        .split('\n')
        .map((line) => {
          // Files are in the log by their hashes only; what is in them does not matter here.
          for (const [, hash] of line.matchAll(/"blob":"(\w+)"/g)) if (hash) blobs[hash] = btoa('x');
          const e = { ...(JSON.parse(line) as Event), run: id } as Event;
          if (e.kind === 'run_started') e.body.task = `${name}: ${e.body.task}`;
          if (e.kind === 'run_forked') e.body.now.task = `${name}: ${e.body.now.task ?? ''}`;
          return e;
        });
      const exported = JSON.stringify({ sandglass: 1, run: id, events, blobs });
      return { name, id, row: JSON.parse(part('row.json')) as Run, exported };
    });
}

test('every conversation is shown as Go recorded it', async ({ open, host }) => {
  const all = conversations();
  const files = all.map((c) => {
    const file = join(host.home, `${c.name}.json`);
    writeFileSync(file, c.exported);
    return file;
  });
  host.command('runs', 'import', ...files);
  const page = await open();
  for (const { name, id, row } of all) {
    await test.step(name, async () => {
      await page.evaluate((hash) => { location.hash = hash; }, `#/run/${id}`);
      await expect(page.getByRole('heading', { level: 1, name: `${name}: ` })).toBeVisible();
      const main = page.getByRole('main');
      await expect(main.getByText(S.status[row.status] ?? '?', { exact: true }).first()).toBeVisible();
      await expect(main.getByText(row.steps === 1 ? '1 step' : `${row.steps} steps`).first()).toBeVisible();
      const answer = page.getByRole('region', { name: S.run.answer, exact: true });
      if (typeof row.answer_json === 'string' || typeof row.answer_json === 'number') {
        await expect(answer).toContainText(String(row.answer_json).split('\n')[0] ?? '?');
      } else {
        await expect(answer).toHaveCount(row.status === 'finished' || row.status === 'max_steps' ? 1 : 0);
      }
      for (const reason of row.unmet ?? []) await expect(answer).toContainText(reason);
      if (row.fault) await expect(main.getByText(row.fault.message).first()).toBeVisible();
    });
  }
});
