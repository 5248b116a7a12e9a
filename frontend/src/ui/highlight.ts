import { classHighlighter, highlightCode } from '@lezer/highlight';
import { parser } from '@lezer/python';

/** A piece of a line and the class of its colour ('' for plain). Always text: nothing here ever becomes HTML. */
export type Token = readonly [text: string, cls: string];

/** Lezer's classes, folded to the five colours of the tokens. */
const colours: Record<string, string> = {
  'tok-keyword': 'k',
  'tok-bool': 'k',
  'tok-atom': 'k',
  'tok-string': 's',
  'tok-string2': 's',
  'tok-number': 'n',
  'tok-comment': 'c',
  'tok-meta': 'f',
  'tok-className': 'f',
};

function colour(classes: string): string {
  for (const c of classes.split(' ')) {
    const v = colours[c];
    if (v) return v;
  }
  return '';
}

const cache = new Map<string, Token[][]>();
const keep = 400;
const longest = 200_000;

/** Python as lines of coloured tokens. Remembered, since a transcript shows the same code again when it is scrolled. */
export function highlight(code: string): Token[][] {
  const known = cache.get(code);
  if (known) return known;
  const lines: Token[][] = [[]];
  if (code.length > longest) {
    return code.split('\n').map((l) => [[l, '']]);
  }
  const put = (text: string, classes: string) => {
    if (text === '') return;
    const line = lines[lines.length - 1] as Token[];
    line.push([text, colour(classes)]);
  };
  highlightCode(code, parser.parse(code), classHighlighter, put, () => lines.push([]));
  for (const [i, line] of lines.entries()) lines[i] = markCalls(line);
  if (cache.size >= keep) cache.delete(cache.keys().next().value as string);
  cache.set(code, lines);
  return lines;
}

/** A plain name before "(" is a call: Lezer's Python grammar does not say so. */
function markCalls(line: Token[]): Token[] {
  return line.map((t, i): Token => {
    const next = line[i + 1]?.[0] ?? '';
    return t[1] === '' && next.startsWith('(') && /^[A-Za-z_]\w*$/.test(t[0]) ? [t[0], 'f'] : t;
  });
}

const light =
  /(#.*$)|((?:[rbfu]{0,2})(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))|\b(and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|raise|return|True|False|try|while|with|yield)\b|\b(\d[\d_.eExX]*)\b|\b([A-Za-z_]\w*)(?=\()/g;
const lightClasses = ['c', 's', 'k', 'n', 'f'];

/** One line by itself, cheaply: for code that is still streaming in. */
export function highlightLine(line: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  for (const m of line.matchAll(light)) {
    if (m.index > at) out.push([line.slice(at, m.index), '']);
    out.push([m[0], lightClasses[m.slice(1).findIndex((g) => g !== undefined)] ?? '']);
    at = m.index + m[0].length;
  }
  if (at < line.length) out.push([line.slice(at), '']);
  return out;
}
