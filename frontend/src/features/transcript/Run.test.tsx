import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Fake } from '../../bridge/fake';
import { longRun } from '../../bridge/fake-long';
import { Fault } from '../../bridge/fault';
import { conversation } from '../../test/conversations';
import { allRuns, expectAccessible, open, runs, settle } from '../../test/util';

const id = (name: keyof typeof runs) => runs[name].run.id;
const show = (name: keyof typeof runs, step = '') => open(`#/run/${id(name)}${step}`, { runs: allRuns, page: 3 });
const article = (name: string) => screen.findByRole('article', { name });

describe('a finished run', () => {
  it('shows task, steps, table, picture, files and answer', async () => {
    await show('sales');
    expect(await screen.findByRole('heading', { level: 1, name: /Which region sold most/ })).toBeTruthy();
    const three = within(await article('Step 3'));
    expect(three.getByText('48,210.50')).toBeTruthy();
    expect(three.getByText('39,870.00')).toBeTruthy();
    expect((await three.findByAltText('sales.svg')).getAttribute('src')).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(three.getByText('save_bar_chart', { selector: 'b' })).toBeTruthy();
    const answer = within(screen.getByRole('region', { name: 'Answer' }));
    expect(answer.getByText('South').tagName).toBe('STRONG');
    expect(within(screen.getByRole('region', { name: 'Files written' })).getByText('by_region.csv')).toBeTruthy();
  });

  it('marks the offending line and says what the error was', async () => {
    const { container } = await show('sales');
    const two = await article('Step 2');
    expect(two.textContent).toContain('error fed back');
    expect(two.textContent).toContain('TypeError on line 4: can only concatenate');
    expect(container.querySelector('.line.err')?.getAttribute('data-n')).toBe('4');
    fireEvent.click(within(two).getByRole('button', { name: 'Traceback' }));
    expect(within(two).getByText(/Traceback \(most recent call last\)/)).toBeTruthy();
  });

  it.each(['sales', 'failed', 'maxsteps', 'question'] as const)('is accessible: %s', async (name) => {
    await show(name);
    await screen.findByRole('article', { name: 'Step 1' });
    await expectAccessible();
  });

  it('folds thinking and code', async () => {
    const { user } = await show('sales');
    const one = await article('Step 1');
    expect(within(one).queryByText(/Let me print the first lines/)).toBeNull();
    await user.click(within(one).getByRole('button', { name: /Thinking/ }));
    expect(within(one).getByText(/Let me print the first lines/)).toBeTruthy();
    const toggle = within(one).getByRole('button', { name: /Python · 4 lines/ });
    await user.click(toggle);
    expect(toggle.getAttribute('aria-expanded')).toBe('false');
    expect(one.querySelector('.code-body')).toBeNull();
  });

  it('moves with the keyboard and keeps the step in the address', async () => {
    const { user } = await show('sales', '?step=1');
    await article('Step 1');
    await user.keyboard('jj');
    expect(location.hash).toContain('step=3');
    await user.keyboard('k');
    expect(location.hash).toContain('step=2');
    expect(screen.getByRole('button', { name: /^Step 2/ }).getAttribute('aria-current')).toBe('step');
    const two = await article('Step 2');
    expect(two.querySelector('.code-body')).toBeTruthy();
    await user.keyboard('e');
    expect(two.querySelector('.code-body')).toBeNull();
    await user.keyboard('{End}');
    expect(location.hash).not.toContain('step=');
  });

  it('copies a step’s code with C', async () => {
    const { user } = await show('sales', '?step=2');
    await article('Step 2');
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.keyboard('c');
    expect(write).toHaveBeenCalledWith(expect.stringContaining('import pandas as pd'));
  });

  it('shows what the agent remembers, and its code as one script, to be copied', async () => {
    const { host, user } = await show('sales');
    await article('Step 1');
    await user.keyboard('m');
    const dialog = within(await screen.findByRole('dialog', { name: 'What the agent remembers' }));
    expect(await dialog.findByText(/"form":"memory"/)).toBeTruthy();
    await expectAccessible();
    await user.click(dialog.getByRole('combobox', { name: 'As' }));
    await user.click(screen.getByRole('option', { name: /what each call was sent/ }));
    expect(await dialog.findByText(/"form":"memory-full"/)).toBeTruthy();
    await user.click(dialog.getByRole('button', { name: 'Close' }));
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.keyboard('{Shift>}M{/Shift}');
    await user.click(await screen.findByRole('button', { name: 'Copy all of it' }));
    expect(write).toHaveBeenCalledWith(expect.stringContaining('# Task:'));
    await user.keyboard('{Escape}');
    host.faults.RunText = new Fault('not_found', 'There is no such run');
    await user.keyboard('m');
    expect(await screen.findByText('There is no such run')).toBeTruthy();
  });

  it('runs again with the same task, and can be deleted', async () => {
    const { host, user } = await show('sales');
    await user.click(await screen.findByRole('button', { name: 'Run again' }));
    await waitFor(() =>
      expect(host.calls.find((c) => c[0] === 'Start')?.[1]).toMatchObject({
        task: runs.sales.run.task,
        agent: 'Analyst',
        model: 'ollama/qwen3:8b',
      }),
    );
    location.hash = `#/run/${id('sales')}`;
    await article('Step 1');
    await user.keyboard('{Delete}');
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(location.hash).toBe('#/runs'));
    expect(host.runs.has(id('sales'))).toBe(false);
  });

  it('shows the recorded events of a step', async () => {
    const { user } = await show('sales', '?step=2');
    await article('Step 2');
    if (!screen.queryByRole('tab', { name: 'Raw' })) await user.keyboard('d');
    await user.click(screen.getByRole('tab', { name: 'Raw' }));
    expect(screen.getByRole('tabpanel').textContent).toContain('"kind": "code_finished"');
    await user.click(screen.getByRole('tab', { name: 'Files' }));
    expect(screen.getByRole('tabpanel').textContent).toContain('/input/sales.csv');
  });
});

describe('a context that gets full', () => {
  it('tells that steps were folded, and what a prompt is made of', async () => {
    const c = conversation('compaction');
    const events = c.events.map((e) =>
      e.kind === 'model_started'
        ? { ...e, body: { ...e.body, budget: { system: 700, task: 40, steps: 900, limit: 2000 } } }
        : e,
    );
    const { container, user } = await open(`#/run/${c.run.id}?step=1`, { runs: [{ ...c, events }] });
    await article('Step 1');
    expect(container.textContent).toContain('Old steps were folded for the model');
    expect(container.textContent).toContain('- First.');
    if (!screen.queryByRole('tab', { name: 'Raw' })) await user.keyboard('d');
    expect(screen.getByRole('tabpanel').textContent).toContain('start 700, task 40, steps 900 · 82 % of 2,000');
  });
});

describe('a plan', () => {
  it('stands where it was made, and above the transcript while the run goes on', async () => {
    const c = conversation('plan');
    const { unmount } = await open(`#/run/${c.run.id}`, { runs: [c] });
    expect((await article('Step 1')).querySelector('.plan')?.textContent).toContain('Double 4.');
    expect((await article('Step 1')).textContent?.match(/Facts: two numbers/g)).toHaveLength(1);
    expect(screen.queryByText('The plan')).toBeNull();
    unmount();
    const going = { run: { ...c.run, status: 'running' as const }, events: c.events.slice(0, -8) };
    await open(`#/run/${c.run.id}`, { runs: [going] });
    expect((await screen.findByText('The plan')).closest('details')?.textContent).toContain('Facts: two numbers');
    await expectAccessible();
  });
});

describe('checks of the answer', () => {
  it('are shown with their reasons, and in the end what is not met', async () => {
    const c = conversation('checks');
    const spent = conversation('checks-spent');
    const { unmount } = await open(`#/run/${c.run.id}`, { runs: [c] });
    const one = within(await article('Step 1'));
    expect(one.getByText('The answer was not accepted')).toBeTruthy();
    expect(
      one.getByText(/It must be of the type dict; it is the text "four"/, { selector: '.check-results *' }),
    ).toBeTruthy();
    expect((await article('Step 3')).textContent).toContain('The answer passed its checks');
    await expectAccessible();
    unmount();
    await open(`#/run/${spent.run.id}`, { runs: [spent] });
    expect((await screen.findByRole('region', { name: 'Answer' })).textContent).toContain(
      'a number of at least 10; it is 4',
    );
  });
});

describe('an agent that calls tools', () => {
  const shown = async (name: string) => {
    const c = conversation(name);
    return open(`#/run/${c.run.id}`, { runs: [c] });
  };

  it('shows calls with their results, Python as code, and refusals', async () => {
    const { user } = await shown('tools-parallel');
    const one = within(await article('Step 1'));
    expect(one.getByText('2 calls at the same time')).toBeTruthy();
    expect(one.getByText('I call both at once.')).toBeTruthy();
    await user.click(one.getByRole('button', { name: /double/ }));
    expect(one.getByText('8')).toBeTruthy();
    expect((await article('Step 2')).querySelector('.code-body')?.textContent).toContain('x = double(n=5)');
    expect((await article('Step 3')).textContent).toContain('There is no tool "google"; the tools are: final_answer');
    expect((await article('Step 4')).textContent).toContain('division by zero');
    expect(within(screen.getByRole('region', { name: 'Answer' })).getByRole('table')).toBeTruthy();
    await expectAccessible();
  });

  it('says that an answer was not taken, and that the model has no calls of its own', async () => {
    const { unmount } = await shown('tools-answer-with-others');
    expect((await article('Step 1')).textContent).toContain('The answer was not taken');
    unmount();
    await shown('tools-in-text');
    expect((await article('Step 1')).textContent).toContain('The model has no tool calls of its own');
  });
});

describe('other endings', () => {
  it('shows an answer that JavaScript cannot hold as Python writes it', async () => {
    const c = conversation('answers');
    const answer = { type: 'int', repr: '1152921504606846976', json: 2 ** 60 };
    const events = c.events.map((e) => (e.kind === 'run_finished' ? { ...e, body: { ...e.body, answer } } : e));
    await open(`#/run/${c.run.id}`, { runs: [{ ...c, events }] });
    expect((await screen.findByRole('region', { name: 'Answer' })).textContent).toContain('1152921504606846976');
  });

  it('a failure says what, why and what to do', async () => {
    await show('failed');
    const card = await screen.findByRole('region', { name: 'The run could not go on' });
    for (const t of ['The model broke off', 'run out of memory', 'Choose a smaller model'])
      expect(card.textContent).toContain(t);
    expect((await article('Step 1')).textContent).toContain('The reply could not be acted on');
    expect((await article('Step 3')).textContent).toContain('The same code gave the same result twice');
  });

  it('a step limit is not a failure', async () => {
    await show('maxsteps');
    expect((await screen.findByRole('region', { name: 'Answer' })).textContent).toContain(
      'The limit of 3 steps was reached',
    );
    expect((await article('Step 3')).textContent).toContain('it ran longer than a step may');
    expect(within(await article('Step 1')).getByRole('button', { name: 'Show all 70 lines' })).toBeTruthy();
  });

  it('says when there is no such run', async () => {
    await open('#/run/nope', { runs: allRuns });
    expect((await screen.findByRole('alert')).textContent).toContain('There is no such run');
  });

  it('tells the person what kinds of a newer version it met', async () => {
    const { host } = await show('question');
    await article('Step 1');
    act(() => void host.record(id('question'), 3, 'dream_dreamt' as never, {}));
    expect(await screen.findByText(/“dream_dreamt”/)).toBeTruthy();
  });
});

describe('a question', () => {
  it('is answered in place', async () => {
    const { host, user } = await show('question');
    const form = within(await screen.findByRole('form', { name: 'The agent asks you' }));
    await user.type(form.getByRole('textbox'), '300 euros{Enter}');
    expect(host.calls).toContainEqual(['Answer', id('question'), '300 euros']);
    expect(await screen.findByText('300 euros')).toBeTruthy();
    expect(screen.queryByRole('form', { name: 'The agent asks you' })).toBeNull();
  });
});

describe('a permission', () => {
  async function asked(scope: { kind: string; value: string }, more = {}) {
    const { host, user, rec, step } = await running();
    const code = rec(step, 'code_started', { code: 'import os' });
    const card = rec(code, 'permission_asked', { scope, line: 1, source: 'import os', ...more });
    return { host, user, rec, code, card };
  }

  it('says what is asked, where, and what it means, and is decided by the keyboard', async () => {
    const { host, user, card } = await asked({ kind: 'import', value: 'os' });
    const region = await screen.findByRole('region', { name: 'May the code import os?' });
    expect(region.textContent).toContain('line 1 import os');
    expect(region.textContent).toContain('no files, network or programs of this computer');
    await expectAccessible();
    expect(document.activeElement).toBe(region);
    await user.keyboard('{Enter}'); // not on a button yet: nothing is allowed by accident
    expect(host.calls.some(([name]) => name === 'Decide')).toBe(false);
    await user.keyboard('{Tab}{Tab}{Enter}');
    expect(host.calls).toContainEqual(['Decide', expect.any(String), card, true, 'run']);
    expect(await screen.findByText(/Allowed: import of os · for this run/)).toBeTruthy();
    expect(screen.queryByRole('region', { name: /May the code/ })).toBeNull();
    await expectAccessible();
  });

  it.each([
    ['For this agent', true, 'agent'],
    ['Never', false, 'always'],
  ])('%s', async (button, allow, lasts) => {
    const { host, user, card } = await asked(
      { kind: 'host', value: 'nas.local' },
      { detail: 'GET http://nas.local/', local: true },
    );
    const region = within(await screen.findByRole('region', { name: 'May the code reach nas.local?' }));
    expect(region.getByText(/own network/)).toBeTruthy();
    await user.click(region.getByRole('button', { name: button }));
    expect(host.calls).toContainEqual(['Decide', expect.any(String), card, allow, lasts]);
  });

  it('shows the request that followed', async () => {
    const { rec, code } = await asked({ kind: 'host', value: 'example.org' });
    const fetch = { method: 'GET', host: 'example.org', url: 'https://example.org/x', by: 'flags', digest: '' };
    const span = rec(code, 'fetch_started', fetch);
    rec(span, 'fetch_finished', { status: 404, bytes: 2048, duration_ms: 120 });
    const line = (await screen.findByText('https://example.org/x', { exact: false })).closest('.tool');
    expect(line?.textContent).toMatch(/404 · 2(\.0)? kB · .*allowed at the start/);
    await expectAccessible();
  });
});

/** A run that has just begun to call the model. */
async function running() {
  const opened = await open('#/new', { page: 2 });
  const run = await opened.host.api.Start({ task: 'Stream' });
  location.hash = `#/run/${run.id}`;
  await settle();
  const rec = (span: number, kind: string, body: unknown) => {
    let seq = 0;
    act(() => {
      seq = opened.host.record(run.id, span, kind as never, body);
    });
    return seq;
  };
  const step = rec(1, 'step_started', { number: 1 });
  const model = rec(step, 'model_started', { model: 'ollama/x', purpose: 'act', through: step, options: {} });
  await article('Step 1');
  const live = async (l: Partial<Parameters<Fake['emit']>[1]>) => {
    act(() => opened.host.emit('live', { run: run.id, span: model, ...(l as object) }));
    await settle(40);
  };
  return { ...opened, run: run.id, step, model, rec, live };
}

const finished = (text: string) => ({
  text,
  finish: 'stop',
  usage: { input_tokens: 10, output_tokens: 5 },
  duration_ms: 900,
});

describe('a run that streams', () => {
  it('shows status, thinking, thought and code as they come', async () => {
    const { live } = await running();
    const one = await article('Step 1');
    await live({ status: 'loading the model' });
    expect(one.textContent).toContain('Loading the model');
    await live({ thinking: 'The user wants ' });
    expect(one.textContent).toContain('Thinking…');
    fireEvent.click(within(one).getByRole('button', { name: /Thinking/ }));
    await live({ thinking: 'a plot.' });
    expect(one.querySelector('.thinking-text')?.textContent).toBe('The user wants a plot.');
    await live({ text: 'I draw it.\n\n```py' });
    await live({ text: 'thon\nx = "<b>"\nprint(' });
    expect(one.querySelector('.thought')?.textContent).toBe('I draw it.');
    expect([...one.querySelectorAll('.line')].map((l) => l.textContent)).toEqual(['x = "<b>"\n', 'print(']);
    expect(one.querySelector('.line .s')?.textContent).toBe('"<b>"');
    expect(one.querySelector('b:not(.t-warn)')).toBeNull();
  });

  it('tells that the model is asked again, and asks it now if told so', async () => {
    const { host, user, run, live, rec, model } = await running();
    const one = await article('Step 1');
    await live({ text: 'half a sen' });
    const fault = { code: 'model_failed', message: 'Ollama broke off', why: 'the connection was closed' };
    await live({ again: true, status: 'Ollama broke off: trying again in 60 s (try 2 of 5)' } as never);
    rec(model, 'model_delayed', { try: 2, wait_ms: 60_000, fault });
    await settle();
    expect(one.textContent).not.toContain('half a sen');
    expect(one.textContent).toContain('trying again in 60 s');
    await expectAccessible();
    await user.click(within(one).getByRole('button', { name: 'Try now' }));
    expect(host.calls).toContainEqual(['TryNow', run]);
    expect(within(one).queryByRole('button', { name: 'Try now' })).toBeNull();
    await live({ text: 'A whole sentence.' });
    expect(one.textContent).toContain('A whole sentence.');
    rec(model, 'model_finished', { ...finished('A whole sentence.'), waited_ms: 3_200 });
    await settle();
    expect(one.textContent).toContain('Tried again once, waited 3.2 s');
    expect(one.textContent).toContain('Ollama broke off: the connection was closed');
  });

  it('gives way to what is recorded, and ignores stragglers', async () => {
    const { live, rec, model, step } = await running();
    await live({ text: 'streamed words\n```python\nx = 1' });
    const text = 'recorded words\n```python\nx = 2\n```';
    rec(model, 'model_finished', finished(text));
    await settle();
    const one = await article('Step 1');
    expect(one.textContent).not.toContain('streamed words');
    expect(one.textContent).toContain('recorded words');
    expect(one.textContent).toContain('x = 2');
    await live({ text: 'straggler' });
    expect(one.textContent).not.toContain('straggler');
    const code = rec(step, 'code_started', { thought: 'recorded words', code: 'x = 2' });
    await settle();
    expect(one.textContent?.match(/recorded words/g)).toHaveLength(1);
    expect(one.textContent).toContain('Running the code');
    await live({ span: code, stdout: 'printed so far\n' } as never);
    expect(one.textContent).toContain('printed so far');
    rec(code, 'code_finished', { stdout: 'printed at last\n', observation: '', duration_ms: 3 });
    await settle();
    expect(one.textContent).not.toContain('printed so far');
    expect(one.textContent).toContain('printed at last');
  });

  it('appends to what is on the screen instead of replacing it', async () => {
    const { live } = await running();
    await live({ text: 'I look.\n```python\nfirst = 1\n' });
    const one = await article('Step 1');
    const line = one.querySelector('.line');
    const prose = one.querySelector('.thought')?.firstChild;
    for (let i = 0; i < 200; i++) await act(async () => {});
    await live({ text: 'second = 2\n'.repeat(500) });
    expect(one.querySelector('.line')).toBe(line);
    expect(one.querySelector('.thought')?.firstChild).toBe(prose);
    expect(one.querySelectorAll('.line')).toHaveLength(502);
  });

  it('stops with Esc Esc', async () => {
    const { host, user, run } = await running();
    await user.keyboard('{Escape}{Escape}');
    expect(host.calls).toContainEqual(['Stop', run]);
    expect(await screen.findByText('You stopped this run')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Run again' })).toBeTruthy();
  });

  it('stops following when the person scrolls up, and offers the way back', async () => {
    const { rec, step } = await running();
    rec(step, 'code_started', { thought: 'a', code: 'x' });
    await settle();
    const box = screen.getByRole('region', { name: 'Transcript' });
    Object.defineProperty(box, 'scrollHeight', { configurable: true, value: 4000 });
    await settle(200);
    box.scrollTop = 1000;
    fireEvent.wheel(box, { deltaY: -100 });
    fireEvent.scroll(box);
    const jump = await screen.findByRole('button', { name: 'Jump to latest' });
    fireEvent.click(jump);
    expect(box.scrollTop).toBe(4000);
  });

  it('recovers from a pull that failed', async () => {
    const { host, rec, model } = await running();
    const { Fault } = await import('../../bridge/fault');
    host.faults.RunEvents = new Fault('database_busy', 'The database is busy');
    rec(model, 'model_finished', finished('words'));
    expect((await screen.findByRole('alert')).textContent).toContain('The database is busy');
    host.faults.RunEvents = undefined;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect((await article('Step 1')).textContent).toContain('words');
  });
});

describe('5,000 steps', () => {
  it('have nodes only where one looks', async () => {
    const long = longRun(5000);
    const { container } = await open(`#/run/${long.run.id}?step=2500`, { runs: [long], page: 5000 });
    expect(await screen.findByRole('article', { name: 'Step 2500' })).toBeTruthy();
    expect(container.querySelectorAll('article').length).toBeLessThan(20);
    expect(container.querySelectorAll('*').length).toBeLessThan(2500);
    expect(container.querySelectorAll('.timeline svg *').length).toBeLessThan(10);
  });
});
