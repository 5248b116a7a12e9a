import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { conversation } from '../../test/conversations';
import { expectAccessible, open } from '../../test/util';

const show = async (name: string) => {
  const run = conversation(name);
  return open(`#/run/${run.run.id}`, { runs: [run] });
};
const team = (name: string) => screen.findAllByRole('group', { name: `${name}, an agent of the team` });

describe('a run with a team', () => {
  it('shows a called agent below the step that called it: its task, steps, file and answer', async () => {
    const { user } = await show('team');
    const step = within(await screen.findByRole('article', { name: 'Step 1' }));
    const block = step.getByRole('group', { name: 'summer, an agent of the team' });
    expect(block.textContent).toContain('Sum up the numbers');
    expect(block.textContent).toContain('1 step');
    expect(within(block).queryByRole('article')).toBeNull();
    await user.click(within(block).getByRole('button', { name: /summer/ }));
    const inside = within(block);
    expect(inside.getByRole('article', { name: 'summer, step 1' }).textContent).toContain('final_answer(sum(numbers)');
    expect(within(inside.getByRole('group', { name: 'Answer' })).getByText('36')).toBeTruthy();
    expect(inside.queryByRole('button', { name: /Fork/ })).toBeNull();
    // The run's own steps are two, and only they are numbered as such.
    expect(screen.getAllByRole('article', { name: /^Step/ })).toHaveLength(2);
    expect(document.querySelector('.run-facts')?.textContent).toContain('2 steps + 2 steps of the team');
    await expectAccessible();
  });

  it('lists the steps of a called agent in the outline, and shows what stands behind them', async () => {
    const { user } = await show('team');
    const outline = within(await screen.findByRole('navigation', { name: 'Steps of the run' }));
    const [first] = outline.getAllByRole('button', { name: /^summer/ });
    await user.click(first as HTMLElement);
    await user.click(outline.getByRole('button', { name: /summer, step 1/ }));
    await user.keyboard('d');
    const panel = screen.getByRole('complementary', { name: 'Details of the step' });
    expect(within(panel).getByText('summer')).toBeTruthy();
    await user.click(within(panel).getByRole('button', { name: 'Back to the run’s own step' }));
    expect(within(panel).queryByText('summer')).toBeNull();
  });

  it('nests agents of agents, and says how each of them ended', async () => {
    const { user } = await show('team-failures');
    const [slow] = await team('slow');
    expect(slow?.textContent).toContain('Step limit');
    const [boss] = await team('boss');
    await user.click(within(boss as HTMLElement).getByRole('button', { name: /boss/ }));
    const clerk = within(boss as HTMLElement).getByRole('group', { name: 'clerk, an agent of the team' });
    expect(clerk.textContent).toContain('What is it?');
  });
});
