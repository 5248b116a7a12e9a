import { describe, expect, it } from 'vitest';
import { conversation, conversationNames } from '../test/conversations';
import { stepState, stepTitle } from './derive';
import { emptyRun, fold, isOpen } from './fold';

const view = (name: string) => fold(emptyRun('r'), conversation(name).events);

describe('the conversations that Go plays', () => {
  it.each(conversationNames)('%s: everything is known, and everything has ended', (name) => {
    const v = view(name);
    expect(v.ending).toBeDefined();
    for (const s of v.steps) {
      expect(s.items.filter((i) => i.kind === 'unknown')).toEqual([]);
      if (v.status === 'stopped' && s === v.steps.at(-1)) expect(stepState(s)).toBe('cut');
      else expect(s.items.filter(isOpen)).toEqual([]);
      expect(stepTitle(s)).not.toBe('');
    }
  });

  it.each(conversationNames)('%s: the window folds to the row that Go folds to', (name) => {
    const { run, events } = conversation(name);
    const v = fold(emptyRun(run.id), events);
    const finished = v.ending?.kind === 'finished' ? v.ending.body : undefined;
    expect({
      status: v.status,
      steps: Math.max(0, ...v.steps.map((s) => s.number)),
      usage: { cached_tokens: 0, ...v.usage },
      answer: finished?.text || undefined,
      unmet: finished?.unmet,
      fault: v.ending?.kind === 'failed' ? v.ending.body.fault : undefined,
      parent: v.forked?.parent,
      parent_step: v.forked?.step,
      last_seq: v.lastSeq,
    }).toEqual({
      status: run.status,
      steps: run.steps,
      usage: { cached_tokens: 0, ...run.usage },
      answer: run.answer,
      unmet: run.unmet,
      fault: run.fault,
      parent: run.parent,
      parent_step: run.parent_step,
      last_seq: run.last_seq,
    });
  });

  it('tells the states of steps of tool calls', () => {
    expect(view('tools-parallel').steps.map(stepState)).toEqual(['ok', 'ok', 'error', 'error', 'final']);
    expect(view('tools-answer-with-others').steps.map(stepState)).toEqual(['error', 'final']);
    expect(view('tools-in-text').steps[0]?.items.map((i) => i.kind)).toEqual([
      'model',
      'mode',
      'model',
      'calls',
      'tool',
    ]);
  });

  it('names steps of tool calls', () => {
    expect(view('tools-parallel').steps.map(stepTitle)).toEqual([
      'Call both at once',
      'x + 1',
      'google, double',
      '1/0',
      'final_answer',
    ]);
  });
});
