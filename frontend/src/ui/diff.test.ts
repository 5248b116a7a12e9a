import { describe, expect, it } from 'vitest';
import { lineDiff } from './diff';

const marks = { same: ' ', gone: '-', new: '+' };
const show = (a: string, b: string) => lineDiff(a, b).map((l) => marks[l.kind] + l.text);

describe('lineDiff', () => {
  it.each([
    ['a', 'a', [' a']],
    ['a\nb\nc', 'a\nc', [' a', '-b', ' c']],
    ['a\nc', 'a\nb\nc', [' a', '+b', ' c']],
    ['a\nb', 'a\nx', [' a', '-b', '+x']],
    ['', 'a', ['-', '+a']],
  ])('%j → %j', (a, b, want) => {
    expect(show(a, b)).toEqual(want);
  });
});
