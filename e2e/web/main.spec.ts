import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessible, choose, expect, question, salesCSV, test } from './host';

test('the main job: a question, a table, every step, the answer, and the run again after a crash', async ({ open, host }) => {
  const page = await open();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add files' }).click();
  await (await chooser).setFiles(salesCSV);
  await expect(page.getByText('1,200 rows')).toBeVisible();
  await page.getByRole('textbox', { name: 'Task' }).fill(question);
  await choose(page, 'Model', /Demo/);
  await page.keyboard.press('Control+Enter');

  await expect(page.getByRole('heading', { name: question })).toBeVisible();
  await expect(page.getByText("could not convert string to float: '233,78'").first()).toBeVisible();
  const table = page.getByRole('table').filter({ hasText: 'share in %' });
  await expect(table.getByRole('row')).toHaveCount(5);
  await expect(page.getByText('North sold most: 150,228.07').first()).toBeVisible();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible();
  await accessible(page);
  // The step that failed, with its line marked.
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await expect(page.locator('.line.err').first()).toContainText('float(row["amount"])');

  await host.kill();
  await page.goto(await host.start());
  await page.getByRole('link', { name: /^Runs/ }).click();
  await page.getByRole('searchbox').fill('decimal comma');
  await page.getByText(question).first().click();
  await expect(page.getByText('North sold most: 150,228.07').first()).toBeVisible();
});

test('a drop of a file on the composer', async ({ open }) => {
  const page = await open();
  const data = await page.evaluateHandle(() => {
    const d = new DataTransfer();
    d.items.add(new File(['region;amount\nNorth;1\n'], 'my data.csv', { type: 'text/csv' }));
    return d;
  });
  const composer = page.getByRole('region', { name: 'Task' });
  await composer.dispatchEvent('dragenter', { dataTransfer: data });
  await composer.dispatchEvent('drop', { dataTransfer: data });
  await expect(page.getByText('my data.csv')).toBeVisible();
  await expect(page.getByLabel('Python variable for my data.csv')).toHaveValue('my_data');
});

test('bad input: an empty task, Ollama absent', async ({ open }) => {
  const page = await open();
  await expect(page.getByText('ollama serve').first()).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Write a task first')).toBeVisible();
  await page.evaluate(() => {
    // @ts-expect-error the bridge of the window
    return window.go.main.App.Start({ task: 'x', model: 'ollama/none' }).then((r) => { location.hash = `#/run/${r.id}`; });
  });
  await expect(page.getByText('Failed', { exact: true })).toBeVisible();
  await expect(page.getByText(/Ollama does not answer/).first()).toBeVisible();
  await expect(page.getByText(/ollama serve/).first()).toBeVisible();
});

test('a run can be stopped, deleted, and an interrupted one says so', async ({ open, host }) => {
  const page = await open({ SANDGLASS_DEMO_PACE: '100ms' });
  await page.getByRole('button', { name: /Start the sample How long/ }).click();
  await expect(page.getByText('Step 1').first()).toBeVisible();
  await page.getByRole('button', { name: /^Stop/ }).click();
  await expect(page.getByText('Stopped', { exact: true })).toBeVisible();

  await page.getByRole('link', { name: /New task/ }).click();
  await page.getByRole('button', { name: /Start the sample Untangle/ }).click();
  await expect(page.getByText('Step 1').first()).toBeVisible();
  const address = page.url().split('#')[1];
  await host.kill();
  await page.goto(await host.start());
  await page.evaluate((hash) => { location.hash = hash; }, address);
  await expect(page.getByText('Interrupted', { exact: true })).toBeVisible();
});

test('every screen opens, is accessible in light and dark, and knows its keys', async ({ open }) => {
  const page = await open();
  for (const [name, title] of [['Runs', /Runs/], ['Agents', /Agents/], ['Tools', /Tools/], ['Models', /Models/], ['Settings', /Settings/]] as const) {
    await page.getByRole('link', { name: new RegExp(`^${name}`) }).click();
    await expect(page.getByRole('heading', { name: title }).first()).toBeVisible();
    await accessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await accessible(page);
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /^Runs/ }).focus();
  await page.keyboard.press('n');
  await expect(page.getByRole('heading', { name: 'What should the agent do?' })).toBeVisible();
});

test('a provider with a wrong address says what failed', async ({ open }) => {
  const page = await open();
  const fault = await page.evaluate(() =>
    // @ts-expect-error the bridge of the window
    window.go.main.App.TestProvider({ name: 'mine', kind: 'openai', base_url: 'http://127.0.0.1:1/v1' }, 'sk-secret').then((r) => r.fault),
  );
  expect(fault.code).toBe('model_unreachable');
  expect(JSON.stringify(fault)).not.toContain('sk-secret');
});

test('the token works once', async ({ open, host, browser }) => {
  const page = await open();
  const other = await browser.newContext();
  const stranger = await other.newPage();
  const r = await stranger.goto(page.url());
  expect(r?.status()).toBe(401);
  await other.close();
  expect(host.home).toBeTruthy();
});

test('a run of 1,000 steps draws only what is seen, and every step can be reached', async ({ open, host }) => {
  const replies = Array.from({ length: 1000 }, (_, i) => `Thought: number ${i + 1}.\n\`\`\`python\nprint('line', ${i + 1})\n\`\`\``);
  const file = join(host.home, 'replies.json');
  writeFileSync(file, JSON.stringify([...replies, 'It never ends.']));
  host.command('run', '--max-steps', '1000', '--replies', file, 'Count for ever');
  const page = await open();
  await page.getByText('Count for ever').first().click();
  await expect(page.getByText('1,000 steps').first()).toBeVisible();
  await expect(page.getByText('It never ends.').first()).toBeVisible();
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(3000);
  await page.keyboard.press('Home');
  await expect(page.getByText('number 1.').first()).toBeVisible();
  await page.evaluate(() => { location.hash = `${location.hash.split('?')[0]}?step=500`; });
  await page.reload();
  await expect(page.getByText('number 500.').first()).toBeVisible();
});
