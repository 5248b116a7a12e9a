/**
 * The little Markdown that models write in thoughts and answers, as a structure of text. Nothing of it is ever HTML;
 * what is not understood stays as it was written.
 */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'em'; children: Inline[] }
  | { kind: 'link'; text: string; url: string };

export type Block =
  | { kind: 'p'; children: Inline[] }
  | { kind: 'h'; children: Inline[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Inline[][] }
  | { kind: 'code'; text: string; info: string }
  | { kind: 'quote'; children: Inline[] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'hr' };

const item = /^\s{0,6}(?:([-*+•])|(\d{1,4})[.)])\s+(.*)$/;

export function blocks(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const out: Block[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i] as string;
    if (line.trim() === '') {
      i++;
      continue;
    }
    const taken = fenced(lines, i, out) || table(lines, i, out) || list(lines, i, out) || single(line, out);
    if (taken > 0) {
      i += taken;
      continue;
    }
    const para: string[] = [];
    while (i < lines.length && !startsBlock(lines, i, para.length > 0)) para.push(lines[i++] as string);
    out.push({ kind: 'p', children: inline(para.join('\n')) });
  }
  return out;
}

function startsBlock(lines: string[], i: number, inside: boolean): boolean {
  const l = lines[i] as string;
  return (
    inside && (l.trim() === '' || /^\s*(```|~~~|#{1,6}\s|>\s?|---+\s*$)/.test(l) || item.test(l) || isTable(lines, i))
  );
}

function fenced(lines: string[], i: number, out: Block[]): number {
  const open = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(lines[i] as string);
  if (!open) return 0;
  let j = i + 1;
  while (j < lines.length && !(lines[j] as string).trim().startsWith(open[1] as string)) j++;
  out.push({ kind: 'code', text: lines.slice(i + 1, j).join('\n'), info: open[2] ?? '' });
  return j - i + 1;
}

function isTable(lines: string[], i: number): boolean {
  return (lines[i] ?? '').includes('|') && /^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)+\|?\s*$/.test(lines[i + 1] ?? '');
}

function table(lines: string[], i: number, out: Block[]): number {
  if (!isTable(lines, i)) return 0;
  const cells = (l: string) =>
    l
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((c) => inline(c.trim()));
  let j = i + 2;
  while (j < lines.length && (lines[j] as string).includes('|')) j++;
  out.push({ kind: 'table', head: cells(lines[i] as string), rows: lines.slice(i + 2, j).map(cells) });
  return j - i;
}

function list(lines: string[], i: number, out: Block[]): number {
  const m = item.exec(lines[i] as string);
  if (!m) return 0;
  const items: string[] = [];
  let j = i;
  for (; j < lines.length; j++) {
    const l = lines[j] as string;
    const n = item.exec(l);
    if (n && (n[2] !== undefined) === (m[2] !== undefined)) items.push(n[3] as string);
    else if (!n && /^\s{2,}\S/.test(l) && items.length > 0) items[items.length - 1] += `\n${l.trim()}`;
    else break;
  }
  out.push({ kind: 'list', ordered: m[2] !== undefined, start: Number(m[2] ?? 1), items: items.map((t) => inline(t)) });
  return j - i;
}

function single(line: string, out: Block[]): number {
  const h = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line);
  if (h) out.push({ kind: 'h', children: inline(h[1] as string) });
  else if (/^\s*(---+|\*\*\*+)\s*$/.test(line)) out.push({ kind: 'hr' });
  else if (/^\s*>/.test(line)) out.push({ kind: 'quote', children: inline(line.replace(/^\s*>\s?/, '')) });
  else return 0;
  return 1;
}

const marks =
  /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)|\*\*(?=\S)([\s\S]*?\S)\*\*|\B\*(?=[^\s*])([^*\n]*?[^\s*])\*(?![\w*])|\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>"'`\])]+[^\s<>"'`\]).,;:!?])/g;

export function inline(text: string, depth = 0): Inline[] {
  const out: Inline[] = [];
  let at = 0;
  for (const m of text.matchAll(marks)) {
    if (m.index > at) out.push({ kind: 'text', text: text.slice(at, m.index) });
    at = m.index + m[0].length;
    if (m[2] !== undefined) out.push({ kind: 'code', text: m[2] });
    else if (m[3] !== undefined && depth < 3) out.push({ kind: 'strong', children: inline(m[3], depth + 1) });
    else if (m[4] !== undefined && depth < 3) out.push({ kind: 'em', children: inline(m[4], depth + 1) });
    else if (m[5] !== undefined) out.push({ kind: 'link', text: m[5], url: m[6] as string });
    else if (m[7] !== undefined) out.push({ kind: 'link', text: m[7], url: m[7] });
    else out.push({ kind: 'text', text: m[0] });
  }
  if (at < text.length) out.push({ kind: 'text', text: text.slice(at) });
  return out;
}
