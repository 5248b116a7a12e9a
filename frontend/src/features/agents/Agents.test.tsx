import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Agent, Check } from '../../bridge/api.gen';
import { choose, expectAccessible, open } from '../../test/util';
import { check, copyName, toAgent, toForm } from './form';

describe('the form', () => {
  const agent: Agent = {
    name: 'A',
    description: 'd',
    instructions: 'i',
    model: 'ollama/x',
    tools: ['t'],
    imports: ['pandas', 'numpy.*'],
    hosts: ['example.org:8080', '*.example.org', '[::1]:80'],
    mode: 'tools',
    checks: [{ kind: 'range', value: '0..1' }],
    max_steps: 5,
    plan_every: 3,
    prompts: { plan: 'Plan!' },
    options: {
      temperature: 0,
      seed: 7,
      context_tokens: 8192,
      think: 'low',
      max_tokens: 99,
      stop: [' End', '\n\n', 'a\\n'],
      keep_alive: '1h30m',
    },
  };

  it('gives an agent back unchanged, what it does not show included', () => {
    expect(toAgent(toForm(agent), agent)).toEqual(agent);
    expect(toAgent(toForm({ name: 'B', tools: null, options: {} }))).toEqual({ name: 'B', tools: [], options: {} });
  });

  it('keeps a form of replies only where there is one', () => {
    const code: Agent = { name: 'A', tools: [], structured: 'on', options: {} };
    expect(toAgent(toForm(code), code)).toEqual(code);
    expect(toAgent({ ...toForm(code), mode: 'tools' }, code).structured).toBeUndefined();
  });

  it('tells zero from empty', () => {
    const a = toAgent({ ...toForm(agent), temperature: '', seed: '0' }, agent);
    expect(a.options).toEqual({ ...agent.options, temperature: undefined, seed: 0 });
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ name: 'taken' }, 'name'],
    [{ imports: 'os; rm' }, 'imports'],
    [{ imports: 'a.*.b' }, 'imports'],
    [{ hosts: 'https://example.org' }, 'hosts'],
    [{ hosts: 'a.*.org' }, 'hosts'],
    [{ maxSteps: '0' }, 'maxSteps'],
    [{ planEvery: 'x' }, 'planEvery'],
    [{ checks: [{ kind: 'judge', value: ' ' }] as Check[] }, 'checks'],
    [{ checks: [{ kind: 'range', value: '1' }] as Check[] }, 'checks'],
    [{ checks: [{ kind: 'schema', value: '{' }] as Check[] }, 'checks'],
    [{ maxSteps: '2.5' }, 'maxSteps'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ temperature: '3' }, 'temperature'],
    [{ seed: '-1' }, 'seed'],
    [{ context: '12' }, 'context'],
    [{ maxTokens: '0' }, 'maxTokens'],
    [{ keepAlive: '5 minutes' }, 'keepAlive'],
  ])('refuses %j', (change, field) => {
    expect(Object.keys(check({ ...toForm(agent), ...change }, ['Taken']))).toEqual([field]);
  });

  it.each(['pkg', 'pkg.sub', 'pkg.*', '*', 'a\nb, c', ''])('accepts the imports %j', (imports) => {
    expect(check({ ...toForm(agent), imports }, [])).toEqual({});
  });

  it('finds a free name for a copy', () => {
    expect(copyName('A', ['A'])).toBe('A copy');
    expect(copyName('A', ['A', 'A copy', 'A copy 2'])).toBe('A copy 3');
  });
});

describe('the screen', () => {
  it('lists agents and is accessible, form included', async () => {
    const { user } = await open('#/agents');
    expect(screen.getByText('built in')).toBeTruthy();
    await expectAccessible();
    await user.click(screen.getByRole('link', { name: 'Edit: Analyst' }));
    await screen.findByRole('form', { name: 'Edit Analyst' });
    await expectAccessible();
  });

  it('makes an agent, after saying what is missing', async () => {
    const { host, user } = await open('#/agents');
    await user.click(screen.getByRole('button', { name: 'New agent' }));
    await screen.findByRole('form', { name: 'New agent' });
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText('Give the agent a name.')).toBeTruthy();
    await user.type(screen.getByRole('textbox', { name: 'Name' }), 'Reader');
    await user.click(screen.getByRole('checkbox', { name: /visit_webpage/ }));
    await choose(user, 'Model', /^llama/);
    await choose(user, 'Form of its replies', 'JSON by a schema');
    await choose(user, 'How it acts', /^Calls tools/);
    expect(screen.queryByRole('combobox', { name: 'Form of its replies' })).toBeNull();
    await choose(user, 'Thinking', 'A little');
    await user.type(screen.getByRole('textbox', { name: 'Extra imports' }), 'bs4');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(host.agents.find((a) => a.name === 'Reader')).toEqual({
        name: 'Reader',
        model: 'ollama/llama3.1:8b',
        tools: ['user_input', 'visit_webpage'],
        imports: ['bs4'],
        mode: 'tools',
        options: { think: 'low' },
      }),
    );
    expect(await screen.findByRole('heading', { name: 'Reader' })).toBeTruthy();
  });

  it('checks answers without code', async () => {
    const { host, user } = await open('#/agents');
    await user.click(screen.getByRole('link', { name: 'Edit: Analyst' }));
    await screen.findByRole('form', { name: 'Edit Analyst' });
    await user.click(screen.getByRole('button', { name: 'Add a check' }));
    expect(screen.getByRole('textbox', { name: 'Value of check 1' })).toHaveProperty('value', 'number');
    await user.click(screen.getByRole('button', { name: 'Add a check' }));
    await choose(user, 'Check 2', 'A model finds that');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText('Say what is checked.')).toBeTruthy();
    await expectAccessible();
    await user.type(screen.getByRole('textbox', { name: 'Value of check 2' }), 'it is polite');
    await user.click(screen.getByRole('button', { name: 'Add a check' }));
    await user.click(screen.getByRole('button', { name: 'Remove check 3' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(host.agents.find((a) => a.name === 'Analyst')?.checks).toEqual([
        { kind: 'type', value: 'number' },
        { kind: 'judge', value: 'it is polite' },
      ]),
    );
  });

  it('replaces what the model is told, and shows what differs and what it becomes', async () => {
    const { host, user, container } = await open('#/agents');
    await user.click(screen.getByRole('link', { name: 'Edit: Analyst' }));
    await screen.findByRole('form', { name: 'Edit Analyst' });
    (container.querySelector('details.prompts') as HTMLDetailsElement).open = true;
    const text = await screen.findByRole('textbox', { name: 'Its words' });
    expect(text).toHaveProperty('value', 'Act.\n{{.Tools}}');
    fireEvent.change(text, { target: { value: 'Act well.\n{{.Tools}}' } });
    expect(container.querySelector('.diff pre')?.textContent).toBe('− Act.\n+ Act well.\n');
    await user.click(screen.getByRole('button', { name: 'Show what the model gets' }));
    expect(await screen.findByText(/Act well\.\s+def f/, { selector: 'pre, pre *' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(host.agents.find((a) => a.name === 'Analyst')?.prompts).toEqual({ code: 'Act well.\n{{.Tools}}' }),
    );
  });

  it('renames an agent with what it may, and then saves the rest', async () => {
    const { host, user } = await open('#/agents');
    await user.click(screen.getByRole('link', { name: 'Edit: Analyst' }));
    await screen.findByRole('form', { name: 'Edit Analyst' });
    const name = screen.getByRole('textbox', { name: 'Name' });
    await user.clear(name);
    await user.type(name, 'Counter');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(host.calls.map((c) => c[0])).toContain('SaveAgent'));
    expect(host.agents.map((a) => a.name)).toEqual(['Default', 'Counter']);
    expect(host.calls.map((c) => c[0]).filter((c) => /Agent$/.test(c))).toEqual(['RenameAgent', 'SaveAgent']);
  });

  it('duplicates, also what is built in, and deletes after asking', async () => {
    const { host, user } = await open('#/agents');
    expect(screen.queryByRole('button', { name: 'Delete: Default' })).toBeNull();
    await user.click(screen.getByRole('link', { name: 'Duplicate: Default' }));
    await screen.findByRole('form');
    expect(screen.getByRole('textbox', { name: 'Name' })).toHaveProperty('value', 'Default copy');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByRole('heading', { name: 'Default copy' });
    expect(host.agents.find((a) => a.name === 'Default copy')?.builtin).toBeUndefined();
    await user.click(screen.getByRole('button', { name: 'Delete: Analyst' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Analyst' })).toBeNull());
  });

  it('takes an agent along to a new task', async () => {
    const { user } = await open('#/agents');
    await user.click(screen.getAllByRole('link', { name: 'Use for a task' })[1] as HTMLElement);
    expect((await screen.findByRole('combobox', { name: 'Agent' })).textContent).toContain('Analyst');
  });
});
