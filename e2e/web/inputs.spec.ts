import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { accessible, expect, salesCSV, test } from './host';

const chart = resolve(__dirname, '../../docs/images/figure.png');

/** An OpenAI-compatible server whose replies are given by hand. */
class Model {
  private server?: Server;
  private asked: string[] = [];
  private told?: () => void;
  private answers: ((text: string) => void)[] = [];

  async start(): Promise<string> {
    this.server = createServer((req, res) => {
      let body = '';
      req.on('data', (d) => (body += d));
      req.on('end', () => {
        if (!req.url?.endsWith('/chat/completions')) return void res.end('{"data":[{"id":"m"}]}');
        this.answers.push((content) => {
          res.setHeader('Content-Type', 'application/json');
          res.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }] }));
        });
        this.asked.push(body);
        this.told?.();
      });
    });
    await new Promise<void>((done) => this.server?.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Waits for the next call and gives what the model is told last. */
  async call(): Promise<string> {
    if (this.asked.length === 0) await new Promise<void>((done) => { this.told = done; });
    return this.asked.shift() as string;
  }

  reply(text: string) {
    this.answers.shift()?.(text);
  }

  stop() {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

const code = (thought: string, python: string) => `Thought: ${thought}\n\`\`\`python\n${python}\n\`\`\``;
const shot = (page: Page, name: string) =>
  process.env.SANDGLASS_SHOTS && page.screenshot({ path: `${process.env.SANDGLASS_SHOTS}/${name}.png` });

test('an image is shown to the model; the plan is changed and the agent told something while it runs', async ({ open }) => {
  const model = new Model();
  const url = await model.start();
  const page = await open();
  await page.evaluate(async (url) => {
    // @ts-expect-error the bridge of the window
    const app = window.go.main.App;
    const s = await app.Settings();
    await app.SaveSettings({ ...s, providers: [...s.providers, { name: 'eyes', kind: 'openai', base_url: url, models: ['m'] }] });
    await app.SaveAgent({ name: 'Planner', tools: [], plan_every: 5, model: 'eyes/m', options: {} });
    location.hash = `#/new?agent=Planner&model=eyes/m&task=${encodeURIComponent('What does this chart show?')}`;
  }, url);
  await page.reload();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add files' }).click();
  await (await chooser).setFiles(chart);
  await expect(page.getByRole('checkbox', { name: 'Show figure.png to the model' })).toBeChecked();
  await expect(page.getByText('it is tried')).toBeVisible();
  await accessible(page);
  await page.keyboard.press('Control+Enter');

  expect(await model.call()).toContain('"image_url":{"url":"data:image/png;base64,');
  await expect(page.getByRole('img', { name: 'figure.png' })).toBeVisible();
  model.reply('Facts: the chart is given as an image.\nPlan:\n1. Look at the chart.\n2. Count its bars.\n3. Compare the regions.\n4. Answer.');
  await model.call();
  await page.getByRole('button', { name: 'Change the plan' }).click();
  await page.getByRole('textbox', { name: 'The plan' }).fill('1. Look at the chart.\n2. Name its highest bar.\n3. Answer.');
  await page.getByRole('button', { name: 'Save the plan' }).click();
  await expect(page.getByText('the agent has it with its next step')).toBeVisible();
  model.reply(code('I look at how large the image is.', "print(len(open(figure, 'rb').read()) > 0)"));

  expect(await model.call()).toContain('as the user has written it');
  await expect(page.getByText('the agent has it with its next step')).toBeHidden();
  await page.keyboard.press('t');
  await page.keyboard.type('Say it in one sentence, please.');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The agent reads it with its next step.')).toBeVisible();
  await accessible(page);
  if (await page.getByRole('tab', { name: 'Raw' }).isVisible()) await page.keyboard.press('Escape').then(() => page.keyboard.press('d'));
  await shot(page, 'steer');
  await page.getByRole('textbox', { name: 'Tell the agent' }).focus();
  model.reply(code('I take a note.', "note = 'one sentence'"));

  expect(await model.call()).toContain('New message from the user:\\nSay it in one sentence, please.');
  await expect(page.getByText('The agent reads it with its next step.')).toBeHidden();
  await page.keyboard.type('Thank you.');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('note', { name: 'You' })).toHaveCount(2);
  model.reply(code('That is all.', "final_answer('North sold most.')"));
  await expect(page.getByText('Finished', { exact: true })).toBeVisible();
  await expect(page.getByText(/Not read: it came after the last step/)).toBeVisible();

  // Going on takes along what was not read.
  await page.getByRole('form', { name: 'Tell the agent' }).getByRole('button', { name: 'Continue' }).click();
  const told = await model.call();
  expect(told).toContain('New message from the user:\\nThank you.');
  expect(told).toContain('data:image/png;base64,');
  model.reply(code('Nothing is left to do.', "final_answer('You are welcome.')"));
  await expect(page.getByRole('region', { name: 'Answer' })).toContainText('You are welcome.');

  // And the first step can begin anew with another plan.
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Go on with another plan' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('1. Guess.');
  await accessible(page);
  await dialog.getByRole('button', { name: 'Start' }).click();
  expect(await model.call()).toContain('(keep to it):\\n1. Guess.');
  await expect(page.getByText('Your plan')).toBeVisible();
  model.reply(code('I guess.', "final_answer('A bar chart.')"));
  await expect(page.getByRole('region', { name: 'Answer' })).toContainText('A bar chart.');

  // Files come along when a run is continued, and a plan is written while it goes on.
  await page.keyboard.press('Shift+C');
  const more = page.getByRole('dialog', { name: 'Continue this run' });
  await more.getByRole('textbox', { name: 'What do you want to say?' }).fill('Is it what the table says?');
  for (const file of [salesCSV, chart]) {
    const choosing = page.waitForEvent('filechooser');
    await more.getByRole('button', { name: 'Add files' }).click();
    await (await choosing).setFiles(file);
  }
  await expect(more.getByRole('textbox', { name: 'Python variable for figure.png' })).toHaveValue('figure_2');
  await more.getByRole('checkbox', { name: 'Change the plan' }).check();
  await expect(more.getByRole('textbox', { name: 'The plan' })).toHaveValue('1. Guess.');
  await more.getByRole('textbox', { name: 'The plan' }).fill('');
  await accessible(page);
  await shot(page, 'continue');
  await more.getByRole('button', { name: 'Start' }).click();
  const asked = await model.call();
  expect(asked).toContain("- `sales`: '/input/sales.csv' (CSV");
  expect(asked).toContain("- `figure_2`: '/input/figure_2.png'");
  expect(asked.split('data:image/png;base64,').length).toBe(3);
  expect(asked).not.toContain('1. Guess.');
  await page.getByRole('button', { name: 'Write a plan' }).click();
  await page.getByRole('textbox', { name: 'The plan' }).fill('1. Compare the sums.');
  await accessible(page);
  await page.getByRole('button', { name: 'Save the plan' }).click();
  model.reply(code('I look at the table.', 'print(open(sales).readline())'));
  expect(await model.call()).toContain('as the user has written it (keep to it):\\n1. Compare the sums.');
  model.reply(code('It is.', "final_answer('Yes.')"));
  await expect(page.getByRole('region', { name: 'Answer' })).toContainText('Yes.');
  model.stop();
});
