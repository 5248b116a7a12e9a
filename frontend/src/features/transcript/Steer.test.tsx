import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { FakeRun } from '../../bridge/fake';
import { Fault } from '../../bridge/fault';
import { conversation } from '../../test/conversations';
import { expectAccessible, open } from '../../test/util';

/** A conversation that goes on: only its first events. */
function going(name: string, events: number): FakeRun {
  const c = conversation(name);
  return { run: { ...c.run, status: 'running' }, events: c.events.slice(0, events) };
}
const show = (r: FakeRun, faults = {}) => open(`#/run/${r.run.id}`, { runs: [r], faults });
const said = () => screen.getAllByRole('note', { name: 'You' }).map((e) => e.textContent);

describe('what the user says to a running agent', () => {
  it('is sent with the keyboard, and shown until the agent has read it', async () => {
    const { host, user } = await show(going('plan', 11));
    await screen.findByRole('article', { name: 'Step 1' });
    await user.keyboard('t');
    const field = screen.getByRole('textbox', { name: 'Tell the agent' });
    expect(document.activeElement).toBe(field);
    await user.keyboard('In French.{Shift>}{Enter}{/Shift}And short.{Enter}');
    await waitFor(() => expect(said()).toEqual(['YouIn French.\nAnd short.The agent reads it with its next step.']));
    expect(field).toHaveProperty('value', '');
    await expectAccessible();
    const seq = host.runs.get('TESTPLAN')?.events.length ?? 0;
    host.record('TESTPLAN', 1, 'step_started', { number: 2 });
    host.record('TESTPLAN', seq + 1, 'model_started', {
      model: 'x/y',
      purpose: 'act',
      through: seq,
      heard: seq,
      options: {},
    });
    await waitFor(() => expect(said()).toEqual(['YouIn French.\nAnd short.']));
  });

  it('stands where it was said, and what came too late is taken along by going on', async () => {
    const { host, user } = await show(conversation('steered'));
    const three = within(await screen.findByRole('article', { name: 'Step 3' }));
    expect(three.getAllByRole('note', { name: 'You' }).map((e) => e.textContent)).toEqual([
      'YouTake 6 as well.',
      'YouAnd say what they add up to.',
    ]);
    const last = within(await screen.findByRole('article', { name: 'Step 5' }));
    expect(last.getByRole('note', { name: 'You' }).textContent).toContain('Not read: it came after the last step.');
    const form = within(screen.getByRole('form', { name: 'Tell the agent' }));
    await user.click(form.getByRole('button', { name: 'Continue' }));
    await waitFor(() =>
      expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toEqual({
        task: '',
        from: { run: 'TESTSTEERED', step: -1 },
      }),
    );
  });

  it('is not lost when the run ends first', async () => {
    const fault = new Fault('conflict', 'The run has just ended');
    const { host, user } = await show(going('plan', 11), { Steer: fault });
    await screen.findByRole('article', { name: 'Step 1' });
    await user.keyboard('t');
    await user.keyboard('Wait!{Enter}');
    expect(await screen.findByText('The run has just ended')).toBeTruthy();
    host.record('TESTPLAN', 1, 'run_stopped', { duration_ms: 0 });
    expect(await screen.findByText(/The run has ended meanwhile/)).toBeTruthy();
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toMatchObject({ task: 'Wait!', from: { step: -1 } }),
    );
  });
});

describe('the plan', () => {
  it('is changed while the run goes on', async () => {
    const { host, user } = await show(going('plan', 11));
    await user.click(await screen.findByRole('button', { name: 'Change the plan' }));
    const field = screen.getByRole('textbox', { name: 'The plan' });
    await user.clear(field);
    await user.type(field, '1. Answer.');
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'Save the plan' }));
    expect(host.calls).toContainEqual(['EditPlan', 'TESTPLAN', '1. Answer.']);
    const pin = (await screen.findByText('Your plan')).closest('details');
    expect(pin?.textContent).toContain('the agent has it with its next step');
    expect(pin?.textContent).toContain('Answer.');
    expect(screen.getByText('The plan, as you changed it')).toBeTruthy();
  });

  it('is changed afterwards: another run begins the step anew', async () => {
    const { host, user } = await show(conversation('plan-edited'));
    const one = within(await screen.findByRole('article', { name: 'Step 1' }));
    expect(one.getByText('No plan: the agent goes on without one.')).toBeTruthy();
    await user.click(one.getAllByRole('button', { name: 'Go on with another plan' })[0] as HTMLElement);
    const dialog = within(screen.getByRole('dialog'));
    await user.type(dialog.getByRole('textbox'), '!');
    await user.click(dialog.getByRole('button', { name: 'Start' }));
    const start = host.calls.find((c) => c[0] === 'Start')?.[1];
    expect(start).toMatchObject({ task: '', from: { step: 0, plan: expect.stringMatching(/Double 4[\s\S]*!$/) } });
  });

  it('is written for a run that has none, and not lost when the run ends first', async () => {
    const { host, user } = await show(going('steered', 6));
    await screen.findByRole('article', { name: 'Step 1' });
    await user.click(screen.getByRole('button', { name: 'Write a plan' }));
    const field = screen.getByRole('textbox', { name: 'The plan' });
    expect(document.activeElement).toBe(field);
    await user.type(field, '1. Answer.');
    await user.click(screen.getByRole('button', { name: 'Save the plan' }));
    expect(host.calls).toContainEqual(['EditPlan', 'TESTSTEERED', '1. Answer.']);
    await waitFor(() => expect(screen.getByText('Your plan').closest('details')?.textContent).toContain('Answer.'));
    expect(screen.queryByRole('button', { name: 'Write a plan' })).toBeNull();

    await user.keyboard('p');
    await user.type(screen.getByRole('textbox', { name: 'The plan' }), ' 2. Stop.');
    host.record('TESTSTEERED', 1, 'run_stopped', { duration_ms: 0 });
    await user.click(await screen.findByRole('button', { name: 'Continue with this plan' }));
    const dialog = within(screen.getByRole('dialog', { name: 'Continue this run' }));
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Start' }));
    await waitFor(() =>
      expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toEqual({
        task: '',
        from: { run: 'TESTSTEERED', step: -1, plan: '1. Answer. 2. Stop.' },
      }),
    );
  });

  it('is given to a run that goes on, from the one that held there', async () => {
    const { host, user } = await show(conversation('plan'));
    const two = within(await screen.findByRole('article', { name: 'Step 2' }));
    await user.click(two.getByRole('button', { name: /Fork from here/ }));
    const dialog = within(screen.getByRole('dialog', { name: 'Go on from step 2' }));
    await user.click(dialog.getByRole('checkbox', { name: 'Change the plan' }));
    const field = dialog.getByRole('textbox', { name: 'The plan' }) as HTMLTextAreaElement;
    expect(field.value).toContain('1. Double 4.');
    await user.clear(field);
    await user.click(dialog.getByRole('button', { name: 'Start' }));
    await waitFor(() =>
      expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toEqual({
        task: '',
        from: { run: 'TESTPLAN', step: 2, plan: '' },
      }),
    );
  });
});

describe('what the user says while a called agent works', () => {
  /** The one that works is picked; the run's own agent can be. */
  it('goes to the one that was picked when the user began to write', async () => {
    const { host, user } = await show(going('team-told', 10));
    const own = 'Tester';
    await screen.findByRole('article', { name: 'Step 1' });
    const to = () => screen.getByRole('combobox', { name: 'To' });
    expect(to().textContent).toContain('summer');
    await expectAccessible();
    await user.click(to());
    await user.click(await screen.findByRole('option', { name: new RegExp(own) }));
    await user.click(screen.getByRole('textbox', { name: 'Tell the agent' }));
    await user.keyboard('For all.{Enter}');
    await waitFor(() => expect(host.calls).toContainEqual(['Steer', 'TESTTEAMTOLD', 0, 'For all.']));
    await waitFor(() => expect(to().textContent).toContain('summer'));
    await user.click(screen.getByRole('textbox', { name: 'Tell the agent' }));
    await user.keyboard('For you.{Enter}');
    await waitFor(() => expect(host.calls).toContainEqual(['Steer', 'TESTTEAMTOLD', 7, 'For you.']));
    const block = screen.getByRole('group', { name: 'summer, an agent of the team' });
    await waitFor(() => expect(within(block).getByRole('note', { name: 'You' }).textContent).toContain('For you.'));
  });

  it('is shown with the one that it was said to, and with its manager if that one did not read it', async () => {
    const { user } = await show(conversation('team-told'));
    const [block] = await screen.findAllByRole('group', { name: 'summer, an agent of the team' });
    await user.click(within(block as HTMLElement).getByRole('button', { name: /summer/ }));
    expect(said()).toEqual([
      'YouLeave out the 20.',
      'YouTwice that, please.Not read: summer had ended. Its manager is told.',
      'You, to summer, which had endedTwice that, please.',
    ]);
    await expectAccessible();
  });

  it('can be that its folded steps are told whole again', async () => {
    const { host, user } = await show(going('team-unfolded', 32));
    const block = await screen.findByRole('group', { name: 'reader, an agent of the team' });
    await user.click(within(block).getByRole('button', { name: 'Tell it all steps whole again' }));
    expect(host.calls).toContainEqual(['UndoCompaction', 'TESTTEAMUNFOLDED', 7]);
    await waitFor(() =>
      expect(within(block).queryByRole('button', { name: 'Tell it all steps whole again' })).toBeNull(),
    );
  });
});
