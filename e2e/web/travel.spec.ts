import { accessible, expect, test } from './host';

test('a run is verified, and forked with other code after a restart', async ({ open, host }) => {
  const page = await open();
  await page.getByRole('button', { name: /Savings plan|save 500/i }).first().click();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible();
  const run = page.url().replace(/[?].*$/, '').replace(/^.*#/, '#');
  await page.keyboard.press('v');
  const verdict = page.getByRole('region', { name: 'Verification' });
  await expect(verdict).toContainText('The same to the byte');
  await accessible(page);

  await host.kill();
  await page.goto(await host.start());
  await page.locator(`a[href^="${run}"]`).first().click();
  await page.getByRole('button', { name: /Fork from here.*Step 1/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Go on from step 1' });
  await dialog.getByRole('checkbox', { name: 'Change the code of this step' }).check();
  await dialog.getByRole('textbox', { name: 'Python' }).fill("final_answer('by hand: ' + str(6 * 7))");
  await accessible(page);
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('region', { name: 'Answer' })).toContainText('by hand: 42');
  await expect(page.getByRole('region', { name: 'Begins anew from another run' })).toBeVisible();
  await expect(page.getByText('Written by hand')).toBeVisible();
});
