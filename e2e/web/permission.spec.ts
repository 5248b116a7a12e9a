import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accessible, expect, test } from './host';

/** A server that answers like an OpenAI-compatible one, with these replies, and a page at /data that code may read. */
async function modelServer(replies: (base: string) => string[]) {
  let next = 0;
  const server = createServer((req, res) => {
    if (req.url?.startsWith('/data')) {
      res.end('hello from the page');
      return;
    }
    if (req.url?.endsWith('/models')) {
      res.setHeader('Content-Type', 'application/json');
      res.end(JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model' }] }));
      return;
    }
    res.setHeader('Content-Type', 'text/event-stream');
    const part = (delta: object, finish: string | null) =>
      res.write(`data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
    part({ role: 'assistant', content: replies(base)[next++] ?? '```python\nfinal_answer("more?")\n```' }, null);
    part({}, 'stop');
    res.end('data: [DONE]\n\n');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { base, close: () => server.close() };
}

test('code asks for a module and a host, and what is remembered can be revoked', async ({ open }) => {
  const server = await modelServer((base) => [
    '```python\nimport shutil\nprint(shutil.__name__)\n```',
    `\`\`\`python\nimport urllib.request\nfinal_answer(urllib.request.urlopen("${base}/data?token=abc").read().decode())\n\`\`\``,
  ]);
  const page = await open();
  await page.evaluate(async (base) => {
    // @ts-expect-error the bridge of the window
    const app = window.go.main.App;
    const settings = await app.Settings();
    settings.providers.push({ name: 'fake', kind: 'openai', base_url: `${base}/v1`, models: ['m'] });
    await app.SaveSettings(settings);
    const run = await app.Start({ task: 'Read the page', model: 'fake/m' });
    location.hash = `#/run/${run.id}`;
  }, server.base);

  const module = page.getByRole('region', { name: 'May the code import shutil?' });
  await expect(module).toContainText('import shutil');
  await expect(page.getByText('Waiting for you', { exact: true })).toBeVisible();
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
  // By the keyboard alone: the card has the focus, its buttons follow.
  await page.keyboard.press('Tab');
  await expect(module.getByRole('button', { name: 'Once' })).toBeFocused();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');

  const host = page.getByRole('region', { name: new RegExp(`May the code reach ${server.base.slice(7)}`) });
  await expect(host).toContainText('/data?token=…');
  await expect(host).toContainText('own network');
  if (process.env.SANDGLASS_SHOTS) await page.screenshot({ path: `${process.env.SANDGLASS_SHOTS}/permission.png` });
  await host.getByRole('button', { name: 'In this run', exact: true }).click();
  await expect(page.getByText('hello from the page').first()).toBeVisible();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible();
  await expect(page.getByText(/200 · .*you allowed it/)).toBeVisible();
  await accessible(page);

  await page.getByRole('link', { name: /^Settings/ }).click();
  const list = page.getByRole('region', { name: 'Permissions' });
  await expect(list.getByRole('listitem')).toHaveText(/Allowed.*shutil.*every agent/);
  await accessible(page);
  await list.getByRole('button', { name: /Revoke/ }).click();
  await expect(list.getByText('Nothing yet.')).toBeVisible();
  server.close();
});
