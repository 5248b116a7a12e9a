import type { Event, RunFinished, RunID, Usage } from '../bridge/api.gen';
import type { AgentView, Ending, Item, PermissionItem, QuestionItem, RunView, SaidItem, StepView } from './view';

const nobody: ReadonlyMap<number, AgentView> = new Map();
const noOwners: ReadonlyMap<number, number> = new Map();

export function emptyRun(id: RunID): RunView {
  return {
    id,
    startedAt: 0,
    status: 'running',
    steps: [],
    artefacts: [],
    usage: { input_tokens: 0, output_tokens: 0 },
    heard: 0,
    unfolded: 0,
    lastSeq: 0,
    lastAt: 0,
    agents: nobody,
    owners: noOwners,
  };
}

/**
 * Adds events, in order, to what a run looks like. Pure: live view, reload and replay are this one path, whatever the
 * pages the events come in. Events that were folded before are skipped, kinds of newer versions are kept as unknown.
 */
export function fold(view: RunView, events: readonly Event[]): RunView {
  const draft: Draft = { ...view, fresh: new Set() };
  const team = new Team(draft);
  for (const e of events) {
    if (e.seq <= draft.lastSeq) continue;
    draft.lastSeq = e.seq;
    draft.lastAt = e.at;
    if (!team.took(e)) apply(draft, e);
  }
  team.close();
  return draft.lastSeq === view.lastSeq ? view : done(draft);
}

function done(draft: Draft): RunView {
  const { fresh: _, ...view } = draft;
  return view;
}

/** The events of called agents, folded into views of their own. */
class Team {
  private drafts = new Map<number, Draft>();
  private agents: Map<number, AgentView> | undefined;
  private owners: Map<number, number> | undefined;

  constructor(private run: Draft) {}

  /** Whether the event belongs to a called agent, and was folded there. */
  took(e: Event): boolean {
    const owner = (this.owners ?? this.run.owners).get(e.span) ?? 0;
    if (e.kind === 'agent_started') {
      this.begin(e.seq, e.span, owner, e);
      return true;
    }
    if (owner === 0) return false;
    const draft = this.draft(owner);
    if (!draft) return false;
    this.own(e.seq, owner);
    draft.lastSeq = e.seq;
    draft.lastAt = e.at;
    apply(draft, e);
    this.tell(e, draft);
    return true;
  }

  private begin(seq: number, call: number, parent: number, e: Event & { kind: 'agent_started' }) {
    const view: RunView = {
      ...emptyRun(this.run.id),
      started: e.body.now,
      startedAt: e.at,
      lastSeq: seq,
      lastAt: e.at,
    };
    this.agents ??= new Map(this.run.agents);
    this.agents.set(seq, { seq, call, parent, start: e.body, view });
    this.own(seq, seq);
  }

  private own(seq: number, owner: number) {
    this.owners ??= new Map(this.run.owners);
    this.owners.set(seq, owner);
  }

  private draft(owner: number): Draft | undefined {
    let d = this.drafts.get(owner);
    const agent = (this.agents ?? this.run.agents).get(owner);
    if (!d && agent) {
      d = { ...agent.view, fresh: new Set() };
      this.drafts.set(owner, d);
    }
    return d;
  }

  /** What of it concerns the run as a whole: its tokens, and what it waits for. */
  private tell(e: Event, draft: Draft) {
    if (e.kind === 'model_finished') spend(this.run, e.body.usage);
    if (e.kind === 'question_asked' || e.kind === 'permission_asked') this.run.waiting = draft.waiting;
    if (e.kind === 'question_answered' || e.kind === 'permission_decided') this.run.waiting = undefined;
  }

  close() {
    for (const [seq, d] of this.drafts) {
      this.agents ??= new Map(this.run.agents);
      const agent = this.agents.get(seq);
      if (agent) this.agents.set(seq, { ...agent, view: done(d) });
    }
    if (this.agents) this.run.agents = this.agents;
    if (this.owners) this.run.owners = this.owners;
  }
}

function spend(d: Draft, u: Usage) {
  const cost = (d.usage.cost ?? 0) + (u.cost ?? 0);
  d.usage = {
    ...(cost > 0 && { cost }),
    input_tokens: d.usage.input_tokens + u.input_tokens,
    output_tokens: d.usage.output_tokens + u.output_tokens,
    cached_tokens: (d.usage.cached_tokens ?? 0) + (u.cached_tokens ?? 0),
  };
}

/** A view in the making. `fresh` holds the lists that this fold copied already and may therefore write to. */
type Draft = RunView & { fresh: Set<readonly unknown[]> };

function apply(d: Draft, e: Event) {
  switch (e.kind) {
    case 'run_started':
      d.started = e.body;
      d.startedAt = e.at;
      return;
    case 'run_forked': {
      const { now } = e.body;
      // What was taken over is shown, but neither its time nor its tokens are this run's.
      if (d.started) d.started = { ...d.started, agent: now.agent, model: now.model, max_steps: now.max_steps };
      d.startedAt = e.at;
      d.usage = { input_tokens: 0, output_tokens: 0 };
      d.forked = e.body;
      d.heard = e.seq; // what nobody had read before is told now
      add(d, e, { kind: 'fork', ...base(e), body: e.body });
      closeLast(d);
      return;
    }
    case 'step_started':
      openStep(d, e, e.body.number, 'step');
      return;
    case 'model_started':
      // A call that belongs to the run and not to a step is the answer after the last step.
      if (belongsToRun(d, e) && d.steps.length > 0 && last(d)?.role !== 'closing') openStep(d, e, 0, 'closing');
      d.heard = Math.max(d.heard, e.body.heard ?? 0);
      add(d, e, { kind: 'model', ...base(e), start: e.body });
      return;
    case 'model_delayed':
      finish(d, e, 'model', (i) => ({ ...i, delays: [...(i.delays ?? []), { ...e.body, at: e.at }] }));
      return;
    case 'model_finished':
      finish(d, e, 'model', (i) => ({ ...i, done: e.body }));
      spend(d, e.body.usage);
      return;
    case 'mode_changed':
      finish(d, e, 'model', (i) => ({ ...i, refused: true }));
      add(d, e, { kind: 'mode', ...base(e), body: e.body });
      return;
    case 'calls_made':
      add(d, e, { kind: 'calls', ...base(e), body: e.body });
      return;
    case 'context_compacted':
      finish(d, e, 'model', (i) => ({ ...i, refused: true })); // if a call was refused for its length
      add(d, e, { kind: 'compact', ...base(e), body: e.body });
      return;
    case 'compaction_undone':
      add(d, e, { kind: 'unfold', ...base(e) });
      d.unfolded = e.seq;
      return;
    case 'plan_made':
    case 'plan_edited': {
      const edited = e.kind === 'plan_edited';
      add(d, e, { kind: 'plan', ...base(e), body: e.body, edited });
      d.plan = e.body.plan ? { text: e.body.plan, seq: e.seq, edited } : undefined;
      return;
    }
    case 'user_steered': {
      const said: SaidItem = { kind: 'said', ...base(e), text: e.body.text };
      if (e.body.for) said.for = e.body.for;
      add(d, e, said);
      return;
    }
    case 'answer_checked':
      add(d, e, { kind: 'check', ...base(e), body: e.body });
      return;
    case 'code_started':
      add(d, e, { kind: 'code', ...base(e), start: e.body });
      return;
    case 'code_finished':
      finish(d, e, 'code', (i) => ({ ...i, done: e.body }));
      return;
    case 'tool_started':
      add(d, e, { kind: 'tool', ...base(e), start: e.body });
      return;
    case 'tool_finished':
      finish(d, e, 'tool', (i) => ({ ...i, done: e.body }));
      return;
    case 'reply_unusable':
      add(d, e, { kind: 'nudge', ...base(e), body: e.body });
      return;
    case 'loop_noticed':
      add(d, e, { kind: 'loop', ...base(e), body: e.body });
      return;
    case 'question_asked': {
      const q: QuestionItem = { kind: 'question', ...base(e), question: e.body.question };
      if (e.body.agent) q.agent = e.body.agent;
      add(d, e, q);
      d.waiting = q;
      return;
    }
    case 'question_answered':
      finish(d, e, 'question', (i) => ({ ...i, answer: e.body.answer, answeredAt: e.at }));
      d.waiting = undefined;
      return;
    case 'permission_asked': {
      const p: PermissionItem = { kind: 'permission', ...base(e), body: e.body };
      add(d, e, p);
      d.waiting = p;
      return;
    }
    case 'permission_decided':
      finish(d, e, 'permission', (i) => ({ ...i, decided: e.body, decidedAt: e.at }));
      d.waiting = undefined;
      return;
    case 'fetch_started':
      add(d, e, { kind: 'fetch', ...base(e), start: e.body });
      return;
    case 'fetch_finished':
      finish(d, e, 'fetch', (i) => ({ ...i, done: e.body }));
      return;
    case 'artefact_saved':
      add(d, e, { kind: 'artefact', ...base(e), body: e.body });
      if (!e.body.whole) d.artefacts = [...d.artefacts.filter((a) => a.name !== e.body.name), e.body];
      return;
    case 'run_finished':
      end(d, e, e.body.status, { kind: 'finished', at: e.at, body: e.body });
      return;
    case 'run_failed':
      end(d, e, 'failed', { kind: 'failed', at: e.at, body: e.body });
      return;
    case 'run_stopped':
      end(d, e, 'stopped', { kind: 'stopped', at: e.at, durationMS: e.body.duration_ms });
      return;
    case 'agent_finished': {
      const { fault, status, answer, text = '', unmet, steps, usage, duration_ms } = e.body;
      if (status === 'failed' && fault) end(d, e, status, { kind: 'failed', at: e.at, body: { fault, duration_ms } });
      else if (status === 'stopped') end(d, e, status, { kind: 'stopped', at: e.at, durationMS: duration_ms });
      else {
        const body: RunFinished = { status, text, steps, usage, duration_ms };
        if (answer) body.answer = answer;
        if (unmet) body.unmet = unmet;
        end(d, e, status, { kind: 'finished', at: e.at, body });
      }
      return;
    }
    case 'run_interrupted':
      end(d, e, 'interrupted', { kind: 'interrupted', at: e.at });
      return;
    default: {
      const newer = e as Event & { kind: string };
      add(d, newer, { kind: 'unknown', ...base(newer), name: newer.kind });
    }
  }
}

function base(e: Event) {
  return { seq: e.seq, span: e.span, at: e.at };
}

function last(d: Draft): StepView | undefined {
  return d.steps[d.steps.length - 1];
}

/** A span before the first step is the run's own. */
function belongsToRun(d: Draft, e: Event): boolean {
  const first = d.steps[0];
  return first !== undefined && e.span < first.seq;
}

function openStep(d: Draft, e: Event, number: number, role: StepView['role']) {
  closeLast(d);
  const step: StepView = { number, role, seq: e.seq, at: e.at, lastAt: e.at, items: [], events: [], closed: false };
  write(d).push(role === 'step' ? { ...step, events: [e] } : step);
}

function closeLast(d: Draft) {
  const s = last(d);
  if (s && !s.closed) write(d)[d.steps.length - 1] = { ...s, closed: true };
}

/** The steps, copied once per fold. */
function write(d: Draft): StepView[] {
  if (!d.fresh.has(d.steps)) {
    d.steps = [...d.steps];
    d.fresh.add(d.steps);
  }
  return d.steps as StepView[];
}

/** Puts an item into the step that its span lies in, or into the current one. */
function add(d: Draft, e: Event, item: Item) {
  if (d.steps.length === 0) openStep(d, e, 0, 'opening');
  change(d, stepOf(d, e.span), e, (items) => [...items, item]);
}

type Done<K extends Item['kind']> = (item: Extract<Item, { kind: K }>) => Item;

/** Closes the item that the event's span names; failing that, the last open one of its kind in the step. */
function finish<K extends Item['kind']>(d: Draft, e: Event, kind: K, done: Done<K>) {
  if (d.steps.length === 0) return;
  change(d, stepOf(d, e.span), e, (items) => {
    const exact = items.findIndex((i) => i.kind === kind && i.seq === e.span);
    const at = exact >= 0 ? exact : items.findLastIndex((i) => i.kind === kind && isOpen(i));
    if (at < 0) return items;
    return items.with(at, done(items[at] as Extract<Item, { kind: K }>));
  });
}

export function isOpen(i: Item): boolean {
  if (i.kind === 'model') return i.done === undefined && !i.refused;
  if (i.kind === 'code' || i.kind === 'tool' || i.kind === 'fetch') return i.done === undefined;
  if (i.kind === 'permission') return i.decided === undefined;
  return i.kind === 'question' && i.answer === undefined;
}

/** Steps follow each other, so a span lies in the last step that began at or before it. */
function stepOf(d: Draft, span: number): number {
  let lo = 0;
  let hi = d.steps.length - 1;
  const first = d.steps[0];
  if (!first || span < first.seq) return hi;
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1;
    if ((d.steps[mid] as StepView).seq <= span) lo = mid;
    else hi = mid - 1;
  }
  return lo;
}

function change(d: Draft, index: number, e: Event, items: (i: readonly Item[]) => readonly Item[]) {
  const s = d.steps[index];
  if (!s) return;
  write(d)[index] = {
    ...s,
    items: items(s.items),
    events: [...s.events, e],
    lastAt: Math.max(s.lastAt, e.at),
  };
}

function end(d: Draft, e: Event, status: RunView['status'], ending: Ending) {
  closeLast(d);
  d.status = status;
  d.waiting = undefined;
  d.ending = ending;
  d.lastAt = e.at;
}
