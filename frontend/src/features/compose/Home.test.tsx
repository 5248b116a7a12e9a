import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { Fault } from '../../bridge/fault';
import { allRuns, choose, expectAccessible, open } from '../../test/util';

const demo = {
  provider: { name: 'demo', kind: 'demo' as const },
  models: [{ ref: 'demo/tour', name: 'Demo (no LLM)' }],
};
const file = (path: string, more = {}) => ({
  path,
  name: path.split('/').at(-1) ?? '',
  var: 'sales',
  size: 61_204,
  media_type: 'text/csv',
  rows: 1204,
  ...more,
});

describe('a new task', () => {
  it('starts with agent, model and files, and goes to the run', async () => {
    const { host, user } = await open('#/new', { runs: allRuns });
    await user.type(screen.getByRole('textbox', { name: 'Task' }), '  Which region sold most?');
    await choose(user, 'Agent', /^Analyst/);
    await choose(user, 'Model', /^llama3.1:8b/);
    host.emit('drop', [file('/home/me/sales.csv')]);
    await screen.findByText('sales.csv', { selector: '.file-name' });
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(location.hash).toMatch(/^#\/run\/01FAKE/));
    expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toEqual({
      task: 'Which region sold most?',
      agent: 'Analyst',
      model: 'ollama/llama3.1:8b',
      files: [{ path: '/home/me/sales.csv', var: 'sales' }],
    });
  });

  it('gives named values, once their names are good', async () => {
    const { host, user } = await open('#/new');
    await user.type(screen.getByRole('textbox', { name: 'Task' }), 'Compute');
    host.emit('drop', [file('/home/me/sales.csv')]);
    await screen.findByText('sales.csv', { selector: '.file-name' });
    await user.click(screen.getByRole('button', { name: 'Add a value' }));
    const name = screen.getByRole('textbox', { name: 'Name of value 1' });
    expect(document.activeElement).toBe(name);
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByText('Give it a name')).toBeTruthy();
    fireEvent.change(name, { target: { value: 'sales' } });
    expect(screen.getByText('Name is taken')).toBeTruthy();
    fireEvent.change(name, { target: { value: 'rate' } });
    fireEvent.change(screen.getByRole('textbox', { name: 'Value of rate' }), { target: { value: '[0.5, "a"]' } });
    expect(screen.getByText('list')).toBeTruthy();
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'Add a value' }));
    fireEvent.change(screen.getByRole('textbox', { name: 'Name of value 2' }), { target: { value: 'gone' } });
    await user.click(screen.getByRole('button', { name: 'Remove gone' }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() =>
      expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toMatchObject({
        values: [{ name: 'rate', text: '[0.5, "a"]' }],
      }),
    );
  });

  it('is accessible', async () => {
    await open('#/new', { runs: allRuns });
    await expectAccessible();
  });

  it('keeps what was written when the person looks elsewhere', async () => {
    const { user } = await open('#/new');
    await user.type(screen.getByRole('textbox', { name: 'Task' }), 'half a thought');
    await user.click(screen.getByRole('link', { name: 'Models' }));
    await screen.findByRole('heading', { name: 'Models' });
    await user.click(screen.getByRole('link', { name: 'New task' }));
    expect(await screen.findByRole('textbox', { name: 'Task' })).toHaveProperty('value', 'half a thought');
  });

  it('asks for a task, and shows a fault with what to do', async () => {
    const { host, user } = await open('#/new');
    await user.click(screen.getByRole('button', { name: /^Run/ }));
    expect(screen.getByRole('alert').textContent).toContain('Write a task first');
    expect(host.calls.some((c) => c[0] === 'Start')).toBe(false);
    host.faults.Start = new Fault('model_unreachable', 'Ollama does not answer', 'connection refused', 'Start Ollama.');
    await user.type(screen.getByRole('textbox', { name: 'Task' }), 'x');
    await user.click(screen.getByRole('button', { name: /^Run/ }));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Start Ollama.'));
    expect(screen.getByRole('textbox', { name: 'Task' })).toHaveProperty('value', 'x');
  });

  it('names variables, keeps them apart, and refuses bad ones', async () => {
    const { host, user } = await open('#/new');
    host.emit('drop', [file('/a/sales.csv'), file('/b/sales.csv')]);
    const fields = (await screen.findAllByLabelText(/Python variable/)) as HTMLInputElement[];
    expect(fields.map((f) => f.value)).toEqual(['sales', 'sales_2']);
    const [first] = fields as [HTMLInputElement];
    await user.clear(first);
    await user.type(first, '2 bad{Enter}');
    expect(first.value).toBe('sales');
    await user.clear(first);
    await user.type(first, 'table{Enter}');
    await user.click(screen.getAllByRole('button', { name: 'Remove sales.csv' })[1] as HTMLElement);
    await user.type(screen.getByRole('textbox', { name: 'Task' }), 'x');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() =>
      expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toMatchObject({
        files: [{ path: '/a/sales.csv', var: 'table' }],
      }),
    );
  });

  it('shows why a file cannot be used, and does not start with it', async () => {
    const { host, user } = await open('#/new');
    host.emit('drop', [
      file('/a/x.csv', { fault: { code: 'invalid_input', message: 'The file is empty', do: 'Choose another.' } }),
    ]);
    expect((await screen.findByRole('alert')).textContent).toContain('x.csv: The file is empty');
    await user.type(screen.getByRole('textbox', { name: 'Task' }), 'x');
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(host.calls.some((c) => c[0] === 'Start')).toBe(false);
  });

  it('uploads files that are dropped in a browser, and leaves them to Go in the window', async () => {
    const web = await open('#/new', { web: true });
    const dataTransfer = { types: ['Files'], files: [new File(['a;b'], 'sales.csv')] };
    fireEvent.dragEnter(screen.getByRole('region', { name: 'Task' }), { dataTransfer });
    expect(screen.getByText(/Drop to give/)).toBeTruthy();
    fireEvent.drop(screen.getByRole('region', { name: 'Task' }), { dataTransfer });
    await screen.findByText('sales.csv', { selector: '.file-name' });
    expect(web.host.calls).toContainEqual(['upload', 'sales.csv']);
    web.unmount();
    const native = await open('#/new');
    fireEvent.drop(screen.getByRole('region', { name: 'Task' }), { dataTransfer });
    expect(native.host.calls.some((c) => c[0] === 'upload')).toBe(false);
  });

  it('picks files with the native dialog', async () => {
    const { user } = await open('#/new');
    await user.click(screen.getByRole('button', { name: 'Add files' }));
    expect(await screen.findByText('1,204 rows', { exact: false })).toBeTruthy();
  });

  it('says which model sends the task away', async () => {
    const { user } = await open('#/new');
    await choose(user, 'Model', /gpt-oss/);
    expect(screen.getByText(/somebody else’s computer/)).toBeTruthy();
  });

  it('shows in the picker why a provider has no models', async () => {
    const { user } = await open('#/new');
    await user.click(screen.getByRole('combobox', { name: 'Model' }));
    expect(await screen.findByText(/The server wants a key/)).toBeTruthy();
    expect(screen.getByText('Demo (no LLM)')).toBeTruthy();
  });
});

describe('the first run', () => {
  it('says what to do without Ollama', async () => {
    const { user, host } = await open('#/new', {
      models: [demo],
      status: { ollama: { url: '', running: false, models: 0 } },
      settings: { default_model: '' },
    });
    expect(screen.getByRole('heading', { name: 'Use a local model' })).toBeTruthy();
    expect(screen.getByText('ollama pull qwen3:8b')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Use the demo model' }));
    await user.click(screen.getByRole('button', { name: /How long until/ }));
    await waitFor(() => expect(host.calls).toContainEqual(['StartSample', 'million', 'demo/tour']));
    await waitFor(() => expect(location.hash).toContain('#/run/'));
  });

  it('recommends by memory when there is no model yet, and looks again', async () => {
    const four = { model: 'ollama/qwen3:4b', size: 2.5e9, needs: 6.75e9, about: '', fits: true, best: true };
    const { host, user } = await open('#/new', { models: [demo], status: { memory: 8 * 2 ** 30, advised: [four] } });
    expect(screen.getByRole('link', { name: 'Choose and download' }).getAttribute('href')).toBe('#/models');
    expect(screen.getByText('ollama pull qwen3:4b')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Check again' }));
    expect(host.calls.filter((c) => c[0] === 'Models')).toHaveLength(2);
  });

  it('is silent when a model is there, and tells of Python', async () => {
    await open('#/new', { status: { runtime: { state: 'preparing' } } });
    expect(screen.queryByText('Use a local model')).toBeNull();
    expect(screen.getByText(/Preparing Python for this computer/)).toBeTruthy();
  });

  it('refreshes when Go says that something has changed', async () => {
    const { host } = await open('#/new', { status: { runtime: { state: 'preparing' } } });
    host.status.runtime = { state: 'ready', python: '3.13.5' };
    host.emit('status', null);
    await waitFor(() => expect(screen.queryByText(/Preparing Python for/)).toBeNull());
  });
});

describe('recent runs', () => {
  it('lists the newest and says how many there are', async () => {
    await open('#/new', { runs: allRuns });
    const list = within(screen.getByRole('region', { name: 'Recent runs' }));
    expect(list.getAllByRole('link')[0]?.getAttribute('href')).toContain('#/run/');
    expect(list.getByText('Waiting for you')).toBeTruthy();
    vi.useRealTimers();
  });

  it('says what will be there when there is none', async () => {
    await open('#/new');
    expect(screen.getByText(/Your runs will be listed here/)).toBeTruthy();
  });
});
