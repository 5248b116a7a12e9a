import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S } from '../../frontend/src/strings';
import { accessible, expect, salesCSV, test } from './host';

const python = (thought: string, ...lines: string[]) => ({
  content: `Thought: ${thought}\n\`\`\`python\n${lines.join('\n')}\n\`\`\``,
  usage: { input_tokens: 900, output_tokens: 80 },
});

test('a team: its agents are nested in the transcript and in the outline', async ({ open, host }) => {
  const file = (name: string, value: unknown) => {
    const path = join(host.home, name);
    writeFileSync(path, JSON.stringify(value));
    return path;
  };
  for (const [name, description] of [
    ['Data cleaner', 'Turns messy tables into clean ones, and says what it changed.'],
    ['Fact checker', 'Works a result out once more, in another way.'],
  ]) {
    host.command('agents', 'import', file(`${name}.json`, { sandglass_agent: 1, agent: { name, description, tools: [], options: {} } }));
  }
  const replies = file('replies.json', {
    Analyst: [
      python(
        'The amounts are texts. I let the data cleaner make numbers of them.',
        'import csv',
        "rows = list(csv.DictReader(open(sales), delimiter=';'))",
        "clean = data_cleaner('Make the column amount a number in each row.', rows=rows)",
        'totals = {}',
        'for r in clean:',
        "    totals[r['region']] = round(totals.get(r['region'], 0) + r['amount'], 2)",
        'print(totals)',
      ),
      python(
        'I have the sums checked, and answer.',
        "best = max(totals, key=totals.get)",
        "print(fact_checker('Which region sold most?', rows=clean, claim=best))",
        'final_answer(f"{best} sold most: {totals[best]:,.2f}.")',
      ),
    ],
    data_cleaner: [
      python('I look at the first rows.', 'print(len(rows), rows[0])'),
      python(
        'Commas and points are mixed: the last one of them is the decimal point.',
        'import re',
        'def number(text):',
        "    text = re.sub(r'[^0-9.,-]', '', str(text)).replace(',', '.')",
        "    return float(text.replace('.', '', text.count('.') - 1)) if text else 0.0",
        "final_answer([{**r, 'amount': number(r['amount'])} for r in rows])",
      ),
    ],
    fact_checker: [python('I add up once more.', 'from collections import Counter', 'c = Counter()', "for r in rows: c[r['region']] += r['amount']", "final_answer(c.most_common(1)[0][0] == claim)")],
  });
  host.command('run', '--replies', replies, '--file', salesCSV, '--team', 'Data cleaner', '--team', 'Fact checker', 'Which region sold most?');
  const page = await open();
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('link', { name: /^Runs/ }).click();
  await page.getByText('Which region sold most?').first().click();
  await expect(page.getByText('2 steps + 3 steps of the team')).toBeVisible();
  await page.keyboard.press('Home');

  const block = page.getByRole('group', { name: S.team.called('data_cleaner') });
  await block.getByRole('button', { name: /data_cleaner/ }).first().click();
  await expect(block.getByRole('article', { name: 'data_cleaner, step 2' })).toContainText('def number(text)');
  const outline = page.getByRole('navigation', { name: S.run.outline });
  await expect(outline.getByRole('button', { name: /^fact_checker/ })).toBeVisible();
  await outline.getByRole('button', { name: /data_cleaner, step 1/ }).click();
  await expect(block.getByRole('article', { name: 'data_cleaner, step 1' })).toBeInViewport();
  await accessible(page);
  await outline.getByRole('button', { name: /^Step 1/ }).click();
  if (process.env.SANDGLASS_SHOTS) {
    await page.mouse.move(0, 0);
    await page.screenshot({ path: `${process.env.SANDGLASS_SHOTS}/team.png` });
  }
});
