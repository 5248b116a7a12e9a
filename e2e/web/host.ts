import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';

const root = resolve(__dirname, '../..');
export const salesCSV = join(root, 'backend/llm/script/samples/sales.csv');
export const question = 'Which region sold most, and by how much more than the second?';

/** A `sandglass serve` with a data folder of its own. */
export class Host {
  readonly home = mkdtempSync(join(tmpdir(), 'sandglass-e2e-'));
  private process?: ChildProcess;
  /** Whether a test has killed it once: from then on broken connections are no fault of the page. */
  wasKilled = false;

  /** Starts it (again) and gives the address with its one-time token. */
  async start(env: Record<string, string> = {}): Promise<string> {
    const child = spawn(join(root, 'build/bin/sandglass'), ['serve'], {
      env: { ...process.env, SANDGLASS_HOME: this.home, OLLAMA_HOST: '127.0.0.1:1', SANDGLASS_DEMO_PACE: '2ms', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process = child;
    return new Promise((done, fail) => {
      let out = '';
      child.stdout?.on('data', (data) => {
        out += data;
        if (out.includes('\n')) done(out.trim());
      });
      child.on('exit', (code) => fail(new Error(`sandglass serve ended with ${code}`)));
    });
  }

  /** Runs the command line on the same data folder; the exit code does not matter. */
  command(...args: string[]): void {
    spawnSync(join(root, 'build/bin/sandglass'), args, { env: { ...process.env, SANDGLASS_HOME: this.home }, stdio: 'ignore' });
  }

  /** Runs the command line on the same data folder with something on its standard input, and gives what it printed. */
  output(input: string, ...args: string[]): string {
    const env = { ...process.env, SANDGLASS_HOME: this.home };
    return spawnSync(join(root, 'build/bin/sandglass'), args, { env, input, encoding: 'utf8' }).stdout;
  }

  /** Kills it without a chance to clean up. */
  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    this.wasKilled = true;
    child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Tests get a host, and a page on it that must not log any error. */
export const test = base.extend<{ host: Host; open: (env?: Record<string, string>) => Promise<Page> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
  host: async ({}, use) => {
    const host = new Host();
    await use(host);
    await host.remove();
  },
  open: async ({ host, page }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (e) => errors.push(String(e)));
    page.on('console', (m) => {
      // The browser logs what a killed host does to its connections: refused, reset, cut, whichever came first.
      if (m.type() === 'error' && !(host.wasKilled && /net::ERR_/.test(m.text()))) errors.push(m.text());
    });
    await use(async (env) => {
      await page.goto(await host.start(env));
      await expect(page.getByRole('heading', { name: 'What should the agent do?' })).toBeVisible();
      return page;
    });
    expect(errors).toEqual([]);
  },
});

export { expect };

const axe = readFileSync(join(root, 'frontend/node_modules/axe-core/axe.min.js'), 'utf8');

/** Fails with the rules that the page breaks (WCAG A and AA, best practices). */
export async function accessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const broken = await page.evaluate(async () => {
    // @ts-expect-error axe was put there by the line above
    const result = await window.axe.run(document, { resultTypes: ['violations'] });
    // biome-ignore lint/suspicious/noExplicitAny: axe's result
    return result.violations.map((v: any) => `${v.id} (${v.impact}): ${v.nodes[0].html}`);
  });
  expect(broken).toEqual([]);
}

/** Chooses an entry of one of the pickers. */
export async function choose(page: Page, picker: string, option: RegExp): Promise<void> {
  await page.getByRole('combobox', { name: picker }).click();
  await page.getByRole('option', { name: option }).click();
}
