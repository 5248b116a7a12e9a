import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect } from 'vitest';
import { App } from '../app/App';
import { Fake, type FakeOptions, type FakeRun } from '../bridge/fake';
import failed from './runs/failed.json';
import maxsteps from './runs/maxsteps.json';
import question from './runs/question.json';
import sales from './runs/sales.json';

/** The fixtures; JSON has no literal types, hence the cast. */
export const runs = { sales, failed, maxsteps, question } as unknown as Record<
  'sales' | 'failed' | 'maxsteps' | 'question',
  FakeRun
>;
export const allRuns = Object.values(runs);

/** The whole window at an address, with Go played by the fake. */
export async function open(hash: string, options: FakeOptions = {}) {
  location.hash = hash;
  const host = new Fake(options);
  const user = userEvent.setup();
  const view = render(<App host={host} />);
  await settle();
  return { host, user, ...view };
}

/** Lets promises and frames pass. */
export async function settle(ms = 20) {
  await act(async () => {
    await new Promise((done) => setTimeout(done, ms));
  });
}

/** No violations of the rules that can be judged without a layout. */
export async function expectAccessible(node: Element = document.body) {
  const { violations } = await axe.run(node, {
    resultTypes: ['violations'],
    iframes: false, // jsdom's frames are no windows to axe
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
}

/** Chooses from one of our selects: a button that opens a list. */
export async function choose(
  user: ReturnType<typeof userEvent.setup>,
  label: RegExp | string,
  option: RegExp | string,
) {
  await user.click(screen.getByRole('combobox', { name: label }));
  await user.click(await screen.findByRole('option', { name: option }));
}
