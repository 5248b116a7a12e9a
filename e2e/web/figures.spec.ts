import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './host';

const python = (code: string) => `Thought: I show it.\n\`\`\`python\n${code}\n\`\`\``;

// The libraries that draw run under the policy of the web host, which allows no eval; any complaint of the browser fails.
test('figures, charts and pages are drawn, and the variables of a step can be paged through', async ({ open, host }) => {
  const replies = [
    python(
      [
        'class Figure:',
        '    def to_plotly_json(self):',
        "        return {'data': [{'type': 'bar', 'x': ['North', 'South'], 'y': [3, 4]}], 'layout': {'title': {'text': 'Sales'}}}",
        "class Page:\n    def _repr_html_(self): return '<h1>A page</h1><script>parent.hacked = 1</script>'",
        'rows = [{"n": i, "square": i * i} for i in range(500)]',
        "display({'$schema': 'https://vega.github.io/schema/vega-lite/v4.json', 'mark': 'bar', 'data': {'values': [{'a': 'x', 'b': 5}, {'a': 'y', 'b': 9}]},",
        "  'transform': [{'calculate': 'datum.b * 2', 'as': 'twice'}], 'encoding': {'x': {'field': 'a', 'type': 'nominal'}, 'y': {'field': 'twice', 'type': 'quantitative'}}})",
        'display(Page())',
        'Figure()',
      ].join('\n'),
    ),
    python('final_answer(Figure())'),
  ];
  const file = join(host.home, 'replies.json');
  writeFileSync(file, JSON.stringify(replies));
  host.command('run', '--replies', file, 'Draw it');

  const page = await open();
  await page.getByRole('link', { name: /^Runs/ }).click();
  await page.getByText('Draw it').first().click();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible();
  await page.keyboard.press('Home');
  const step = page.getByRole('article', { name: 'Step 1' });
  const figure = step.getByRole('figure', { name: /bar figure, 1 series “Sales”/ });
  await expect(figure.locator('.bars path')).toHaveCount(2);
  const chart = step.getByRole('figure', { name: /bar chart, x: a, y: twice/ });
  await expect(chart.locator('.mark-rect path')).toHaveCount(2);
  await expect(step.frameLocator('iframe').getByRole('heading', { name: 'A page' })).toBeVisible();

  // A figure is fitted anew when the panel beside it opens or closes.
  const slack = () =>
    figure.locator('.figure-canvas').evaluate((e) => Math.abs(e.clientWidth - (e.querySelector('.main-svg')?.clientWidth ?? 0)));
  for (let i = 0; i < 2; i++) {
    await page.keyboard.press('d');
    await expect.poll(slack).toBeLessThan(4);
  }
  if (!(await page.getByRole('tab', { name: 'Variables' }).isVisible())) await page.keyboard.press('d');
  await page.getByRole('tab', { name: 'Variables' }).click();
  await page.getByRole('button', { name: /^rows/ }).click();
  const room = () => chart.locator('.figure-canvas').evaluate((e) => e.clientWidth - (e.querySelector('svg')?.clientWidth ?? 0));
  await expect.poll(room).toBeGreaterThanOrEqual(0);
  if (process.env.SANDGLASS_SHOTS) await page.screenshot({ path: `${process.env.SANDGLASS_SHOTS}/variables.png` });
  await page.getByRole('button', { name: /Look into it rows/ }).click();
  const dialog = page.getByRole('dialog', { name: 'rows' });
  await expect(dialog.getByText('1 to 100 of 500')).toBeVisible();
  await dialog.getByRole('button', { name: 'Next' }).click();
  await expect(dialog.getByText('101 to 200 of 500')).toBeVisible();
  await expect(dialog.getByRole('cell', { name: '22,500' })).toBeVisible();
});
