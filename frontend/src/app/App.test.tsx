import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { Fault } from '../bridge/fault';
import { allRuns, expectAccessible, open } from '../test/util';
import { ErrorBoundary } from './ErrorBoundary';

describe('the command palette', () => {
  it('finds, chooses with the keyboard and runs', async () => {
    const { user } = await open('#/new', { runs: allRuns });
    await user.keyboard('{Control>}k{/Control}');
    const field = within(await screen.findByRole('dialog')).getByRole('combobox');
    expect(document.activeElement).toBe(field);
    await expectAccessible();
    await user.type(field, 'mod');
    expect(screen.getByRole('option', { selected: true }).textContent).toContain('Models');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(location.hash).toBe('#/models'));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('changes the theme and keeps it', async () => {
    const { host, user } = await open('#/models');
    await user.keyboard('{Control>}k{/Control}');
    await user.type(screen.getByRole('combobox', { name: 'What do you want to do?' }), 'dark{Enter}');
    await waitFor(() => expect(host.settings.theme).toBe('dark'));
    expect(document.documentElement.dataset.theme).toBe('dark');
  });

  it('says when nothing matches', async () => {
    const { user } = await open('#/models');
    await user.keyboard('{Control>}k{/Control}');
    await user.type(screen.getByRole('combobox', { name: 'What do you want to do?' }), 'zebra');
    expect(screen.getByText('No command matches.')).toBeTruthy();
  });
});

describe('the keyboard', () => {
  it('goes everywhere', async () => {
    const { user } = await open('#/models', { runs: allRuns });
    for (const [keys, hash] of [
      ['gr', '#/runs'],
      ['ga', '#/agents'],
      ['gt', '#/tools'],
      ['gs', '#/settings'],
      ['n', '#/new'],
    ] as const) {
      (document.activeElement as HTMLElement).blur();
      await user.keyboard(keys);
      await waitFor(() => expect(location.hash).toBe(hash));
    }
  });

  it('lists its shortcuts with ?', async () => {
    const { user } = await open('#/tools');
    await user.keyboard('?');
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText('Open the command palette')).toBeTruthy();
    expect(dialog.getByText('Ctrl K')).toBeTruthy();
    await expectAccessible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('skips to the content', async () => {
    const { user } = await open('#/tools');
    await user.tab();
    await user.keyboard('{Enter}');
    expect(document.activeElement?.id).toBe('content');
    expect(location.hash).toBe('#/tools');
  });
});

describe('the frame', () => {
  it('shows notices until they are dismissed', async () => {
    const notice = {
      code: 'database_corrupt' as const,
      message: 'The database was set aside',
      do: 'Look into the data folder.',
    };
    const { user } = await open('#/models', { status: { notices: [notice] } });
    expect((await screen.findByRole('alert')).textContent).toContain('Look into the data folder.');
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText('The database was set aside')).toBeNull();
  });

  it.each(['#/tools?name=visit_webpage', '#/models'])('is accessible at %s', async (hash) => {
    await open(hash, { runs: allRuns });
    await expectAccessible();
  });

  it('says what works', async () => {
    await open('#/models');
    expect(screen.getByText('qwen3:8b', { selector: '.side-foot *' })).toBeTruthy();
  });

  it('keeps a broken view to itself, and recovers', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const user = userEvent.setup();
    const view = { broken: true };
    render(
      <ErrorBoundary>
        <Fragile view={view} />
      </ErrorBoundary>,
    );
    expect(screen.getByRole('alert').textContent).toContain('x is undefined');
    view.broken = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(screen.getByText('mended')).toBeTruthy();
  });

  it('shows where a link of the agent leads before it opens', async () => {
    const events = [
      {
        kind: 'run_started',
        span: 0,
        body: { task: 't', agent: 'A', model: 'demo/tour', system: '', max_steps: 3, options: {} },
      },
      {
        kind: 'run_finished',
        span: 1,
        body: { status: 'finished', text: 'see [docs](https://evil.example/x)', steps: 0, usage: {}, duration_ms: 1 },
      },
    ].map((e, i) => ({ ...e, run: 'L', seq: i + 1, at: 1 }));
    const { host, user } = await open('#/run/L', {
      runs: [{ run: { ...allRuns[0]?.run, id: 'L' } as never, events: events as never }],
    });
    await user.click(await screen.findByRole('button', { name: 'docs' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText('https://evil.example/x')).toBeTruthy();
    expect(host.calls.some((c) => c[0] === 'OpenExternal')).toBe(false);
    await user.click(dialog.getByRole('button', { name: 'Open' }));
    expect(host.calls).toContainEqual(['OpenExternal', 'https://evil.example/x']);
  });

  it('shows the fault of a model server with a way to try again', async () => {
    const { host, user } = await open('#/models', {
      faults: { Models: new Fault('internal', 'No list', 'why', 'do') },
    });
    expect((await screen.findByRole('alert')).textContent).toContain('No list');
    host.faults.Models = undefined;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('The server wants a key')).toBeTruthy();
  });

  it('makes a model the default', async () => {
    const { host, user } = await open('#/models');
    await user.click(screen.getByRole('button', { name: 'Make default: llama3.1:8b' }));
    await waitFor(() => expect(host.settings.default_model).toBe('ollama/llama3.1:8b'));
  });
});

function Fragile({ view }: { view: { broken: boolean } }) {
  if (view.broken) throw new Error('x is undefined');
  return <p>mended</p>;
}
