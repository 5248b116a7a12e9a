import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freely, Splitter } from './split';

/** What is on the screen after the fragments. */
function shown(fragments: string[]): [string, string][] {
  const s = new Splitter();
  const out: [string, string][] = [];
  for (const p of [...fragments.flatMap((f) => s.push(f)), ...s.end()]) {
    const prev = out.at(-1);
    if (p.open || !prev) out.push([p.kind, p.text]);
    else prev[1] += p.text;
  }
  return out;
}

describe('splitting a reply', () => {
  it.each<[string, string, [string, string][]]>([
    [
      'thought and fence',
      'I look.\n\n```python\nx = 1\n```\n',
      [
        ['prose', 'I look.'],
        ['code', 'x = 1\n'],
      ],
    ],
    [
      'tilde fence',
      'a\n~~~py\nb\n~~~\nc',
      [
        ['prose', 'a'],
        ['code', 'b\n'],
        ['prose', 'c'],
      ],
    ],
    [
      'tags',
      'a\n<code>\nb\n</code>\n',
      [
        ['prose', 'a'],
        ['code', 'b\n'],
      ],
    ],
    ['tag on one line with code', '<code>x = 1\ny = 2</code>\n', [['code', 'x = 1\ny = 2\n']]],
    ['unclosed', '```python\nx = 1\ny', [['code', 'x = 1\ny']]],
    ['prose only', 'just words', [['prose', 'just words']]],
    ['a fence inside code of another kind', '```python\ns = """\n~~~\n"""\n```\n', [['code', 's = """\n~~~\n"""\n']]],
    ['less-than in code', '```\nif a < b:\n  pass\n```', [['code', 'if a < b:\n  pass\n']]],
    [
      'a label',
      'Thought: I look.\n```\nx\n```',
      [
        ['prose', 'I look.'],
        ['code', 'x\n'],
      ],
    ],
    ['no label', 'Thoughtful words', [['prose', 'Thoughtful words']]],
    ['only a label', 'Thought', [['prose', 'Thought']]],
    ['nothing', '', []],
  ])('%s', (_, text, want) => {
    expect(shown([text])).toEqual(want);
  });

  it('gives the same however the text is cut', () => {
    const alphabet = fc.constantFrom(
      '```python\n',
      '```',
      '\n',
      '~~~',
      '<code>',
      '</code>',
      'x = 1',
      ' ',
      'a < b',
      '`',
      'words. ',
      'Thought',
      ': ',
      '  ',
    );
    fc.assert(
      fc.property(
        fc.array(alphabet, { maxLength: 24 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 80 }),
        (parts, cuts) => {
          const text = parts.join('');
          const fragments: string[] = [];
          let at = 0;
          for (const n of cuts) {
            fragments.push(text.slice(at, at + n));
            at += n;
          }
          fragments.push(text.slice(at));
          expect(shown(fragments)).toEqual(shown([text]));
        },
      ),
    );
  });
});

describe('a whole structured reply', () => {
  it.each([
    ['{"thought": "I look.", "code": "print(1)\\n"}', 'I look.\n```python\nprint(1)\n\n```\n'],
    [' {"code": "```py\\n1\\n```"}', '\n```py\n1\n```'],
    ['{"thought": "Done.", "code": ""}', 'Done.\n'],
    ['{"thought": 1}', '{"thought": 1}'],
    ['{"thought": "broken', '{"thought": "broken'],
    ['{"name": "x"}', '{"name": "x"}'],
    ['Thought: x', 'Thought: x'],
  ])('%s', (reply, want) => {
    expect(freely(reply)).toBe(want);
  });
});
