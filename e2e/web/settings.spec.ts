import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { accessible, expect, test } from './host';

test('limits are checked beside their fields, kept, and not lost by leaving', async ({ open }) => {
  const page = await open();
  await page.getByRole('link', { name: /^Settings/ }).click();
  const limits = page.getByRole('region', { name: 'Limits of the sandbox' });
  const memory = limits.getByRole('textbox', { name: 'Memory (MiB)' });
  const save = page.getByRole('button', { name: 'Save' });
  await memory.fill('63');
  await expect(limits.getByText('Must be a number from 64 to 4,096.')).toBeVisible();
  await expect(save).toBeDisabled();
  await memory.fill('256');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /^Models/ }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Stay here' }).click();
  await save.click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.reload();
  await expect(memory).toHaveValue('256');
  // Nobody listens there: the test of the address says so.
  await page.getByRole('button', { name: 'Test Ollama’s address' }).click();
  await expect(page.getByRole('alert')).toContainText('Ollama does not answer');
  await accessible(page);
});

test('a wheel is added from a file, imported by code, and removed', async ({ open, host }) => {
  const page = await open();
  await page.getByRole('link', { name: /^Imports/ }).click();
  const wheel = join(host.home, 'shout-1.0-py3-none-any.whl');
  const files = {
    'shout.py': 'def shout(s): return s.upper() + "!"\n',
    'shout-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: shout\nVersion: 1.0\nSummary: Shouts.\n',
    'shout-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  spawnSync('python3', ['-c', 'import csv, base64, hashlib, io, json, sys, zipfile\n' +
    'files = json.load(sys.stdin); out = io.StringIO(); rows = csv.writer(out, lineterminator="\\n")\n' +
    'for n, t in files.items(): rows.writerow([n, "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).rstrip(b"=").decode(), len(t)])\n' +
    'rows.writerow(["shout-1.0.dist-info/RECORD", "", ""]); files["shout-1.0.dist-info/RECORD"] = out.getvalue()\n' +
    'z = zipfile.ZipFile(sys.argv[1], "w")\nfor n, t in files.items(): z.writestr(n, t)\nz.close()', wheel], { input: JSON.stringify(files) });
  const added = page.getByRole('region', { name: 'Added by you' });
  const chooser = page.waitForEvent('filechooser');
  await added.getByRole('button', { name: /Add a wheel/ }).click();
  await (await chooser).setFiles(wheel);
  await expect(added.getByRole('listitem')).toContainText('Shouts.');
  await accessible(page);
  expect(host.output('from shout import shout\nshout("hi")', 'exec', '-')).toContain('HI!');
  await added.getByRole('button', { name: 'Remove shout' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(added.getByRole('listitem')).toHaveCount(0);
  await accessible(page);
});
