import { accessible, expect, test } from './host';
import { Ollama, registry } from './ollama';

test('a model is fetched, cancelled, gone on with, listed and deleted with a real Ollama; without it, that is said', async ({ open }) => {
  const ollama = new Ollama();
  const source = await registry();
  try {
    const page = await open({ OLLAMA_HOST: await ollama.start() });
    await page.getByRole('link', { name: /^Models/ }).click();
    const part = page.getByRole('region', { name: 'Ollama' });
    await expect(part.getByText('begin with this')).toBeVisible();
    await accessible(page);

    await part.getByRole('textbox', { name: 'Get a model' }).fill(source.model);
    await page.keyboard.press('Enter');
    const job = part.getByRole('region', { name: /Downloading/ });
    await expect(job.getByRole('status')).toContainText(/\d+ % · .* of 34 MB/);
    await accessible(page);
    if (process.env.SANDGLASS_SHOTS) {
      await expect(job.getByRole('status')).toContainText('left');
      await page.screenshot({ path: `${process.env.SANDGLASS_SHOTS}/models.png` });
    }
    await job.getByRole('button', { name: /Cancel/ }).click();
    await expect(job.getByRole('status')).toContainText('kept');
    source.hurry();
    await job.getByRole('button', { name: 'Go on' }).click();
    const row = part.getByRole('listitem').filter({ hasText: '8.2B · Q4_K_M · 34 MB' });
    await expect(row).toContainText('40k context');
    await expect(row).toContainText('tools');
    await expect(job).toHaveCount(0);
    await accessible(page);

    // With the keyboard alone: to the bin, and through the question.
    await row.getByRole('button', { name: /^Delete/ }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /Delete .*fit/ });
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(part.getByText('No models here yet')).toBeVisible();

    await ollama.stop();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect(part.getByText(/Ollama does not answer/)).toBeVisible();
    await expect(part.getByText(/ollama serve/)).toBeVisible();
    await accessible(page);
  } finally {
    source.close();
    await ollama.stop();
  }
});
