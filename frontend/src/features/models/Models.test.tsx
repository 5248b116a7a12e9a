import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Fitness, Job } from '../../bridge/api.gen';
import { models } from '../../bridge/fake-data';
import { expectAccessible, open } from '../../test/util';

const ollama = async () => within(await screen.findByRole('region', { name: 'Ollama' }));
const [own, ...others] = models as [(typeof models)[0], ...typeof models];

const fitness: Fitness = {
  model: 'ollama/qwen3:8b',
  checked_at: 1_790_000_000_000,
  duration_ms: 60_000,
  verdict: 'Good for agents that act by code.',
  mode: 'code',
  options: {},
  probes: [
    { name: 'code', state: 'pass', detail: 'a block of Python', means: 'It writes clean blocks.', ms: 1 },
    { name: 'thinking', state: 'cannot', detail: 'no thoughts came', means: 'It does not think aloud.', ms: 1 },
    { name: 'honesty', state: 'fail', detail: 'it wrote 42', means: 'It invents numbers.', ms: 1 },
  ],
};

describe('the models', () => {
  it('are listed with what is known of them', async () => {
    await open('#/models');
    const list = await ollama();
    expect(list.getByText(/8.2B · Q4_K_M · 5.2 GB · 40k context/)).toBeTruthy();
    expect(list.getByText('loaded')).toBeTruthy();
    expect(list.getByText('leaves this computer')).toBeTruthy();
    await expectAccessible();
  });

  it('are fetched by name, with progress, speed and cancel, and gone on with', async () => {
    const { host, user } = await open('#/models');
    const list = await ollama();
    await user.type(list.getByRole('textbox', { name: 'Get a model' }), 'gemma3:4b{Enter}');
    expect(host.calls).toContainEqual(['PullModel', 'gemma3:4b']);
    const region = await list.findByRole('region', { name: 'Downloading gemma3:4b' });
    const job = within(region);
    const first = host.jobs[0] as Job;
    act(() => void host.job({ ...first, done: 1.2e9, total: 2.4e9, per_second: 24e6, status: 'pulling' }));
    expect(job.getByRole('status').textContent).toMatch(/^50 % · 1.2 GB of 2.4 GB · 24 MB\/s · 50 s left/);
    expect(job.getByRole('progressbar').getAttribute('value')).toBe('50');
    await expectAccessible(region);
    await user.click(job.getByRole('button', { name: /Cancel/ }));
    expect(host.calls).toContainEqual(['CancelJob', first.id]);
    expect(job.getByRole('status').textContent).toContain('kept');
    await user.click(job.getByRole('button', { name: 'Go on' }));
    expect(host.calls.at(-1)).toEqual(['PullModel', 'ollama/gemma3:4b']);
    const again = host.jobs[0] as Job;
    expect(again.id).not.toBe(first.id);
    const before = host.calls.filter((c) => c[0] === 'Models').length;
    act(() => void host.job({ ...again, state: 'done' }));
    await waitFor(() => expect(host.calls.filter((c) => c[0] === 'Models').length).toBe(before + 1));
    expect(list.queryByRole('region', { name: /Downloading/ })).toBeNull();
  });

  it('say why one could not be fetched', async () => {
    const { host, user } = await open('#/models');
    const list = await ollama();
    await user.type(list.getByRole('textbox', { name: 'Get a model' }), 'nope{Enter}');
    const fault = { code: 'model_not_found' as const, message: 'There is no model “nope” to pull', do: 'Check it.' };
    act(() => void host.job({ ...(host.jobs[0] as Job), state: 'failed', fault }));
    expect((await list.findByRole('alert')).textContent).toContain('There is no model “nope”');
    await user.click(list.getByRole('button', { name: 'Dismiss' }));
    await waitFor(() => expect(list.queryByRole('alert')).toBeNull());
  });

  it('are recommended by memory', async () => {
    const { host, user } = await open('#/models', {
      models: [{ ...own, models: [] }, ...others],
      status: { memory: 16 * 2 ** 30 },
    });
    const list = await ollama();
    expect(list.getByText(/for this computer’s 16 GB of memory/)).toBeTruthy();
    expect(list.getByText('begin with this')).toBeTruthy();
    expect(list.getByText('wants 32 GB of memory')).toBeTruthy();
    await user.click(list.getByRole('button', { name: 'Download: qwen3:4b' }));
    expect(host.calls).toContainEqual(['PullModel', 'ollama/qwen3:4b']);
    await waitFor(() =>
      expect(list.getByRole('button', { name: 'Download: qwen3:4b' })).toHaveProperty('disabled', true),
    );
  });

  it('are deleted only after a question', async () => {
    const { host, user } = await open('#/models');
    const list = await ollama();
    await user.click(list.getByRole('button', { name: 'Delete llama3.1:8b' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete llama3.1:8b?' }));
    expect(dialog.getByText(/frees 4.9 GB/)).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Cancel' }));
    expect(host.calls.some((c) => c[0] === 'DeleteModel')).toBe(false);
    await user.click(list.getByRole('button', { name: 'Delete llama3.1:8b' }));
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(host.calls).toContainEqual(['DeleteModel', 'ollama/llama3.1:8b']));
  });

  it('are checked, and show what was found', async () => {
    const { host, user } = await open('#/models', { models: [{ ...own, fitness: [fitness] }, ...others] });
    const list = await ollama();
    await user.click(list.getByRole('button', { name: 'Check: llama3.1:8b' }));
    expect(host.calls).toContainEqual(['CheckModel', 'ollama/llama3.1:8b']);
    const job = within(await list.findByRole('region', { name: 'Checking llama3.1:8b' }));
    act(() => void host.job({ ...(host.jobs[0] as Job), done: 2, total: 8, status: 'tools' }));
    expect(job.getByRole('status').textContent).toBe('3 of 8: Tool calls');

    const toggle = list.getByRole('button', { name: 'What its check found: qwen3:8b' });
    expect(toggle.textContent).toContain('1 of 2 good');
    await user.click(toggle);
    expect(list.getByText('Good for agents that act by code.')).toBeTruthy();
    expect(list.getByText(/It invents numbers/)).toBeTruthy();
    expect(list.queryByText(/has changed since/)).toBeNull();
    await expectAccessible();
    await user.click(list.getByRole('button', { name: 'Check again' }));
    expect(host.calls).toContainEqual(['CheckModel', 'ollama/qwen3:8b']);
  });
});
