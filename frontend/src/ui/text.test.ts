import { describe, expect, it } from 'vitest';
import * as f from './format';
import { highlight, highlightLine } from './highlight';
import { blocks, inline } from './markdown';

describe('numbers and times', () => {
  it('reads as a person does', () => {
    expect([0, 999, 61_204, 5_225_388_164].map(f.bytes)).toEqual(['0 B', '999 B', '61 kB', '5.2 GB']);
    expect([4, 412, 7400, 59_960, 72_000, 3_725_000].map(f.duration)).toEqual([
      '4 ms',
      '0.41 s',
      '7.4 s',
      '1 m 00 s',
      '1 m 12 s',
      '1 h 02 m',
    ]);
    expect([999, 6100, 99_960, 1_200_000].map(f.compact)).toEqual(['999', '6.1k', '100k', '1.2M']);
    expect([32_768, 131_072, 10_000].map(f.context)).toEqual(['32k', '128k', '10.0k']);
    expect(f.duration(Number.NaN)).toBe('–');
  });

  it('tells when', () => {
    const now = new Date(2026, 10, 20, 14, 30).getTime();
    const at = (...a: [number, number, number, number]) => f.relative(new Date(2026, ...a).getTime(), now);
    expect(f.relative(now - 5000, now)).toBe('just now');
    expect(f.relative(now - 600_000, now)).toBe('10 min ago');
    expect(at(10, 20, 9, 5)).toBe('today 09:05');
    expect(at(10, 19, 23, 0)).toBe('yesterday 23:00');
    expect(at(9, 3, 0, 0)).toBe('3 Oct');
    expect(f.relative(new Date(2024, 0, 2).getTime(), now)).toBe('2 Jan 2024');
  });

  it('strips terminal colours and lets a carriage return overwrite', () => {
    expect(f.plainOutput('\u001b[31mred\u001b[0m \u001b]0;title\u0007x')).toBe('red x');
    expect(f.plainOutput('10%\r50%\r100%\nnext\r\n')).toBe('100%\nnext\n');
  });

  it('names models', () => {
    expect([f.modelName('ollama/a/b:c'), f.modelName('demo/tour'), f.provider('x/y'), f.modelName('bare')]).toEqual([
      'a/b:c',
      'Demo (no LLM)',
      'x',
      'bare',
    ]);
  });
});

describe('highlighting', () => {
  const text = (lines: ReturnType<typeof highlight>) => lines.map((l) => l.map((t) => t[0]).join('')).join('\n');

  it.each([
    'x = 1',
    'def f(a):\n\treturn "<script>alert(1)</script>"\n',
    '',
    '</span>&amp;',
    'print("ä\u2028b")',
    'if (',
    '"""\na\n',
  ])('never loses or changes a character: %j', (code) => {
    expect(text(highlight(code))).toBe(code);
    for (const line of code.split('\n'))
      expect(
        highlightLine(line)
          .map((t) => t[0])
          .join(''),
      ).toBe(line);
  });

  it('knows keywords, strings, numbers, comments and calls', () => {
    const classes = (code: string) => Object.fromEntries((highlight(code)[0] ?? []).map((t) => [t[0], t[1]]));
    expect(classes('for i in range(3): print("x")  # c')).toMatchObject({
      for: 'k',
      in: 'k',
      range: 'f',
      '3': 'n',
      '"x"': 's',
      '# c': 'c',
    });
    const light = Object.fromEntries(highlightLine('return len("a#b") + 1  # c'));
    expect(light).toMatchObject({ return: 'k', len: 'f', '"a#b"': 's', '1': 'n', '# c': 'c' });
  });

  it('leaves very long code plain', () => {
    expect(highlight(`x = 1\n${'#'.repeat(200_001)}`)[0]).toEqual([['x = 1', '']]);
  });
});

describe('Markdown of models', () => {
  it('reads paragraphs, lists, code, headings, tables', () => {
    const kinds = blocks(
      '# T\ntext\nmore\n\n- a\n  b\n- c\n\n1. x\n2. y\n\n```py\ncode\n```\n> q\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n---',
    ).map((b) => b.kind);
    expect(kinds).toEqual(['h', 'p', 'list', 'list', 'code', 'quote', 'table', 'hr']);
  });

  it('reads inline marks and leaves arithmetic alone', () => {
    expect(inline('**b** `c*d` *e* 2*3*4 a_b_c')).toEqual([
      { kind: 'strong', children: [{ kind: 'text', text: 'b' }] },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'c*d' },
      { kind: 'text', text: ' ' },
      { kind: 'em', children: [{ kind: 'text', text: 'e' }] },
      { kind: 'text', text: ' 2*3*4 a_b_c' },
    ]);
  });

  it('makes links of web addresses only', () => {
    const urls = (t: string) => inline(t).flatMap((x) => (x.kind === 'link' ? [x.url] : []));
    expect(urls('see https://example.org/a?b=1, or [here](https://x.org)')).toEqual([
      'https://example.org/a?b=1',
      'https://x.org',
    ]);
    expect(urls('[x](javascript:alert(1)) [y](file:///etc/passwd) data:text/html,x')).toEqual([]);
  });

  it('ends on any input', () => {
    for (const t of ['', '\n\n', '|', '```', '- ', '>', '#', '**', '`', '|a|\n|-|', '1.', '  x'])
      expect(Array.isArray(blocks(t))).toBe(true);
    expect(blocks('a\n| x').at(-1)?.kind).toBe('p');
  });
});
