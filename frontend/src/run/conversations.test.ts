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
      expect(s.items.filter(isOpen)).toEqual([]);
      expect(stepTitle(s)).not.toBe('');
    }
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
