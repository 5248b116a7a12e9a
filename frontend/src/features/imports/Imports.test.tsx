import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../bridge/fault';
import { expectAccessible, open, settle } from '../../test/util';

const added = () => within(screen.getByRole('region', { name: 'Added by you' }));

describe('imports', () => {
  it('shows what may be imported and by whom, and is accessible', async () => {
    await open('#/imports');
    const rows = await screen.findAllByRole('row');
    expect(rows.map((r) => r.textContent)).toEqual(expect.arrayContaining(['numpy1.19.5', 'plotly5.20.0']));
    expect(added().getByText('Greet')).toBeTruthy();
    expect(added().getByText('It may need what is not here: lxml')).toBeTruthy();
    expect(screen.getByText(/The wall is WebAssembly/)).toBeTruthy();
    expect(screen.queryByText(/base runtime/)).toBeNull();
    await expectAccessible();
  });

  it('says so on the base runtime', async () => {
    await open('#/imports', { packages: { runtime: [], added: [] } });
    expect(await screen.findByText(/This is the base runtime/)).toBeTruthy();
    await expectAccessible();
  });

  it('adds, changes and removes a wheel', async () => {
    const { host, user } = await open('#/imports');
    await user.click(await screen.findByRole('button', { name: 'Add a wheel…' }));
    expect(await screen.findByText('shout', { selector: 'b' })).toBeTruthy();
    expect(host.calls).toContainEqual(['AddPackage', '/home/me/shout-1.0-py3-none-any.whl', true]);

    const boxes = added().getAllByRole('checkbox', { name: 'all agents may import it' });
    await user.click(boxes[0] as HTMLElement);
    await waitFor(() => expect(host.calls).toContainEqual(['SetPackage', 'Greet', false]));

    await user.click(screen.getByRole('button', { name: 'Remove Greet' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByText('Greet')).toBeNull());
  });

  it('tells why a wheel is refused', async () => {
    const refused = new Fault('invalid_input', 'The wheel cannot be added', 'it holds compiled code (x.so)');
    const { host } = await open('#/imports', { faults: { AddPackage: refused } });
    await screen.findByText('Greet');
    host.emit('drop', [{ path: '/x.whl', name: 'x.whl', var: 'x', size: 1, media_type: 'application/zip' }]);
    await settle();
    expect((await screen.findByRole('alert')).textContent).toContain('it holds compiled code');
  });

  it('takes files from a browser', async () => {
    const { host, user, container } = await open('#/imports', { web: true });
    await screen.findByText('Greet');
    const field = container.querySelector<HTMLInputElement>('input[type=file]');
    await user.upload(field as HTMLInputElement, new File(['x'], 'loud-2.0-py3-none-any.whl'));
    await waitFor(() => expect(host.calls).toContainEqual(['AddPackage', '/uploads/loud-2.0-py3-none-any.whl', true]));
  });
});
