import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { VariableQuery } from '../../bridge/api.gen';
import { contents, figures } from '../../test/figures';
import { expectAccessible, open } from '../../test/util';

const drawn = vi.hoisted(() => ({ calls: [] as [string, unknown][], ended: 0, fail: false }));
const library = vi.hoisted(() => (name: string) => ({
  draw: async (el: HTMLElement, spec: unknown) => {
    if (drawn.fail) throw new Error('no such trace');
    drawn.calls.push([name, spec]);
    el.textContent = name;
    return () => {
      drawn.ended++;
    };
  },
}));
vi.mock('../figures/plotly', () => library('plotly'));
vi.mock('../figures/vega', () => library('vega'));

beforeEach(() => {
  drawn.calls = [];
  drawn.ended = 0;
  drawn.fail = false;
});

const pageOf = (q: VariableQuery) => {
  const value = { type: 'list', kind: 'data', preview: '[…]', len: 1200 };
  if (q.path?.length) {
    return {
      value: { ...value, type: 'dict', len: 1 },
      offset: 0,
      total: 1,
      items: [{ key: "'a'", type: 'int', kind: 'data', preview: '5' }],
    };
  }
  const offset = q.offset ?? 0;
  const rows = Array.from({ length: Math.min(q.limit ?? 0, 1200 - offset) }, (_, i) => [offset + i]);
  return { value, offset, total: 1200, table: { columns: ['a'], rows, total: 1200 }, dtypes: ['int'] };
};
const show = (step = '?step=2') =>
  open(`#/run/figures${step}`, { runs: [figures], artefacts: contents, pageOf, page: 5 });
const article = (name: string) => screen.findByRole('article', { name });

describe('what a step displayed', () => {
  it('is drawn where it was shown', async () => {
    const { unmount } = await show();
    const one = within(await article('Step 1'));
    expect(await one.findByRole('figure', { name: 'bar figure, 1 series “By region”, x: Region' })).toBeTruthy();
    const two = within(await article('Step 2'));
    expect(await two.findByRole('figure', { name: 'line chart, x: t, y: Value' })).toBeTruthy();
    expect((await two.findByTitle('displayed/step2-page1.html')).getAttribute('sandbox')).toBe('');
    expect(two.getByTitle('displayed/step2-page1.html').getAttribute('srcdoc')).toContain('<p>Hello</p>');
    expect(two.getByTitle('displayed/step2-page1.html').getAttribute('srcdoc')).not.toMatch(/script|evil/);
    expect(await two.findByText('Ada, L.')).toBeTruthy();
    expect((await two.findByAltText('step2-image1.png')).getAttribute('src')).toMatch(/^data:image\/png;base64,/);
    await waitFor(() => expect(drawn.calls.map((c) => c[0])).toEqual(expect.arrayContaining(['plotly', 'vega'])));
    // The value that is a figure is told by the figure, and so is the answer.
    expect(one.queryByText(/shown to the user/)).toBeNull();
    expect(
      within(screen.getByRole('region', { name: 'Answer' })).getByRole('figure', { name: /bar figure/ }),
    ).toBeTruthy();
    await expectAccessible();
    const before = drawn.calls.length;
    unmount();
    expect(drawn.ended).toBe(before);
  });

  it('has its data as a table', async () => {
    const { user } = await show();
    const one = within(await article('Step 1'));
    await user.click(await one.findByRole('button', { name: 'Show the data' }));
    expect(one.getByText('North')).toBeTruthy();
    await user.click(one.getByRole('button', { name: 'Show the figure' }));
    expect(one.queryByText('North')).toBeNull();
  });

  it('says when a figure cannot be drawn', async () => {
    drawn.fail = true;
    await show();
    expect((await screen.findAllByText(/This figure could not be drawn/)).length).toBeGreaterThan(0);
    expect((await article('Step 2')).textContent).toContain('no such trace');
  });
});

describe('the variables of a step', () => {
  const tab = async (step: string) => {
    const opened = await show(step);
    await article('Step 1');
    if (!screen.queryByRole('tab', { name: 'Variables' })) await opened.user.keyboard('d');
    await opened.user.click(screen.getByRole('tab', { name: 'Variables' }));
    return { ...opened, panel: within(screen.getByRole('tabpanel')) };
  };

  it('are listed, with those that it changed marked', async () => {
    const { panel } = await tab('?step=2');
    const list = within(panel.getByRole('list', { name: 'Variables' }));
    expect(list.getAllByRole('button').map((b) => b.textContent)).toEqual([
      "rowschangedlist[{'a': 5}, …]",
      'totalnewfloat12.5',
      "pathstr'/input/x.csv'",
    ]);
    expect(panel.getByText('tmp')).toBeTruthy();
    expect(within(panel.getByRole('list', { name: 'Functions, classes and modules' })).getByText('json')).toBeTruthy();
    await expectAccessible();
  });

  it('open to a table, and to pages of all of it', async () => {
    const { panel, user, host } = await tab('?step=1');
    await user.click(panel.getByRole('button', { name: /^rows/ }));
    expect(panel.getByText('1,200 items', { exact: false })).toBeTruthy();
    expect(panel.getByRole('columnheader', { name: 'b str' })).toBeTruthy();
    await user.click(panel.getByRole('button', { name: 'Look into it rows' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'rows' }));
    expect(await dialog.findByText('1 to 100 of 1,200')).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Next' }));
    expect(await dialog.findByText('101 to 200 of 1,200')).toBeTruthy();
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: '105' }));
    expect(await dialog.findByText("'a'")).toBeTruthy();
    expect(host.calls.filter((c) => c[0] === 'Variable').at(-1)?.[2]).toEqual({
      code: 3,
      name: 'rows',
      path: [105],
      offset: 0,
      limit: 100,
    });
    await user.click(dialog.getByRole('button', { name: 'rows' }));
    expect(await dialog.findByText('1 to 100 of 1,200')).toBeTruthy();
  });

  it('say why a page is not there', async () => {
    const { panel, user, host } = await tab('?step=1');
    const { Fault } = await import('../../bridge/fault');
    host.faults.Variable = new Fault('not_found', 'The state after step 1 is not kept');
    await user.click(panel.getByRole('button', { name: /^rows/ }));
    fireEvent.click(panel.getByRole('button', { name: 'Look into it rows' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The state after step 1 is not kept');
  });
});
