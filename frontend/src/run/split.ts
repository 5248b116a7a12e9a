/**
 * Splits a reply into prose and code while it streams. Fed with fragments of any size, it gives pieces to append: what
 * it gave once it never takes back. The tolerant parser in Go decides later what the code really is; this is for watching.
 */
export interface Piece {
  kind: 'prose' | 'code';
  text: string;
  /** a new block begins with this piece */
  open?: boolean;
}

/** A whole reply of {"thought", "code"} in the free form, as Go shows it while it streams; any other stays as it is. */
export function freely(reply: string): string {
  if (!/^\s*\{\s*"(thought|code)"/.test(reply)) return reply;
  try {
    const { thought = '', code = '' } = JSON.parse(reply) as { thought?: unknown; code?: unknown };
    if (typeof thought !== 'string' || typeof code !== 'string') return reply;
    return code.trim() === '' || code.trimStart().startsWith('```')
      ? `${thought}\n${code}`
      : `${thought}\n\`\`\`python\n${code}\n\`\`\`\n`;
  } catch {
    return reply;
  }
}

const tags = ['code', 'execute', 'python', 'tool_code'];
const fence = /^\s*(`{3,}|~{3,})\s*([\w+.{}-]*)\s*$/;
const tagOpen = /^\s*<(code|execute|python|tool_code)>\s*(.*)$/;
const tagClose = /^(.*?)<\/(code|execute|python|tool_code)>\s*$/;
/** The beginning of a line that may still become a fence. */
const fencePrefix = /^\s*(?:`{0,2}|~{0,2}|(?:`{3,}|~{3,})\s*[\w+.{}-]*\s*)$/;

const tagPrefix = (line: string): boolean => {
  const t = line.trimStart();
  return tagOpen.test(line) || tags.some((name) => `<${name}>`.startsWith(t));
};

export class Splitter {
  private kind: Piece['kind'] = 'prose';
  private mark = '';
  private held = '';
  private atLineStart = true;
  private fresh = true;
  /** white space at the end of prose: given only when more prose follows, so that a block's edge does not move */
  private space = '';
  private label = '';
  private begun = false;

  push(text: string): Piece[] {
    const out: Piece[] = [];
    let rest = this.held + text;
    this.held = '';
    while (rest !== '') {
      const nl = rest.indexOf('\n');
      if (nl < 0) {
        this.tail(rest, out);
        break;
      }
      this.line(rest.slice(0, nl), out);
      rest = rest.slice(nl + 1);
    }
    return out;
  }

  /** What is held back because it might have become a fence. */
  end(): Piece[] {
    const out: Piece[] = [];
    if (this.held !== '' && !this.turns(this.held, out)) this.give(this.held, out);
    this.held = '';
    if (!this.begun && this.kind === 'prose') {
      this.begun = true;
      this.give(this.label, out);
    }
    return out;
  }

  private tail(text: string, out: Piece[]) {
    if (this.atLineStart && this.mayTurn(text)) {
      this.held = text;
      return;
    }
    this.atLineStart = false;
    this.give(text, out);
  }

  /** Whether what follows on this line may still open or close a block. A closing tag may stand behind code. */
  private mayTurn(text: string): boolean {
    if (fencePrefix.test(text)) return true;
    return this.kind === 'prose' ? tagPrefix(text) : this.mark.startsWith('<');
  }

  private line(line: string, out: Piece[]) {
    const whole = this.atLineStart;
    this.atLineStart = true;
    if (whole && this.turns(line, out)) return;
    this.give(`${line}\n`, out);
  }

  /** Whether a whole line opens or closes a block. */
  private turns(line: string, out: Piece[]): boolean {
    const f = fence.exec(line);
    if (this.kind === 'prose') {
      const tag = tagOpen.exec(line);
      if (!f && !tag) return false;
      this.kind = 'code';
      this.fresh = true;
      this.space = '';
      this.mark = f ? (f[1] as string) : `</${tag?.[1]}>`;
      if (tag?.[2]) this.give(`${tag[2]}\n`, out);
      return true;
    }
    const close = tagClose.exec(line);
    if (close && this.mark === `</${close[2]}>`) {
      if (close[1]) this.give(`${close[1]}\n`, out);
    } else if (!f || f[2] || f[1]?.[0] !== this.mark[0] || (f[1] as string).length < this.mark.length) {
      return false;
    }
    this.kind = 'prose';
    this.fresh = true;
    return true;
  }

  private give(given: string, out: Piece[]) {
    const text = this.kind === 'prose' ? this.withoutEnd(this.withoutLabel(given)) : given;
    if (text === '') return;
    const prev = out.at(-1);
    if (prev && prev.kind === this.kind && !this.fresh) prev.text += text;
    else out.push(this.fresh ? { kind: this.kind, text, open: true } : { kind: this.kind, text });
    this.fresh = false;
  }

  /** Drops the "Thought:" that a reply may begin with, as Go does; held back while it may still become one. */
  private withoutLabel(text: string): string {
    if (this.begun) return text;
    this.label += text;
    const t = this.label.trimStart().toLowerCase();
    if (/^thoughts?\s*$/.test(t) || 'thoughts'.startsWith(t)) return '';
    this.begun = true;
    return this.label.replace(/^\s*thoughts?\s*:\s*/i, '');
  }

  private withoutEnd(text: string): string {
    const all = this.fresh ? (this.space + text).trimStart() : this.space + text;
    const bare = all.trimEnd();
    this.space = bare === '' && this.fresh ? '' : all.slice(bare.length);
    return bare;
  }
}
