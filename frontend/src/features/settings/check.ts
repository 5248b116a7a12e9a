import type { Price, Provider, Settings } from '../../bridge/api.gen';
import { S } from '../../strings';
import { lines } from '../agents/form';
import { ollamaURL } from './presets';

/** The settings as the form holds them. */
export interface Form {
  theme: string;
  ollama: string;
  providers: Provider[];
  stepSeconds: string;
  memory: string;
  output: string;
  scratch: string;
  scratchFiles: string;
  stateRuns: string;
  stateMiB: string;
  tries: string;
  firstToken: string;
  allowPrivate: string;
}

export interface Errors {
  ollama?: string;
  providers: Record<number, { name?: string; url?: string; rate?: string; prices?: string }>;
  stepSeconds?: string;
  memory?: string;
  output?: string;
  scratch?: string;
  scratchFiles?: string;
  stateRuns?: string;
  stateMiB?: string;
  tries?: string;
  firstToken?: string;
  allowPrivate?: string;
}

export function toForm(s: Settings): Form {
  const all = s.providers ?? [];
  return {
    theme: s.theme || 'system',
    ollama: all.find((p) => p.kind === 'ollama')?.base_url ?? ollamaURL,
    providers: all.filter((p) => p.kind === 'openai'),
    stepSeconds: String(s.step_seconds),
    memory: String(s.memory_mib),
    output: String(s.output_kib),
    scratch: String(s.scratch_mib),
    scratchFiles: String(s.scratch_files),
    stateRuns: String(s.state_runs),
    stateMiB: String(s.state_mib),
    tries: String(s.model_tries),
    firstToken: String(s.first_token_seconds),
    allowPrivate: (s.allow_private ?? []).join('\n'),
  };
}

/** What the form means; whatever it does not show stays as it was. */
export function toSettings(f: Form, before: Settings): Settings {
  const all = before.providers ?? [];
  const ollama = all.find((p) => p.kind === 'ollama') ?? { name: 'ollama', kind: 'ollama' as const };
  const rest = all.filter((p) => p.kind !== 'ollama' && p.kind !== 'openai');
  return {
    ...before,
    theme: f.theme,
    providers: [{ ...ollama, base_url: f.ollama.trim() || ollamaURL }, ...f.providers.map(tidy), ...rest],
    step_seconds: Number(f.stepSeconds),
    memory_mib: Number(f.memory),
    output_kib: Number(f.output),
    scratch_mib: Number(f.scratch),
    scratch_files: Number(f.scratchFiles),
    state_runs: Number(f.stateRuns),
    state_mib: Number(f.stateMiB),
    model_tries: Number(f.tries),
    first_token_seconds: Number(f.firstToken),
    allow_private: lines(f.allowPrivate),
  };
}

/** Prices as a person types them: a line for each model, with its input, output and cached tokens in dollars a million. */
export const showPrices = (prices: readonly Price[]): string =>
  prices.map((p) => [p.model, p.input, p.output, ...(p.cached ? [p.cached] : [])].join(' ')).join('\n');

/** Numbers that cannot be read become NaN, which `check` finds. */
export const readPrices = (text: string): Price[] =>
  text
    .split('\n')
    .filter((l) => l.trim() !== '')
    .map((l) => {
      const [model = '', ...rest] = l.trim().split(/\s+/);
      const n = rest.map((t) => (t === '' ? Number.NaN : Number(t.replace(',', '.'))));
      const good = n.length >= 2 && n.length <= 3 && n.every((v) => v >= 0 && Number.isFinite(v));
      const [input = 0, output = 0, cached] = good ? n : [Number.NaN, Number.NaN];
      return { model, input, output, ...(cached && { cached }) };
    });

function tidy({ models, requests_per_minute: rate, prices, ...p }: Provider): Provider {
  const ids = (models ?? []).filter(Boolean);
  return {
    ...p,
    ...(rate && { requests_per_minute: rate }),
    base_url: p.base_url?.trim() ?? '',
    ...(ids.length > 0 && { models: ids }),
    ...(prices && prices.length > 0 && { prices }),
  };
}

export const isURL = (text: string): boolean => {
  try {
    return ['http:', 'https:'].includes(new URL(text.trim()).protocol);
  } catch {
    return false;
  }
};

/** Host or host:port; IPv6 in brackets. */
const host = /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\*\.[a-z0-9.-]+)(:\d{1,5})?$/i;

/** The numbers, with what Go accepts. */
const ranges = [
  ['stepSeconds', 1, 3600],
  ['memory', 64, 4096],
  ['output', 1, 16_384],
  ['scratch', 1, 16_384],
  ['scratchFiles', 1, 1_000_000],
  ['stateRuns', 0, 100_000],
  ['stateMiB', 0, 1_048_576],
  ['tries', 1, 20],
  ['firstToken', 1, 86_400],
] as const;

export function check(f: Form): Errors {
  const e: Errors = { providers: {} };
  if (f.ollama.trim() !== '' && !isURL(f.ollama)) e.ollama = S.settings.urlBad;
  const taken = new Set(['ollama', 'demo']);
  f.providers.forEach((p, i) => {
    const bad: NonNullable<Errors['providers'][number]> = {};
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(p.name) || taken.has(p.name)) bad.name = S.settings.providerNameBad;
    if (!isURL(p.base_url ?? '')) bad.url = S.settings.urlBad;
    taken.add(p.name);
    const rate = p.requests_per_minute ?? 0;
    if (!(Number.isInteger(rate) && rate >= 0 && rate <= 100_000)) bad.rate = S.settings.number(1, 100_000);
    if (p.prices?.some((price) => Number.isNaN(price.input))) bad.prices = S.settings.pricesBad;
    if (bad.name || bad.url || bad.rate || bad.prices) e.providers[i] = bad;
  });
  for (const [key, min, max] of ranges) {
    const bad = between(f[key], min, max);
    if (bad) e[key] = bad;
  }
  const bad = lines(f.allowPrivate).find((h) => !host.test(h));
  if (bad !== undefined) e.allowPrivate = S.settings.hostBad(bad);
  return e;
}

function between(text: string, min: number, max: number): string {
  const n = Number(text);
  return text.trim() !== '' && Number.isInteger(n) && n >= min && n <= max ? '' : S.settings.number(min, max);
}

export const isGood = (e: Errors): boolean => Object.keys(e).length === 1 && Object.keys(e.providers).length === 0;

/** A name that no other provider has. */
export function freeName(name: string, providers: readonly Provider[]): string {
  let next = name;
  for (let i = 2; providers.some((p) => p.name === next); i++) next = `${name}-${i}`;
  return next;
}
