import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../bridge/api.gen';
import { Fault } from '../../bridge/fault';
import { conversation } from '../../test/conversations';
import { allRuns, expectAccessible, open, runs } from '../../test/util';

const id = (name: keyof typeof runs) => runs[name].run.id;
const show = (name: keyof typeof runs, step = '') => open(`#/run/${id(name)}${step}`, { runs: allRuns, page: 3 });
const article = (name: string) => screen.findByRole('article', { name });

describe('going back', () => {
  it('forks from a step, with a message, or with other code', async () => {
    const { host, user } = await show('sales');
    await user.click(within(await article('Step 2')).getByRole('button', { name: /Fork from here.*Step 2/ }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Go on from step 2' }));
    await expectAccessible();
    await user.type(dialog.getByRole('textbox', { name: 'What do you want to say?' }), 'Leave out June');
    await user.click(dialog.getByRole('checkbox', { name: 'Change the code of this step' }));
    const code = dialog.getByRole('textbox', { name: 'Python' }) as HTMLTextAreaElement;
    expect(code.value).toContain('import pandas as pd');
    fireEvent.change(code, { target: { value: 'x = 1' } });
    await user.click(dialog.getByRole('button', { name: 'Start' }));
    await waitFor(() => expect(location.hash).not.toContain(id('sales')));
    expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toEqual({
      task: 'Leave out June',
      from: { run: id('sales'), step: 1, code: 'x = 1' },
    });
  });

  it('continues a finished run, once there is something to say', async () => {
    const { host, user } = await show('sales');
    await user.click(await screen.findByRole('button', { name: 'Continue' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Continue this run' }));
    expect(dialog.getByRole('button', { name: 'Start' })).toHaveProperty('disabled', true);
    await user.type(dialog.getByRole('textbox'), 'And 2025?');
    host.faults.Start = new Fault('state_unusable', 'The state of the sandbox cannot be restored');
    await user.click(dialog.getByRole('button', { name: 'Start' }));
    expect(await dialog.findByText(/cannot be restored/)).toBeTruthy();
    host.faults.Start = undefined;
    await user.click(dialog.getByRole('button', { name: 'Start' }));
    await waitFor(() =>
      expect(host.calls.findLast((c) => c[0] === 'Start')?.[1]).toEqual({
        task: 'And 2025?',
        from: { run: id('sales'), step: -1 },
      }),
    );
  });

  it('takes files, tables and images along, under names that are free', async () => {
    const { host, user } = await show('sales');
    await user.click(await screen.findByRole('button', { name: 'Continue' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Continue this run' }));
    await user.type(dialog.getByRole('textbox'), 'And these?');
    await user.click(dialog.getByRole('button', { name: 'Add files' }));
    const name = (await dialog.findByRole('textbox', { name: /variable for sales.csv/ })) as HTMLInputElement;
    expect(name.value).toBe('sales_2'); // the run has a file of that name
    await user.clear(name);
    await user.type(name, 'sales{Enter}'); // is taken: it stays what it was
    expect(name.value).toBe('sales_2');
    const photo = { path: '/p/photo.png', name: 'photo.png', var: 'photo', size: 9, media_type: 'image/png', width: 4 };
    const gone = { path: '/p/gone.txt', name: 'gone.txt', var: 'gone', size: 0, media_type: 'text/plain' };
    const fault = { code: 'not_found', message: 'It is not there' } as const;
    act(() => host.emit('drop', [photo, { ...gone, fault }]));
    await user.click(dialog.getByRole('button', { name: 'Start' }));
    expect(await dialog.findByText(/A file cannot be used/)).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Remove gone.txt' }));
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Start' }));
    await waitFor(() =>
      expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toEqual({
        task: 'And these?',
        files: [
          { path: '/home/me/sales.csv', var: 'sales_2' },
          { path: '/p/photo.png', var: 'photo' }, // the run's model sees no images
        ],
        from: { run: id('sales'), step: -1 },
      }),
    );
  });

  it('shows where a run leaves another one', async () => {
    const c = conversation('answers');
    const now = { ...(c.events[0] as Event & { kind: 'run_started' }).body, task: 'And the next?' };
    const at = c.events.findIndex((e) => e.kind === 'run_finished');
    const fork = { run: c.run.id, seq: at + 1, span: 1, at: 1000, kind: 'run_forked' } as const;
    const body = { parent: id('sales'), step: 1, gone: ['old.csv'], now };
    const events = [...c.events.slice(0, at), { ...fork, body }] as Event[];
    await open(`#/run/${c.run.id}`, { runs: [{ run: { ...c.run, status: 'running' }, events }] });
    const where = within(await screen.findByRole('region', { name: /Goes on from step 1/ }));
    expect(where.getByRole('link').getAttribute('href')).toContain(id('sales'));
    expect(where.getByText('And the next?')).toBeTruthy();
    expect(where.getByText(/old.csv is not there/)).toBeTruthy();
    expect(screen.getByRole('heading', { level: 1, name: 'And the next?' })).toBeTruthy();
    await expectAccessible();
  });

  it('verifies, and shows what is not the same', async () => {
    const { host, user } = await show('sales');
    await article('Step 1');
    await user.keyboard('v');
    const card = within(await screen.findByRole('region', { name: 'Verification' }));
    expect(await card.findByText(/The same to the byte: 4 pieces/)).toBeTruthy();
    host.verdict = {
      same: false,
      files: [{ name: 'sales.csv', state: 'changed' }],
      steps: [
        { step: 1, same: true },
        { step: 2, same: false, differences: [{ what: 'stdout', was: '3', is: '4' }] },
      ],
    };
    await user.keyboard('v');
    const again = within(await screen.findByRole('region', { name: 'Verification' }));
    expect(await again.findByText('Not everything is as it was.')).toBeTruthy();
    expect(again.getByRole('region', { name: 'Step 2: stdout' }).textContent).toContain('was3is4');
    expect(again.getByText(/sales.csv has changed/)).toBeTruthy();
    await expectAccessible();
  });
});
