import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { settings } from '../../bridge/fake-data';
import { Fault } from '../../bridge/fault';
import { choose, expectAccessible, open } from '../../test/util';
import { check, isGood, readPrices, showPrices, toForm, toSettings } from './check';
import { presets } from './presets';

describe('the form', () => {
  const form = toForm(settings);

  it('gives settings back unchanged', () => {
    expect(toSettings(form, settings)).toEqual(settings);
    expect(isGood(check(form))).toBe(true);
  });

  it('reads prices as they are typed', () => {
    const prices = readPrices('gpt-x 2,5 10\n\norg/m 1 2 0.5\n');
    expect(prices).toEqual([
      { model: 'gpt-x', input: 2.5, output: 10 },
      { model: 'org/m', input: 1, output: 2, cached: 0.5 },
    ]);
    expect(readPrices(showPrices(prices))).toEqual(prices);
    const priced = { ...form, providers: [{ name: 'a', kind: 'openai' as const, base_url: 'http://x', prices }] };
    expect(isGood(check(priced))).toBe(true);
    expect(toSettings(priced, settings).providers?.find((p) => p.name === 'a')?.prices).toEqual(prices);
  });

  it.each([
    { providers: [{ name: 'a', kind: 'openai' as const, base_url: 'http://x', prices: readPrices('gpt-x 2 lots') }] },
    { providers: [{ name: 'a', kind: 'openai' as const, base_url: 'http://x', prices: readPrices('gpt-x') }] },
    { ollama: 'localhost:11434' },
    { stepSeconds: '0' },
    { stepSeconds: '' },
    { memory: '32' },
    { memory: '9.5' },
    { output: '0' },
    { scratch: '20000' },
    { scratchFiles: 'many' },
    { tries: '0' },
    { firstToken: '' },
    { providers: [{ name: 'a', kind: 'openai' as const, base_url: 'http://x', requests_per_minute: Number.NaN }] },
    { allowPrivate: 'http://nas.local/' },
    { providers: [{ name: 'demo', kind: 'openai' as const, base_url: 'http://x' }] },
    { providers: [{ name: 'My_server', kind: 'openai' as const, base_url: 'http://x' }] },
    { providers: [{ name: 'a b', kind: 'openai' as const, base_url: 'http://x' }] },
    { providers: [{ name: 'a', kind: 'openai' as const, base_url: 'ftp://x' }] },
  ])('refuses %j', (change) => {
    expect(isGood(check({ ...form, ...change }))).toBe(false);
  });

  it.each(['nas.local', '192.168.1.2:8080', '[fd00::1]:80', '*.home.arpa'])('accepts the host %s', (allowPrivate) => {
    expect(isGood(check({ ...form, allowPrivate }))).toBe(true);
  });

  it('has presets with good addresses and distinct names', () => {
    expect(new Set(presets.map((p) => p.name)).size).toBe(presets.length);
    for (const p of presets)
      expect(isGood(check({ ...form, providers: [{ name: p.name, kind: 'openai', base_url: p.base_url }] }))).toBe(
        true,
      );
  });
});

describe('the screen', () => {
  it('is accessible and says where things are', async () => {
    await open('#/settings');
    expect(screen.getByText(/computer’s keyring/)).toBeTruthy();
    expect(screen.getByText('~/.local/share/sandglass')).toBeTruthy();
    await expectAccessible();
  });

  it('saves what was changed and nothing else', async () => {
    const { host, user } = await open('#/settings');
    const save = screen.getByRole('button', { name: 'Save' });
    expect(save).toHaveProperty('disabled', true);
    const seconds = screen.getByRole('textbox', { name: 'Seconds per step' });
    await user.clear(seconds);
    expect(screen.getByText(/Must be a number from 1/)).toBeTruthy();
    expect(save).toHaveProperty('disabled', true);
    await user.type(seconds, '120');
    expect(screen.getByText('Changes are not saved yet.')).toBeTruthy();
    await user.click(save);
    await waitFor(() => expect(host.settings).toEqual({ ...settings, step_seconds: 120 }));
    expect(await screen.findByText('Saved')).toBeTruthy();
  });

  it('lists remembered permissions, and forgets one', async () => {
    const { host, user } = await open('#/settings', {
      permissions: [
        { kind: 'import', value: 'os', allow: true, at: 2 },
        { kind: 'host', value: 'example.org', agent: 'Analyst', allow: false, at: 1 },
      ],
    });
    const list = await screen.findByRole('region', { name: 'Permissions' });
    expect(list.textContent).toMatch(/Allowed.*os.*every agent.*Never.*example.org.*Analyst/);
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'Revoke the decision on example.org' }));
    await waitFor(() => expect(host.permissions.map((p) => p.value)).toEqual(['os']));
    await waitFor(() => expect(list.textContent).not.toContain('example.org'));
  });

  it('changes the theme at once', async () => {
    const { user } = await open('#/settings');
    await choose(user, 'Theme', 'Dark');
    expect(document.documentElement.dataset.theme).toBe('dark');
    await choose(user, 'Theme', 'Light');
    expect(document.documentElement.dataset.theme).toBe('light');
  });

  it('adds a server from a preset', async () => {
    const { host, user } = await open('#/settings');
    await choose(user, 'Add a server', /^Groq/);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(host.settings.providers?.at(-1)).toEqual({
        name: 'groq',
        kind: 'openai',
        base_url: 'https://api.groq.com/openai/v1',
      }),
    );
  });

  it('stores and forgets a key; it never stays in the field', async () => {
    const { host, user } = await open('#/settings');
    const field = screen.getByLabelText('API key') as HTMLInputElement;
    expect(field.type).toBe('password');
    await user.type(field, 'sk-secret');
    await user.click(screen.getByRole('button', { name: 'Store key' }));
    expect(await screen.findByText('The key is stored.')).toBeTruthy();
    expect(host.keys.get('router')).toBe('sk-secret');
    expect(field.value).toBe('');
    await user.click(await screen.findByRole('button', { name: 'Forget key' }));
    await waitFor(() => expect(host.keys.has('router')).toBe(false));
  });

  it('takes over the address that would work', async () => {
    const { host, user } = await open('#/settings');
    host.api.TestProvider = async (p) => ({
      provider: p,
      models: [],
      fault: { code: 'model_unreachable', message: 'It does not speak OpenAI’s protocol' },
      suggest: 'https://router.huggingface.co/v1/v1',
    });
    await user.click(screen.getByRole('button', { name: 'Test' }));
    await user.click(await screen.findByRole('button', { name: 'Use https://router.huggingface.co/v1/v1' }));
    expect(screen.getByDisplayValue('https://router.huggingface.co/v1/v1')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('tests a server with the key that was typed, and says exactly what failed', async () => {
    const { host, user } = await open('#/settings');
    await user.type(screen.getByLabelText('API key'), 'sk-1');
    await user.click(screen.getByRole('button', { name: 'Test' }));
    expect(await screen.findByText('It works: 3 models found.')).toBeTruthy();
    expect(host.calls.find((c) => c[0] === 'TestProvider')).toEqual([
      'TestProvider',
      { name: 'router', kind: 'openai', base_url: 'https://router.huggingface.co/v1', has_key: false, models: [] },
      'sk-1',
    ]);
    host.faults.TestProvider = new Fault('unauthorized', 'The key was refused', '401 Unauthorized', 'Check the key.');
    await user.click(screen.getByRole('button', { name: 'Test' }));
    expect((await screen.findByRole('alert')).textContent).toContain('401 Unauthorized');
  });

  it('tests the address of Ollama as it is typed', async () => {
    const { host, user } = await open('#/settings');
    host.faults.TestProvider = new Fault('model_unreachable', 'Ollama does not answer', 'refused');
    fireEvent.change(screen.getByLabelText('Ollama address'), { target: { value: 'http://127.0.0.1:1' } });
    await user.click(screen.getByLabelText('Test Ollama’s address'));
    expect((await screen.findByRole('alert')).textContent).toContain('refused');
    const asked = { name: 'ollama', kind: 'ollama', base_url: 'http://127.0.0.1:1', models: [] };
    expect(host.calls.at(-1)).toEqual(['TestProvider', asked, '']);
  });

  it('warns when there is no keyring', async () => {
    await open('#/settings', { status: { keyring: { kind: 'file' } } });
    expect(screen.getByText(/not encrypted/)).toBeTruthy();
  });

  it('keeps what is being edited when settings change elsewhere', async () => {
    const { host, user } = await open('#/settings');
    const memory = screen.getByRole('textbox', { name: 'Memory (MiB)' });
    await user.clear(memory);
    await user.type(memory, '1024');
    host.settings.default_model = 'demo/tour';
    host.emit('status', null);
    await waitFor(() => expect(host.calls.filter((c) => c[0] === 'Settings').length).toBeGreaterThan(1));
    expect(memory).toHaveProperty('value', '1024');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(host.settings).toMatchObject({ memory_mib: 1024, default_model: 'demo/tour' }));
  });
});
