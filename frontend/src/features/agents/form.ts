import type { Agent, Check, CheckKind, Mode, Teammate } from '../../bridge/api.gen';
import { S } from '../../strings';

/** An agent as the form holds it: what a person types, as text. */
export interface Form {
  name: string;
  description: string;
  instructions: string;
  model: string;
  tools: readonly string[];
  imports: string;
  hosts: string;
  mode: string;
  structured: string;
  guidance: string;
  prompts: Readonly<Record<string, string>>;
  checks: readonly Check[];
  team: readonly Teammate[];
  maxSteps: string;
  planEvery: string;
  temperature: string;
  seed: string;
  context: string;
  maxTokens: string;
  think: string;
  stop: string;
  keepAlive: string;
}

/** Every agent has it, so that no form asks for it. */
export const alwaysThere = 'final_answer';

export type Errors = Partial<Record<keyof Form, string>>;

export function toForm(a: Agent): Form {
  const text = (n: number | undefined) => (n === undefined ? '' : String(n));
  return {
    name: a.name,
    description: a.description ?? '',
    instructions: a.instructions ?? '',
    model: a.model ?? '',
    tools: (a.tools ?? []).filter((t) => t !== alwaysThere),
    imports: (a.imports ?? []).join('\n'),
    hosts: (a.hosts ?? []).join('\n'),
    mode: a.mode ?? '',
    guidance: a.guidance ?? '',
    structured: a.structured === 'auto' ? '' : (a.structured ?? ''),
    prompts: a.prompts ?? {},
    checks: a.checks ?? [],
    team: a.team ?? [],
    planEvery: a.plan_every ? String(a.plan_every) : '',
    maxSteps: a.max_steps ? String(a.max_steps) : '',
    temperature: text(a.options.temperature),
    seed: text(a.options.seed),
    context: a.options.context_tokens ? String(a.options.context_tokens) : '',
    maxTokens: a.options.max_tokens ? String(a.options.max_tokens) : '',
    think: a.options.think ?? '',
    stop: (a.options.stop ?? []).map(showStop).join('\n'),
    keepAlive: a.options.keep_alive ?? '',
  };
}

export const blankForm = (tools: readonly string[]): Form => ({
  ...toForm({ name: '', tools: [...tools], options: {} }),
});

export const lines = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n,]/)
      .map((l) => l.trim())
      .filter(Boolean),
  ),
];

/** A stop string on a line of its own: a line break in it is written as \n. */
const showStop = (s: string) => s.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');

const meant: Readonly<Record<string, string>> = { n: '\n', t: '\t' };

const stopTexts = (text: string) =>
  text
    .split('\n')
    .filter((l) => l.trim() !== '')
    .map((l) => l.replace(/\\([nt\\])/g, (_, c: string) => meant[c] ?? c));

/** As Go writes times, or for ever. */
const keepTime = /^(forever|0|(\d+(\.\d+)?(ms|s|m|h))+)$/;

export const checkKinds: readonly CheckKind[] = ['type', 'not_empty', 'range', 'regex', 'schema', 'python', 'judge'];

/** What is wrong with a check; Go knows more, and says so when the agent is saved. */
export function checkProblem(c: Check): string | undefined {
  const value = c.value?.trim() ?? '';
  if (c.kind === 'not_empty') return undefined;
  if (value === '') return S.agents.checkMissing;
  if (c.kind === 'range' && !/^-?[\d.eE+-]*\.\.-?[\d.eE+-]*$/.test(value)) return S.agents.checkRange;
  if (c.kind === 'schema') {
    try {
      JSON.parse(value);
    } catch {
      return S.agents.checkSchema;
    }
  }
  return undefined;
}

const moduleName = /^(\*|[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\.\*)?)$/;

const hostName = /^(\*|(\*\.)?[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?)$/iu;

export function check(f: Form, taken: readonly string[]): Errors {
  const e: Errors = {};
  const name = f.name.trim();
  if (name === '') e.name = S.agents.nameMissing;
  else if (taken.some((t) => t.toLowerCase() === name.toLowerCase())) e.name = S.agents.nameTaken(name);
  const bad = lines(f.imports).find((m) => !moduleName.test(m));
  if (bad !== undefined) e.imports = S.agents.importsBad(bad);
  const odd = lines(f.hosts).find((h) => !hostName.test(h));
  if (odd !== undefined) e.hosts = S.agents.hostsBad(odd);
  const wrong = f.checks.map(checkProblem).find((p) => p !== undefined);
  if (wrong !== undefined) e.checks = wrong;
  if (f.keepAlive.trim() && !keepTime.test(f.keepAlive.trim())) e.keepAlive = S.agents.keepAliveBad;
  Object.assign(
    e,
    number('maxSteps', f.maxSteps, 1, 1000, true),
    number('planEvery', f.planEvery, 1, 1000, true),
    number('temperature', f.temperature, 0, 2, false),
    number('seed', f.seed, 0, Number.MAX_SAFE_INTEGER, true),
    number('context', f.context, 256, 10_000_000, true),
    number('maxTokens', f.maxTokens, 1, 10_000_000, true),
  );
  return e;
}

function number(key: keyof Form, text: string, min: number, max: number, whole: boolean): Errors {
  const t = text.trim();
  if (t === '') return {};
  const n = Number(t.replace(',', '.'));
  const good = Number.isFinite(n) && n >= min && n <= max && (!whole || Number.isInteger(n));
  return good ? {} : { [key]: S.agents.number(min.toLocaleString('en-US'), max.toLocaleString('en-US')) };
}

/** The agent that a checked form means. Settings that the form does not show are kept. */
export function toAgent(f: Form, before?: Agent): Agent {
  const n = (t: string) => Number(t.trim().replace(',', '.'));
  const {
    temperature: _t,
    seed: _s,
    context_tokens: _c,
    max_tokens: _m,
    think: _k,
    stop: _p,
    keep_alive: _a,
    ...options
  } = before?.options ?? {};
  if (f.temperature.trim()) Object.assign(options, { temperature: n(f.temperature) });
  if (f.seed.trim()) Object.assign(options, { seed: n(f.seed) });
  if (f.context.trim()) Object.assign(options, { context_tokens: n(f.context) });
  if (f.maxTokens.trim()) Object.assign(options, { max_tokens: n(f.maxTokens) });
  if (f.think) Object.assign(options, { think: f.think });
  const stop = stopTexts(f.stop);
  if (stop.length > 0) Object.assign(options, { stop });
  if (f.keepAlive.trim()) Object.assign(options, { keep_alive: f.keepAlive.trim() });
  const a: Agent = { name: f.name.trim(), tools: f.tools.filter((t) => t !== alwaysThere), options };
  if (f.description.trim()) a.description = f.description.trim();
  if (f.instructions.trim()) a.instructions = f.instructions.trim();
  if (f.model) a.model = f.model;
  const imports = lines(f.imports);
  if (imports.length > 0) a.imports = imports;
  const hosts = lines(f.hosts);
  if (hosts.length > 0) a.hosts = hosts;
  if (f.guidance && f.mode !== 'tools') a.guidance = f.guidance;
  if (f.structured && f.mode !== 'tools') a.structured = f.structured;
  if (Object.keys(f.prompts).length > 0) a.prompts = { ...f.prompts };
  if (f.checks.length > 0) a.checks = f.checks.map((c) => ({ ...c, value: c.value?.trim() ?? '' }));
  if (f.team.length > 0) a.team = [...f.team];
  if (f.mode) a.mode = f.mode as Mode;
  if (f.planEvery.trim()) a.plan_every = n(f.planEvery);
  if (f.maxSteps.trim()) a.max_steps = n(f.maxSteps);
  return a;
}

export function copyName(name: string, taken: readonly string[]): string {
  let next = S.agents.copyOf(name);
  for (let i = 2; taken.includes(next); i++) next = `${S.agents.copyOf(name)} ${i}`;
  return next;
}
