import { expect, test } from 'vitest';
import { importsTold } from './Panel';

test.each([
  ['the usual ones count as one', ['math', 're', 'os'], ['math', 're'], 'the 2 usual ones, os'],
  ['a run without one of them is told whole', ['math', 'os'], ['math', 're'], 'math, os'],
  ['before they are known', ['math'], [], 'math'],
])('imports of a run: %s', (_, imports, usual, want) => {
  expect(importsTold(imports, usual)).toBe(want);
});
