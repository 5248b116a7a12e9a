import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessible, expect, test } from './host';

test('an agent is made by the keyboard, tried before it is saved, told other words, exported, deleted and imported', async ({ open, host }) => {
  const page = await open();
  // By the keyboard alone: to the page, to the form, through the first fields.
  await page.getByRole('link', { name: /^Runs/ }).focus();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect(page.getByRole('heading', { name: 'Agents' })).toBeVisible();
  await page.getByRole('button', { name: 'New agent' }).focus();
  await page.keyboard.press('Enter');
  const form = page.getByRole('form', { name: 'New agent' });
  await expect(form.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(form.getByText('Give the agent a name.')).toBeVisible();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('Sales reader');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Reads tables of sales.');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Look at the raw data first.');

  // It is tried as it stands.
  const side = page.getByRole('complementary', { name: 'Try it' });
  await side.getByRole('textbox').fill('Which region sold most?');
  await page.keyboard.press('Control+Enter');
  await expect(side.getByRole('status')).toHaveText(/Finished/);
  await expect(side.getByRole('region', { name: 'Answer' })).toContainText('CSV');
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
  if (process.env.SANDGLASS_SHOTS) {
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.screenshot({ path: `${process.env.SANDGLASS_SHOTS}/agents.png` });
  }

  // The whole run is one click away, but what was typed is not lost for it.
  await side.getByRole('link', { name: 'Open the whole run' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Stay here' }).click();
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveValue('Sales reader');

  // What the model is told: replaced, compared, shown; what cannot work is refused.
  await form.getByText('What the model is told', { exact: true }).click();
  const words = form.getByRole('textbox', { name: 'Its words' });
  await expect(words).not.toHaveValue('');
  const standard = await words.inputValue();
  await words.fill(`${standard}\n{{.Nonsense}}`);
  await form.getByRole('button', { name: 'Show what the model gets' }).click();
  await expect(form.getByRole('alert')).toContainText('Nonsense');
  await words.fill(`${standard}\nCount twice.`);
  await expect(form.locator('.diff pre')).toHaveText(/^\+ Count twice\.\s*$/m);
  await form.getByRole('button', { name: 'Show what the model gets' }).click();
  await expect(form.getByText(/^About [\d,]+ tokens/)).toBeVisible();
  await accessible(page);
  await form.getByRole('button', { name: 'Save' }).click();

  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Sales reader', exact: true }) });
  await expect(card).toContainText('Reads tables of sales.');
  const download = page.waitForEvent('download');
  await card.getByRole('button', { name: 'Export: Sales reader' }).click();
  const file = join(host.home, (await download).suggestedFilename());
  await (await download).saveAs(file);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ sandglass_agent: 1, agent: { name: 'Sales reader', instructions: 'Look at the raw data first.' } });

  await card.getByRole('button', { name: 'Delete: Sales reader' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(card).toHaveCount(0);
  const bring = async (path: string) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Import…' }).click();
    await (await chooser).setFiles(path);
  };
  const bad = join(host.home, 'bad.json');
  writeFileSync(bad, '{"sandglass_agent": 1, "agent": {"name": "X", "api_key": "sk-1"}}');
  await bring(bad);
  await expect(page.getByRole('alert')).toContainText('does not know the field "api_key"');
  const text = readFileSync(file, 'utf8').replace('"user_input"', '"hammer"');
  writeFileSync(file, text);
  await bring(file);
  const dialog = page.getByRole('dialog', { name: /Import the agent/ });
  await expect(dialog.getByText('hammer')).toBeVisible();
  await accessible(page);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(card).toContainText('Tools that are not here: hammer');

  // The trial is kept, and marked as one.
  await page.getByRole('link', { name: /^Runs/ }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Which region sold most?' })).toContainText('trial');
});
