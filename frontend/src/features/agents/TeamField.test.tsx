import { screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { open } from '../../test/util';

it('gives an agent a team, whose members may remember', async () => {
  const { host, user } = await open('#/agents');
  await user.click(screen.getByRole('button', { name: 'New agent' }));
  await screen.findByRole('form', { name: 'New agent' });
  await user.type(screen.getByRole('textbox', { name: 'Name' }), 'Boss');
  expect(screen.queryByRole('checkbox', { name: /remembers/ })).toBeNull();
  await user.click(screen.getByRole('checkbox', { name: /^Analyst/ }));
  await user.click(screen.getByRole('checkbox', { name: 'Analyst: remembers earlier calls' }));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() =>
    expect(host.agents.find((a) => a.name === 'Boss')?.team).toEqual([{ agent: 'Analyst', memory: true }]),
  );
});
