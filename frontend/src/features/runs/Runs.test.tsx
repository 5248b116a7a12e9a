import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../bridge/fault';
import { allRuns, choose, expectAccessible, open, runs } from '../../test/util';

const titles = () => [...document.querySelectorAll('.run-row-title')].map((e) => e.firstChild?.textContent);

describe('the history', () => {
  it('lists runs, newest first, and is accessible', async () => {
    await open('#/runs', { runs: allRuns });
    expect(titles()[0]).toContain('weekend trip');
    expect(screen.getByText('4 runs')).toBeTruthy();
    await expectAccessible();
  });

  it('searches while one types, marks the words, and keeps the search in the address', async () => {
    const { host, user } = await open('#/runs', { runs: allRuns });
    await user.type(screen.getByRole('searchbox'), 'region');
    await waitFor(() => expect(titles()).toHaveLength(1));
    expect(location.hash).toBe('#/runs?q=region');
    expect(document.querySelector('mark')?.textContent).toBe('region');
    const searches = host.calls.filter((c) => c[0] === 'Runs' && (c[1] as { search?: string }).search);
    expect(searches).toHaveLength(1);
  });

  it('marks forks, and leads from them to where they began and back', async () => {
    const fork = { ...runs.maxsteps, run: { ...runs.maxsteps.run, parent: runs.sales.run.id, parent_step: 2 } };
    const orphan = { ...runs.failed, run: { ...runs.failed.run, parent: '01GONE' } };
    const { user } = await open('#/runs', { runs: [runs.sales, fork, orphan] });
    const mark = screen.getByText('from step 2');
    expect(mark.getAttribute('title')).toBe(`Goes on from step 2 of “${runs.sales.run.title}”`);
    expect(screen.getByText('begun anew').getAttribute('title')).toContain('not here any more');
    const links = screen.getAllByRole('link', { name: /^To the run that it goes on from/ });
    expect(links).toHaveLength(1);
    await expectAccessible();
    await user.click(links[0] as HTMLElement);
    expect(location.hash).toBe(`#/run/${runs.sales.run.id}?step=2`);
    const forks = within(await screen.findByRole('navigation', { name: 'Others go on from here:' }));
    expect(forks.getByRole('link').getAttribute('href')).toBe(`#/run/${fork.run.id}`);
    expect(forks.getByRole('link').textContent).toContain('step 2');
  });

  it('filters by status and tag', async () => {
    const { user } = await open('#/runs', { runs: allRuns });
    await choose(user, 'Status', 'Failed');
    await waitFor(() => expect(titles()).toEqual([runs.failed.run.title]));
    await choose(user, 'Status', 'Any status');
    await waitFor(() => expect(titles()).toHaveLength(4));
    await choose(user, 'Tags', 'q1');
    await waitFor(() => expect(titles()).toEqual([runs.sales.run.title]));
  });

  it('tells “no runs yet” from “no results”', async () => {
    const first = await open('#/runs');
    expect(screen.getByRole('heading', { name: 'No runs yet' })).toBeTruthy();
    first.unmount();
    const { user } = await open('#/runs?q=zebra', { runs: allRuns });
    expect(screen.getByRole('heading', { name: 'No run matches' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Clear search' }));
    await waitFor(() => expect(titles()).toHaveLength(4));
    expect(screen.getByRole('searchbox')).toHaveProperty('value', '');
  });

  it('works with the arrow keys', async () => {
    const { user } = await open('#/runs', { runs: allRuns });
    await user.click(screen.getByRole('searchbox'));
    await user.keyboard('{ArrowDown}');
    const links = screen.getAllByRole('link').filter((l) => l.dataset.run);
    expect(document.activeElement).toBe(links[0]);
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(document.activeElement).toBe(links[1]);
    await user.keyboard('{End}');
    expect(document.activeElement).toBe(links[3]);
  });

  it('deletes after asking, and says what failed', async () => {
    const { host, user } = await open('#/runs', { runs: allRuns });
    const button = () => screen.getByRole('button', { name: `Delete: ${runs.failed.run.title}` });
    await user.click(button());
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Cancel' }));
    expect(titles()).toHaveLength(4);
    host.faults.DeleteRun = new Fault('conflict', 'The run is being written');
    await user.click(button());
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The run is being written');
    host.faults.DeleteRun = undefined;
    await user.click(button());
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(titles()).toHaveLength(3));
  });

  it('tags a run', async () => {
    const { host, user } = await open('#/runs', { runs: [runs.sales] });
    await user.click(screen.getByRole('button', { name: /^Tags:/ }));
    await user.type(screen.getByRole('textbox', { name: 'Tag' }), 'europe{Enter}');
    await waitFor(() => expect(host.runs.get(runs.sales.run.id)?.run.tags).toEqual(['q1', 'europe']));
    await user.click(await screen.findByRole('button', { name: 'Remove tag q1' }));
    await waitFor(() => expect(host.runs.get(runs.sales.run.id)?.run.tags).toEqual(['europe']));
  });

  it('loads older runs on demand', async () => {
    const many = Array.from({ length: 150 }, (_, i) => ({
      ...structuredClone(runs.sales),
      run: { ...runs.sales.run, id: `R${String(i).padStart(4, '0')}`, started_at: 1_700_000_000_000 + i },
    }));
    const { user } = await open('#/runs', { runs: many });
    expect(titles()).toHaveLength(100);
    await user.click(screen.getByRole('button', { name: 'Load older runs' }));
    await waitFor(() => expect(titles()).toHaveLength(150));
  });

  it('shows a fault in place and tries again', async () => {
    const { host, user } = await open('#/runs', {
      runs: allRuns,
      faults: { Runs: new Fault('database_busy', 'Another Sandglass is open') },
    });
    expect((await screen.findByRole('alert')).textContent).toContain('Another Sandglass is open');
    host.faults.Runs = undefined;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(titles()).toHaveLength(4));
  });
});
