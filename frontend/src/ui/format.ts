/** Numbers and times as a person reads them. Pure; `now` comes in. */

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let v = n;
  let unit = '';
  for (const u of units) {
    v /= 1000;
    unit = u;
    if (v < 999.5) break;
  }
  return `${v < 10 ? v.toFixed(1) : Math.round(v)} ${unit}`;
}

export function duration(ms: number): string {
  if (ms < 0 || !Number.isFinite(ms)) return '–';
  if (ms < 10) return `${Math.round(ms)} ms`;
  if (ms < 1000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 3600) return `${Math.floor(s / 60)} m ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} m`;
}

/** A clock that only ticks in whole seconds, so that a running time does not flicker. */
export function ticking(ms: number): string {
  return ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : duration(ms);
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

export function compact(n: number): string {
  if (n < 1000) return String(n);
  if (n < 99_950) return `${(n / 1000).toFixed(1)}k`;
  if (n < 999_500) return `${Math.round(n / 1000)}k`;
  return `${(n / 1_000_000).toFixed(1)}M`;
}

/** 32768 → "32k": context sizes are powers of two in everybody's mind. */
export function context(n: number): string {
  return n % 1024 === 0 && n >= 1024 ? `${n / 1024}k` : compact(n);
}

const two = (n: number) => String(n).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function clock(at: number): string {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** "just now", "5 min ago", "today 14:02", "yesterday 09:10", "3 Nov", "3 Nov 2024". */
export function relative(at: number, now: number): string {
  const ago = now - at;
  if (ago < 60_000) return 'just now';
  if (ago < 3_600_000) return `${Math.floor(ago / 60_000)} min ago`;
  const d = new Date(at);
  const n = new Date(now);
  const midnight = new Date(n.getFullYear(), n.getMonth(), n.getDate()).getTime();
  if (at >= midnight) return `today ${clock(at)}`;
  if (at >= midnight - 86_400_000) return `yesterday ${clock(at)}`;
  const day = `${d.getDate()} ${months[d.getMonth()]}`;
  return d.getFullYear() === n.getFullYear() ? day : `${day} ${d.getFullYear()}`;
}

export function full(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock(at)}:${two(d.getSeconds())}`;
}

/** "ollama/qwen3:8b" → "qwen3:8b". The id may hold slashes. */
export function modelName(ref: string): string {
  if (ref.startsWith('demo/')) return 'Demo (no LLM)';
  const i = ref.indexOf('/');
  return i < 0 ? ref : ref.slice(i + 1);
}

export function provider(ref: string): string {
  const i = ref.indexOf('/');
  return i < 0 ? '' : ref.slice(0, i);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are control characters
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Terminal output without its colours, and with a carriage return overwriting its line as a terminal would do. */
export function plainOutput(text: string): string {
  const t = text.replace(ansi, '');
  if (!t.includes('\r')) return t;
  return t
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r', line.length - (line.endsWith('\r') ? 2 : 1)) + 1))
    .join('\n');
}

/** US dollars, with enough digits for the cost of one call. */
export const dollars = (n: number): string => `$${n >= 1 ? n.toFixed(2) : Number(n.toPrecision(2))}`;
