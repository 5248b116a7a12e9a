import type { Usage } from '../bridge/api.gen';
import { S } from '../strings';
import { isOpen } from './fold';
import type { AgentView, CallsItem, CodeItem, Item, ModelItem, RunView, SaidItem, StepView, ToolItem } from './view';

/** What the outline and the header show, computed from the view. Pure. */

export type StepState = 'ok' | 'error' | 'final' | 'nudge' | 'open' | 'killed' | 'waiting' | 'cut';

const models = (s: StepView) => s.items.filter((i): i is ModelItem => i.kind === 'model');
export const codes = (s: StepView) => s.items.filter((i): i is CodeItem => i.kind === 'code');

/** Calls that the model made itself; code's calls belong to the code. */
const calls = (s: StepView) => s.items.filter((i): i is ToolItem => i.kind === 'tool' && i.start.call !== undefined);
const thought = (s: StepView) => s.items.findLast((i): i is CallsItem => i.kind === 'calls')?.body.thought;

/** The model answered by a tool call, and the answer was taken. */
export const isAnswer = (i: Item): boolean =>
  i.kind === 'tool' && i.start.name === 'final_answer' && !i.done?.error && i.start.call !== undefined;

/** The person is at work, not the code. */
export const asksPerson = (i: Item): boolean => (i.kind === 'question' || i.kind === 'permission') && isOpen(i);

export function stepState(s: StepView): StepState {
  const code = codes(s).at(-1);
  if (s.items.some(asksPerson) && !s.closed) return 'waiting';
  if (s.items.some((i) => i.kind === 'check' && !i.body.passed)) return 'nudge';
  if (s.items.some((i) => isAnswer(i) && !isOpen(i))) return 'final';
  if (code?.done) {
    if (code.done.final) return 'final';
    if (code.done.killed) return 'killed';
    if (code.done.error) return 'error';
    if (calls(s).length === 0) return 'ok';
  }
  if (calls(s).some((c) => c.done?.error) && !s.items.some(isOpen)) return 'error';
  if (s.role === 'closing' && s.closed) return 'final';
  if (!s.closed) return 'open';
  if (s.items.some((i) => i.kind === 'nudge')) return 'nudge';
  return s.items.some(isOpen) ? 'cut' : 'ok';
}

/** What the user said and the model was not told. */
export const unread = (v: RunView): SaidItem[] =>
  v.steps.flatMap((s) => s.items.filter((i): i is SaidItem => i.kind === 'said' && i.seq > v.heard));

/** The called agents that work, in the order of their calls. */
export const atWork = (v: RunView): AgentView[] => [...v.agents.values()].filter((a) => !a.view.ending);

/** Whom a message is for, if nobody was picked: the called agent that works, if it is one; else the run's own (0). */
export function addressee(working: readonly AgentView[]): number {
  const busy = working.filter((a) => !working.some((b) => b.parent === a.seq));
  return busy.length === 1 ? (busy[0]?.seq ?? 0) : 0;
}

/** The plan that held after a step; after the last one if none is given. "" if there was none. */
export function planAfter(v: RunView, step?: StepView): string {
  if (!step) return v.plan?.text ?? '';
  const through = v.steps.slice(0, v.steps.findIndex((s) => s.seq === step.seq) + 1);
  return through.flatMap((s) => s.items.filter((i) => i.kind === 'plan')).at(-1)?.body.plan ?? '';
}

/** Variables that were set before the code ran: a file that is given later must not take their names. */
export function variablesGiven(v: RunView): string[] {
  const forks = v.steps.flatMap((s) => s.items.filter((i) => i.kind === 'fork')).map((i) => i.body.now);
  return [v.started, ...forks].flatMap((b) => [
    ...(b?.files ?? []).map((f) => f.var),
    ...(b?.vars ?? []).map((x) => x.name),
  ]);
}

export interface StepTimes {
  model: number;
  code: number;
  wait: number;
  total: number;
  usage: Usage;
}

/** Milliseconds per part. While a question is open inside the code, the time is the person's, not the code's. */
export function stepTimes(s: StepView): StepTimes {
  const t: StepTimes = { model: 0, code: 0, wait: 0, total: 0, usage: { input_tokens: 0, output_tokens: 0 } };
  for (const i of s.items) {
    if (i.kind === 'model' && i.done) {
      t.model += i.done.duration_ms;
      t.usage.input_tokens += i.done.usage.input_tokens;
      t.usage.output_tokens += i.done.usage.output_tokens;
    } else if (i.kind === 'code' && i.done) {
      t.code += i.done.duration_ms;
    } else if (i.kind === 'question' && i.answeredAt !== undefined) {
      t.wait += i.answeredAt - i.at;
    } else if (i.kind === 'permission' && i.decidedAt !== undefined) {
      t.wait += i.decidedAt - i.at;
    }
  }
  t.code += callTime(s);
  t.code = Math.max(0, t.code - t.wait);
  t.total = t.model + t.code + t.wait;
  return t;
}

/** How long the model's own calls took; those at the same time count once. */
function callTime(s: StepView): number {
  let total = 0;
  let until = 0;
  for (const c of calls(s)) {
    const end = c.at + (c.done?.duration_ms ?? 0);
    total += Math.max(0, end - Math.max(until, c.at));
    until = Math.max(until, end);
  }
  return total;
}

/** The thought in one line: what the outline calls a step. */
export function stepTitle(s: StepView): string {
  if (s.role === 'closing') return S.run.closing;
  if (s.role === 'opening') return S.run.preparing;
  const code = codes(s).at(-1);
  const said = code?.start.thought || thought(s) || models(s).at(-1)?.done?.text || '';
  return firstSentence(withoutFences(said)) || firstLineOfCode(code) || namesOfCalls(s) || S.run.step(s.number);
}

const namesOfCalls = (s: StepView) => [...new Set(calls(s).map((c) => c.start.name))].join(', ');

function firstLineOfCode(code: CodeItem | undefined): string {
  const line = code?.start.code.split('\n').find((l) => l.trim() !== '' && !/^\s*(import|from)\b/.test(l)) ?? '';
  return line.replace(/^\s*#\s*/, '').trim();
}

const withoutFences = (text: string) => text.replace(/(```|~~~)[\s\S]*?(\1|$)/g, ' ');

/** What models say before they say what they do. */
const filler = /^(?:okay|ok|now|first|next|then|so|great|good|alright|finally|also)[,!]?\s+/i;
const intent =
  /^(?:(?:i|we)(?:['’]ll| will| can| need to| should| am going to|['’]m going to| want to)|let me|let['’]s)(?:\s+(?:now|first|then|just|also|start by|begin by))*\s+(?=\S)/i;
/** "I look at the file": an action in the present. */
const present =
  /^(?:i|we)\s+(?:also\s+|now\s+|first\s+)*(?!(?:am|was|were|are|have|had|do|did|don['’]t|didn['’]t|see|saw|think|know|got|get|can|cannot|can['’]t|could|would|will|may|might|must|should|need|want|notice|found)\b)(?=[a-z])/i;

const sentenceEnd = /[.!?:](?=\s+\S|\s*$)/;

/** "The file has a header. I will sum the amounts." → "Sum the amounts": the sentence that says what is done. */
export function firstSentence(text: string): string {
  const flat = text
    .replace(/^\s*(thoughts?|plan|reasoning)\s*:\s*/i, '')
    .replace(/[*_`#>]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const all = sentences(flat);
  for (const s of all.slice(0, 3)) {
    const bare = action(s);
    if (bare.length > 8) return cut(bare.charAt(0).toUpperCase() + bare.slice(1));
  }
  return cut(all[0] ?? '');
}

function sentences(flat: string): string[] {
  const out: string[] = [];
  let rest = flat;
  while (rest !== '' && out.length < 4) {
    const end = sentenceEnd.exec(rest);
    const at = end ? end.index : rest.length;
    out.push(rest.slice(0, at));
    rest = rest.slice(at + 1).trimStart();
  }
  return out;
}

/** What is left when the preamble of a sentence about an action is gone; '' for another sentence. */
function action(sentence: string): string {
  let s = sentence;
  while (filler.test(s)) s = s.replace(filler, '');
  for (const lead of [intent, present]) if (lead.test(s)) return s.replace(lead, '');
  return '';
}

const cut = (s: string) => (s.length > 90 ? `${s.slice(0, 89).trimEnd()}…` : s);

export interface Segment {
  kind: 'model' | 'code' | 'wait';
  /** milliseconds since the start of the run */
  from: number;
  to: number;
  step: number;
}

/** Where the time of a run went, for the bar under the header. Open parts last until `now`. */
export function timeline(view: RunView, now: number): Segment[] {
  const out: Segment[] = [];
  const zero = view.startedAt;
  view.steps.forEach((s, step) => {
    const until = s.closed ? (view.steps[step + 1]?.at ?? view.lastAt) : now;
    for (const i of s.items) out.push(...segments(i, step, zero, until));
  });
  // What was taken over from another run lies before the start.
  return out.filter((x) => x.to > x.from && x.from >= 0);
}

function segments(i: Item, step: number, zero: number, now: number): Segment[] {
  if (i.kind === 'model') {
    return [{ kind: 'model', from: i.at - zero, to: (i.done ? i.at + i.done.duration_ms : now) - zero, step }];
  }
  if (i.kind === 'code') {
    return [{ kind: 'code', from: i.at - zero, to: (i.done ? i.at + i.done.duration_ms : now) - zero, step }];
  }
  if (i.kind === 'tool' && i.start.call !== undefined) {
    return [{ kind: 'code', from: i.at - zero, to: (i.done ? i.at + i.done.duration_ms : now) - zero, step }];
  }
  if (i.kind === 'question') return [{ kind: 'wait', from: i.at - zero, to: (i.answeredAt ?? now) - zero, step }];
  if (i.kind === 'permission') return [{ kind: 'wait', from: i.at - zero, to: (i.decidedAt ?? now) - zero, step }];
  return [];
}

export function duration(view: RunView, now: number): number {
  if (!view.startedAt) return 0;
  return (view.status === 'running' ? Math.max(now, view.lastAt) : view.lastAt) - view.startedAt;
}

/** The item that is going on now, if any: what the live fragments belong to. */
export function openItem(s: StepView): Item | undefined {
  return s.closed ? undefined : s.items.findLast(isOpen);
}

export function answerText(view: RunView): string {
  return view.ending?.kind === 'finished' ? view.ending.body.text : '';
}
