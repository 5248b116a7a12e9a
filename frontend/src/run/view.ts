import type {
  AgentStarted,
  AnswerChecked,
  ArtefactSaved,
  CallsMade,
  CodeFinished,
  CodeStarted,
  ContextCompacted,
  Event,
  FetchFinished,
  FetchStarted,
  LoopNoticed,
  ModeChanged,
  ModelDelayed,
  ModelFinished,
  ModelStarted,
  PermissionAsked,
  PermissionDecided,
  PlanEdited,
  PlanMade,
  ReplyUnusable,
  RunFailed,
  RunFinished,
  RunForked,
  RunID,
  RunStarted,
  RunStatus,
  ToolFinished,
  ToolStarted,
  Usage,
} from '../bridge/api.gen';

/** What a run looks like: the fold of its events. Everything is immutable; what did not change keeps its identity. */
export interface RunView {
  id: RunID;
  started?: RunStarted;
  startedAt: number;
  /** it goes on from another run, whose steps come first */
  forked?: RunForked;
  status: RunStatus;
  steps: readonly StepView[];
  artefacts: readonly ArtefactSaved[];
  /** what the run waits for: a question, or a permission */
  waiting?: QuestionItem | PermissionItem;
  /** the plan that holds now */
  plan?: Plan;
  /** up to this event, the model was told what the user said */
  heard: number;
  /** since when the model is told folded steps whole again: the event's seq; 0 if nobody wanted that */
  unfolded: number;
  ending?: Ending;
  usage: Usage;
  lastSeq: number;
  lastAt: number;
  /** calls of agents of its team, at all depths, by the seq of their agent_started */
  agents: ReadonlyMap<number, AgentView>;
  /** the call that a span lies in; none for the run's own spans */
  owners: ReadonlyMap<number, number>;
}

/** One call of an agent of the team. What the agent did looks like a run. */
export interface AgentView {
  seq: number;
  /** seq of the call: a tool item of the step of its manager */
  call: number;
  /** the call that its manager's steps belong to; 0 for the run's own agent */
  parent: number;
  start: AgentStarted;
  view: RunView;
}

export interface Plan {
  text: string;
  seq: number;
  /** the user wrote it */
  edited: boolean;
}

export type Ending =
  | { kind: 'finished'; at: number; body: RunFinished }
  | { kind: 'failed'; at: number; body: RunFailed }
  | { kind: 'stopped'; at: number; durationMS: number }
  | { kind: 'interrupted'; at: number };

export interface StepView {
  /** from 1; 0 for what happens outside the steps: the best answer after the last one, or work before the first */
  number: number;
  role: 'step' | 'closing' | 'opening';
  seq: number;
  at: number;
  /** of the last event in it */
  lastAt: number;
  items: readonly Item[];
  events: readonly Event[];
  /** the next step, or the end, has come */
  closed: boolean;
}

interface Base {
  seq: number;
  span: number;
  at: number;
}
export interface ModelItem extends Base {
  kind: 'model';
  start: ModelStarted;
  /** the waits before it was asked (again) */
  delays?: readonly Delay[];
  done?: ModelFinished;
  /** the model would not act in the way that it was asked for; it was asked for another */
  refused?: boolean;
}
/** tool calls of the model's own; each is a tool or code item as well */
export interface CallsItem extends Base {
  kind: 'calls';
  body: CallsMade;
}
export interface ModeItem extends Base {
  kind: 'mode';
  body: ModeChanged;
}
export interface Delay extends ModelDelayed {
  at: number;
}
export interface CompactItem extends Base {
  kind: 'compact';
  body: ContextCompacted;
}
/** a person wants the model to be told all steps whole again */
export interface UnfoldItem extends Base {
  kind: 'unfold';
}
export interface PlanItem extends Base {
  kind: 'plan';
  body: PlanMade | PlanEdited;
  edited: boolean;
}
/** what the user told the agent while it ran */
export interface SaidItem extends Base {
  kind: 'said';
  text: string;
  /** the called agent that it was said to, and that ended before it read it */
  for?: string;
}
export interface CheckItem extends Base {
  kind: 'check';
  body: AnswerChecked;
}
export interface CodeItem extends Base {
  kind: 'code';
  start: CodeStarted;
  done?: CodeFinished;
}
export interface ToolItem extends Base {
  kind: 'tool';
  start: ToolStarted;
  done?: ToolFinished;
}
export interface QuestionItem extends Base {
  kind: 'question';
  question: string;
  /** name of the called agent that asks; none for the run's own */
  agent?: string;
  answer?: string;
  answeredAt?: number;
}
export interface PermissionItem extends Base {
  kind: 'permission';
  body: PermissionAsked;
  decided?: PermissionDecided;
  decidedAt?: number;
}
export interface FetchItem extends Base {
  kind: 'fetch';
  start: FetchStarted;
  done?: FetchFinished;
}
export interface NudgeItem extends Base {
  kind: 'nudge';
  body: ReplyUnusable;
}
export interface LoopItem extends Base {
  kind: 'loop';
  body: LoopNoticed;
}
export interface ArtefactItem extends Base {
  kind: 'artefact';
  body: ArtefactSaved;
}
export interface ForkItem extends Base {
  kind: 'fork';
  body: RunForked;
}
export interface UnknownItem extends Base {
  kind: 'unknown';
  name: string;
}
export type Item =
  | ModelItem
  | CallsItem
  | ModeItem
  | CheckItem
  | PlanItem
  | SaidItem
  | UnfoldItem
  | CompactItem
  | CodeItem
  | ToolItem
  | QuestionItem
  | PermissionItem
  | FetchItem
  | NudgeItem
  | LoopItem
  | ArtefactItem
  | ForkItem
  | UnknownItem;
