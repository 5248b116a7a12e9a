import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../bridge/api.gen';
import { Fault } from '../../bridge/fault';
import { expectAccessible, open } from '../../test/util';
import { lacksModel } from './AgentCard';

const far: Agent = { name: 'Analyst', description: 'From afar.', tools: ['hammer'], model: 'else/m', options: {} };

describe('the form of an agent', () => {
  it('says what is wrong beside the field that was left', async () => {
    const { user } = await open('#/agents?name=Analyst&form=edit');
    const name = screen.getByLabelText('Name');
    await user.clear(name);
    expect(screen.queryByText('Give the agent a name.')).toBeNull();
    await user.tab();
    expect(name.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('Give the agent a name.')).toBeTruthy();
  });

  it('asks before changes are lost, and keeps them if one stays', async () => {
    const { host, user } = await open('#/agents?name=Analyst&form=edit');
    await user.type(screen.getByLabelText('Description'), ' More.');
    location.hash = '#/models';
    const ask = within(await screen.findByRole('dialog', { name: 'Leave without saving?' }));
    expect(location.hash).toContain('form=edit');
    await user.click(ask.getByRole('button', { name: 'Stay here' }));
    expect(screen.getByDisplayValue(/ More\.$/)).toBeTruthy();
    await user.click(screen.getByRole('link', { name: /^Runs/ }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Leave' }));
    await screen.findByRole('heading', { name: 'Runs' });
    expect(host.calls.some((c) => c[0] === 'SaveAgent')).toBe(false);
    const told = host.calls.filter((c) => c[0] === 'SetUnsaved').map((c) => c[1]); // for closing the window
    expect(told).toEqual([true, false]);
  });

  it('does not ask when nothing was changed, or all is saved', async () => {
    const { host, user } = await open('#/agents?name=Analyst&form=edit');
    await user.click(screen.getByText('Cancel'));
    await user.click(await screen.findByRole('link', { name: 'Edit: Analyst' }));
    await user.type(await screen.findByLabelText('Description'), '!');
    await user.click(screen.getByText('Save'));
    await screen.findByRole('heading', { name: 'Agents' });
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(host.agents.find((a) => a.name === 'Analyst')?.description).toMatch(/!$/);
  });

  it('keeps the name of the built-in agent, and undoes its changes after a question', async () => {
    const changed = { name: 'Default', tools: [], options: {}, builtin: true, changed: true };
    const { host, user } = await open('#/agents?name=Default&form=edit', { agents: [changed] });
    expect(screen.getByLabelText('Name')).toHaveProperty('disabled', true);
    await user.click(screen.getByText('Cancel'));
    await user.click(await screen.findByRole('button', { name: 'Undo changes: Default' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Undo changes' }));
    await waitFor(() => expect(host.calls).toContainEqual(['DeleteAgent', 'Default']));
  });

  it('tries the agent as it stands, without saving it, and can be stopped', async () => {
    let release = () => {};
    const { host, user } = await open('#/agents?name=Analyst&form=edit', {
      onStart: async (s) => {
        const step = s.record(0, 'step_started', { number: 1 });
        const code = s.record(step, 'code_started', { thought: 'I add them up.', code: 'sum(range(4))' });
        await new Promise<void>((done) => {
          release = done;
        });
        s.record(code, 'code_finished', { stdout: '6\n', ms: 1 });
      },
    });
    const side = within(screen.getByRole('complementary', { name: 'Try it' }));
    await user.click(side.getByText('Try'));
    expect(side.getByText(/Write a task first/)).toBeTruthy();
    await user.clear(screen.getByLabelText('Instructions'));
    await user.type(screen.getByLabelText('Instructions'), 'Be brief.');
    await user.click(side.getByRole('button', { name: 'Add files' }));
    expect(await side.findByText('sales.csv')).toBeTruthy();
    await user.click(side.getByRole('button', { name: 'Add a value' }));
    await user.type(side.getByLabelText('Name of value 1'), 'n');
    await user.type(side.getByLabelText('Value of n'), '4');
    await user.type(side.getByLabelText('A task to try it with'), 'Add them{Control>}{Enter}{/Control}');
    expect(await side.findByText('I add them up.')).toBeTruthy();
    expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toMatchObject({
      task: 'Add them',
      files: [{ path: '/home/me/sales.csv', var: 'sales' }],
      values: [{ name: 'n', text: '4' }],
      draft: { name: 'Analyst', instructions: 'Be brief.', max_steps: 12 },
    });
    expect(host.calls.some((c) => c[0] === 'SaveAgent')).toBe(false);
    release();
    expect(await side.findByText('6')).toBeTruthy();
    await expectAccessible();
    expect(side.getByRole('link', { name: 'Open the whole run' }).getAttribute('href')).toMatch(/^#\/run\/01FAKE/);
    await user.click(side.getByRole('button', { name: 'Stop' }));
    await waitFor(() => expect(side.getByRole('status').textContent).toContain('Stopped'));
  });

  it('does not try settings that cannot be, and says which', async () => {
    const { host, user } = await open('#/agents?name=Analyst&form=edit');
    const steps = screen.getByLabelText('Most steps');
    await user.clear(steps);
    await user.type(steps, '0');
    await user.type(screen.getByLabelText('A task to try it with'), 'x');
    await user.click(screen.getByText('Try'));
    await waitFor(() => expect(document.activeElement).toBe(steps));
    expect(host.calls.some((c) => c[0] === 'Start')).toBe(false);
  });
});

describe('exchange', () => {
  it('exports by the dialog of the window, and says where to', async () => {
    const { user } = await open('#/agents');
    await user.click(screen.getByRole('button', { name: 'Export: Analyst' }));
    expect(await screen.findByText('Exported to /home/me/Analyst.sandglass-agent.json')).toBeTruthy();
  });

  it('imports under another name if its own is taken, and says what is not here', async () => {
    const lacks = [{ kind: 'tool' as const, name: 'hammer', why: 'There is none.' }];
    const { host, user } = await open('#/agents', { agentFile: far, lacks });
    await user.click(screen.getByRole('button', { name: 'Import…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Import the agent “Analyst”' }));
    expect(dialog.getByText('From afar.')).toBeTruthy();
    expect(dialog.getByText('There is none.')).toBeTruthy();
    await expectAccessible();
    expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveProperty('value', 'Analyst 2');
    await user.click(dialog.getByRole('button', { name: 'Import' }));
    const card = (await screen.findByRole('heading', { name: 'Analyst 2' })).closest('li') as HTMLElement;
    expect(within(card).getByText('Tools that are not here: hammer')).toBeTruthy();
    expect(within(card).getByText(/Its model .* is not here/)).toBeTruthy();
    expect(host.agents.find((a) => a.name === 'Analyst')?.description).not.toBe('From afar.');
    await user.click(within(card).getByRole('link', { name: /^Edit/ }));
    expect(await screen.findByText('not here: take it off to use this agent on this computer')).toBeTruthy();
  });

  it('replaces only what is said to be replaced', async () => {
    const { host, user } = await open('#/agents', { agentFile: far });
    await user.click(screen.getByRole('button', { name: 'Import…' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('radio', { name: 'Replace the one that is here' }));
    await user.click(dialog.getByRole('button', { name: 'Import' }));
    await waitFor(() => expect(host.agents.find((a) => a.name === 'Analyst')?.description).toBe('From afar.'));
  });

  it('takes a file that is dropped in a browser, and says what is wrong with it', async () => {
    const { host } = await open('#/agents', { web: true });
    host.faults.ReadAgentFile = new Fault('invalid_input', 'This is no exported agent', 'it ends too early');
    const file = new File(['{'], 'x.sandglass-agent.json');
    fireEvent.drop(screen.getByRole('heading', { name: 'Agents' }), { dataTransfer: { files: [file] } });
    expect((await screen.findByRole('alert')).textContent).toContain('it ends too early');
    expect(host.calls).toContainEqual(['ReadAgentFile', '/uploads/x.sandglass-agent.json']);
  });

  it('knows a missing model from one that nobody can tell of', () => {
    const p = (kind: 'ollama' | 'openai', refs: string[], fault?: { code: 'internal'; message: string }) => [
      { provider: { name: kind, kind }, models: refs.map((ref) => ({ ref, name: ref })), ...(fault && { fault }) },
    ];
    expect(lacksModel(p('ollama', ['ollama/a:latest']), 'ollama/a')).toBe(false);
    expect(lacksModel(p('ollama', ['ollama/a:latest']), 'ollama/b')).toBe(true);
    expect(lacksModel(p('ollama', []), 'ollama/b')).toBe(true);
    expect(lacksModel(p('openai', []), 'openai/b')).toBe(false);
    expect(lacksModel(p('ollama', [], { code: 'internal', message: 'off' }), 'ollama/b')).toBe(false);
    expect(lacksModel([], 'else/b')).toBe(true);
  });
});
