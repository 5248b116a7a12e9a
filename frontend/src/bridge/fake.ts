import type {
  Agent,
  Event,
  FileInfo,
  Job,
  Kind,
  Lack,
  Live,
  PackageList,
  Page,
  Permission,
  ProviderModels,
  Run,
  RunID,
  Settings,
  Status,
  VariableQuery,
  Verdict,
} from './api.gen';
import { agents, defaultImports, models, packages, samples, settings, status, tools } from './fake-data';
import { Fault } from './fault';
import type { Api, Events, Host } from './host';

/** A run as the fixtures hold it. */
export interface FakeRun {
  run: Run;
  events: Event[];
}

/** What a script can do while the window looks on. */
export interface Script {
  run: RunID;
  /** Records an event and gives its seq, which is the span that it opens. */
  record(span: number, kind: Kind, body: unknown): number;
  live(l: Omit<Live, 'run'>): void;
  /** Waits until the user answers the open question. */
  answered(): Promise<string>;
  sleep(ms: number): Promise<void>;
  stopped(): boolean;
}

export interface FakeOptions {
  runs?: FakeRun[];
  agents?: Agent[];
  /** what exported agents hold, and what of it is not here */
  agentFile?: Agent;
  lacks?: Lack[];
  permissions?: Permission[];
  packages?: PackageList;
  models?: ProviderModels[];
  status?: Partial<Status>;
  settings?: Partial<Settings>;
  web?: boolean;
  /** events per page of RunEvents: small, so that paging is exercised */
  page?: number;
  /** what happens when a task is started */
  onStart?: (s: Script) => Promise<void>;
  /** what artefacts hold, by name; otherwise a bar chart */
  artefacts?: Record<string, string>;
  /** pages of variables */
  pageOf?: (q: VariableQuery) => Page | undefined;
  /** calls that fail, by method */
  faults?: Partial<Record<keyof Api, Fault>>;
}

/**
 * Go, played by a script: for tests, and for `npm run dev` without the program. It keeps runs, agents and settings in
 * memory, and records what was called.
 */
export class Fake implements Host {
  web: boolean;
  api: Api;
  calls: [string, ...unknown[]][] = [];
  runs = new Map<RunID, FakeRun>();
  status: Status;
  settings: Settings;
  agents: Agent[];
  permissions: Permission[];
  packages: PackageList;
  jobs: Job[] = [];
  keys = new Map<string, string>();
  faults: Partial<Record<keyof Api, Fault>>;
  private listeners = new Map<string, Set<(p: never) => void>>();
  private waiting = new Map<RunID, (answer: string) => void>();
  private stops = new Set<RunID>();
  private next = 1;

  constructor(private o: FakeOptions = {}) {
    this.web = o.web ?? false;
    this.status = { ...status, ...o.status };
    this.settings = { ...structuredClone(settings), ...o.settings };
    this.agents = structuredClone(o.agents ?? agents);
    this.packages = structuredClone(o.packages ?? packages);
    this.permissions = structuredClone(o.permissions ?? []);
    this.faults = o.faults ?? {};
    for (const r of o.runs ?? []) this.runs.set(r.run.id, structuredClone(r));
    this.api = this.methods();
  }

  on<K extends keyof Events>(name: K, fn: (p: Events[K]) => void): () => void {
    const set = this.listeners.get(name) ?? new Set();
    set.add(fn as (p: never) => void);
    this.listeners.set(name, set);
    return () => set.delete(fn as (p: never) => void);
  }

  emit<K extends keyof Events>(name: K, payload: Events[K]) {
    for (const fn of this.listeners.get(name) ?? []) (fn as (p: Events[K]) => void)(payload);
  }

  async upload(files: File[]): Promise<FileInfo[]> {
    this.calls.push(['upload', ...files.map((f) => f.name)]);
    return files.map((f) => inspect(`/uploads/${f.name}`, '', f.size));
  }

  artefactURL(run: string, name: string) {
    return `#${run}/${name}`;
  }

  /** Adds an event to a run as Go would: recorded first, then signalled. */
  record(run: RunID, span: number, kind: Kind, body: unknown, at = Date.now()): number {
    const r = this.find(run);
    const seq = r.events.length + 1;
    r.events.push({ run, seq, span, at, kind, body } as Event);
    project(r.run, r.events[seq - 1] as Event);
    this.emit('run', { run, seq });
    return seq;
  }

  /** What VerifyRun says, where it is not that all is as it was. */
  verdict: Partial<Verdict> = {};

  /** Starts a job, or lets one go on, as Go would. */
  job(j: Job): Job {
    this.jobs = [j, ...this.jobs.filter((x) => x.id !== j.id && !(x.kind === j.kind && x.model === j.model))];
    this.emit('job', j);
    return { ...j };
  }

  private begin(kind: Job['kind'], model: string): Job {
    const id = `job-${this.next++}`;
    return this.job({ id, kind, model, state: 'running', done: 0, total: 0, started_at: Date.now() });
  }

  private find(id: RunID): FakeRun {
    const r = this.runs.get(id);
    if (!r)
      throw new Fault(
        'not_found',
        'There is no such run',
        `No run is called ${id}.`,
        'Look for it in the list of runs.',
      );
    return r;
  }

  private parentOf(r: Run) {
    const parent = r.parent ? this.runs.get(r.parent) : undefined;
    return parent && { parent_title: parent.run.title };
  }

  private start(task: string, agent: string, model: string): Run {
    const id = `01FAKE${String(this.next++).padStart(20, '0')}`;
    const run: Run = {
      id,
      title: task.split('\n')[0] ?? '',
      task,
      agent: agent || this.settings.default_agent,
      model: model || this.settings.default_model,
      status: 'running',
      started_at: Date.now(),
      duration_ms: 0,
      steps: 0,
      usage: { input_tokens: 0, output_tokens: 0 },
      last_seq: 0,
    };
    this.runs.set(id, { run, events: [] });
    this.record(id, 0, 'run_started', {
      task,
      agent: run.agent,
      model: run.model,
      system: '…',
      max_steps: 20,
      options: {},
    });
    void this.o.onStart?.({
      run: id,
      record: (span, kind, body) => this.record(id, span, kind, body),
      live: (l) => this.emit('live', { run: id, ...l }),
      answered: () => new Promise((done) => this.waiting.set(id, done)),
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
      stopped: () => this.stops.has(id),
    });
    return { ...run };
  }

  private methods(): Api {
    const api: Api = {
      Start: async (r) => this.start(r.task, r.draft?.name ?? r.agent ?? '', r.draft?.model || r.model || ''),
      StartSample: async (id, model) => this.start(samples.find((s) => s.id === id)?.task ?? '', '', model),
      Stop: async (id) => {
        this.stops.add(id);
        if (this.find(id).run.status === 'running') this.record(id, 1, 'run_stopped', { duration_ms: 0 });
      },
      TryNow: async () => {},
      Steer: async (id, call, text) => {
        this.record(id, call || 1, 'user_steered', { text });
      },
      UndoCompaction: async (id, call) => {
        this.record(id, call || 1, 'compaction_undone', {});
      },
      EditPlan: async (id, plan) => {
        this.record(id, 1, 'plan_edited', { plan });
      },
      Answer: async (id, answer) => {
        const open = this.find(id).events.findLast((e) => e.kind === 'question_asked');
        this.record(id, open?.seq ?? 1, 'question_answered', { answer });
        this.waiting.get(id)?.(answer);
      },
      Decide: async (id, asked, allow, lasts) => {
        const open = this.find(id).events.find((e) => e.seq === asked);
        if (open?.kind !== 'permission_asked') throw new Fault('conflict', 'The run does not wait for this decision');
        const { scope } = open.body;
        this.record(id, asked, 'permission_decided', { scope, allow, for: lasts, by: 'user' });
        this.waiting.get(id)?.(allow ? 'yes' : 'no');
      },
      Runs: async (q) => {
        const words = (q.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
        const hits = [...this.runs.values()]
          .map((r) => r.run)
          .filter((r) => !q.status || r.status === q.status)
          .filter((r) => !q.parent || r.parent === q.parent)
          .filter((r) => !q.tag || r.tags?.includes(q.tag))
          .filter((r) => words.every((w) => `${r.task} ${r.answer ?? ''}`.toLowerCase().includes(w)))
          .sort((a, b) => b.started_at - a.started_at);
        const rest = q.before ? hits.slice(hits.findIndex((r) => r.id === q.before) + 1) : hits;
        const runs = rest
          .slice(0, q.limit || 100)
          .map((r) => ({ ...r, snippet: words[0] ? mark(r.task, words[0]) : '', ...this.parentOf(r) }));
        return { runs, total: hits.length };
      },
      Run: async (id) => ({ ...this.find(id).run }),
      RunEvents: async (id, after) => {
        const all = this.find(id).events;
        const events = all.slice(after, after + (this.o.page ?? 500));
        const last = events.at(-1)?.seq ?? after;
        return { events: structuredClone(events), last, more: last < all.length };
      },
      DeleteRun: async (id) => void this.runs.delete(this.find(id).run.id),
      RunText: async (id, form) =>
        form === 'py' ? `# Task: ${this.find(id).run.task}\n` : JSON.stringify({ run: id, form }),
      VerifyRun: async (id) => {
        const steps = this.find(id).events.filter((e) => e.kind === 'step_started');
        const same = steps.map((e) => ({ step: e.body.number, same: true }));
        return { run: id, same: true, steps: same, ...this.verdict };
      },
      TagRun: async (id, tags) => {
        this.find(id).run.tags = tags;
      },
      Artefact: async (run, name) => {
        const saved = this.runs
          .get(run)
          ?.events.findLast((e) => e.kind === 'artefact_saved' && (e.body.name === name || e.body.blob === name));
        const file = saved?.kind === 'artefact_saved' ? saved.body : undefined;
        const content = this.o.artefacts?.[file?.name ?? name] ?? chart;
        return { name, media_type: file?.media_type ?? 'text/plain', size: content.length, base64: btoa(content) };
      },
      Variable: async (_, q) => {
        const page = this.o.pageOf?.(q);
        if (!page) throw new Fault('not_found', `There is no ${q.name} at this place`);
        return page;
      },
      Models: async () => structuredClone(this.o.models ?? models),
      TestProvider: async (p) => ({ provider: p, models: models[0]?.models ?? [] }),
      PullModel: async (name) => this.begin('pull', name.startsWith('ollama/') ? name : `ollama/${name}`),
      CheckModel: async (model) => this.begin('check', model),
      Jobs: async () => structuredClone(this.jobs),
      CancelJob: async (id) => {
        const j = this.jobs.find((x) => x.id === id);
        if (j) this.job({ ...j, state: 'cancelled' });
      },
      DismissJob: async (id) => {
        this.jobs = this.jobs.filter((j) => j.id !== id);
      },
      DeleteModel: async () => {},
      Settings: async () => structuredClone(this.settings),
      SaveSettings: async (s) => {
        this.settings = structuredClone(s);
      },
      SetKey: async (p, key) => {
        if (key) this.keys.set(p, key);
        else this.keys.delete(p);
        for (const x of this.settings.providers ?? []) if (x.name === p) x.has_key = key !== '';
      },
      Agents: async () => structuredClone(this.agents),
      SaveAgent: async (a) => {
        this.agents = [...this.agents.filter((x) => x.name !== a.name), a];
      },
      RenameAgent: async (name, to) => {
        for (const a of this.agents) if (a.name === name) a.name = to;
      },
      DeleteAgent: async (name) => {
        this.agents = this.agents.filter((a) => a.name !== name);
      },
      ExportAgent: async (name) => ({ file: `${name}.sandglass-agent.json`, text: `{"name": "${name}"}` }),
      ReadAgentFile: async (path) => {
        const found = this.o.agentFile ?? { name: path.split('/').at(-1) ?? '', tools: [], options: {} };
        const taken = this.agents.some((a) => a.name === found.name);
        return { agent: found, taken, free: taken ? `${found.name} 2` : found.name, lacks: this.o.lacks ?? [] };
      },
      ImportAgent: async (path, name, replace) => {
        const a = { ...(await api.ReadAgentFile(path)).agent };
        a.name = name || a.name;
        if (this.agents.some((x) => x.name === a.name) && !replace) throw new Fault('conflict', 'It is there already');
        this.agents = [...this.agents.filter((x) => x.name !== a.name), a];
        return a;
      },
      PickAgentFiles: async () => [inspect('/home/me/reader.sandglass-agent.json', '', 400)],
      SaveAgentFile: async (name) => `/home/me/${name}.sandglass-agent.json`,
      Permissions: async () => structuredClone(this.permissions),
      Revoke: async (kind, value, agent) => {
        this.permissions = this.permissions.filter(
          (p) => p.kind !== kind || p.value !== value || (p.agent ?? '') !== agent,
        );
      },
      Tools: async () => structuredClone(tools),
      Prompts: async (a) =>
        ['code', 'tools', 'plan', 'replan', 'final'].map((name) => {
          const standard = name === 'code' ? 'Act.\n{{.Tools}}' : `The ${name} prompt.`;
          const preview = (a.prompts?.[name] ?? standard).replace('{{.Tools}}', 'def f(): ...');
          const placeholders = name === 'code' ? { placeholders: ['Tools', 'Imports'] } : {};
          return { name, default: standard, preview, tokens: Math.ceil(preview.length / 3.5), ...placeholders };
        }),
      DefaultImports: async () => [...defaultImports],
      Packages: async () => structuredClone(this.packages),
      AddPackage: async (path, everyone) => {
        const name = (path.split('/').at(-1) ?? path).split('-')[0] ?? path;
        const added = { name, version: '1.0', modules: [name], size: 1000, everyone, added: 1, sha256: 'f00d' };
        this.packages.added = [...(this.packages.added ?? []).filter((p) => p.name !== name), added];
        return added;
      },
      SetPackage: async (name, everyone) => {
        for (const p of this.packages.added ?? []) if (p.name === name) p.everyone = everyone;
      },
      RemovePackage: async (name) => {
        this.packages.added = (this.packages.added ?? []).filter((p) => p.name !== name);
      },
      PickWheels: async () => [inspect('/home/me/shout-1.0-py3-none-any.whl', '', 1000)],
      Samples: async () => structuredClone(samples),
      InspectFiles: async (refs) => refs.map((r) => inspect(r.path, r.var ?? '', 61_204)),
      Status: async () => structuredClone(this.status),
      PickFiles: async () =>
        this.web
          ? Promise.reject(new Fault('invalid_input', 'no dialog here'))
          : [inspect('/home/me/sales.csv', '', 61_204)],
      SetUnsaved: async () => {},
      OpenExternal: async () => {},
      SaveArtefact: async () => {},
    };
    return new Proxy(api, {
      get:
        (target, name: keyof Api) =>
        async (...args: unknown[]) => {
          this.calls.push([name, ...args]);
          const fault = this.faults[name];
          if (fault) throw fault;
          return (target[name] as (...a: unknown[]) => Promise<unknown>)(...args);
        },
    });
  }
}

function inspect(path: string, name: string, size: number): FileInfo {
  const file = path.split('/').at(-1) ?? path;
  const info: FileInfo = {
    path,
    name: file,
    var: name || (file.split('.')[0] ?? 'file').replace(/\W+/g, '_'),
    size,
    media_type: file.endsWith('.csv') ? 'text/csv' : 'application/octet-stream',
  };
  if (file.endsWith('.csv')) Object.assign(info, { rows: 1204, encoding: 'utf-8', delimiter: ';' });
  if (file.endsWith('.exe')) {
    info.fault = {
      code: 'invalid_input',
      message: 'This file cannot be used',
      why: 'It is a program.',
      do: 'Choose a document or a table.',
    };
  }
  return info;
}

function mark(text: string, word: string): string {
  const i = text.toLowerCase().indexOf(word);
  return i < 0
    ? text
    : `${text.slice(0, i)}\ue000${text.slice(i, i + word.length)}\ue001${text.slice(i + word.length)}`;
}

/** The run's row, as far as the list shows it. */
function project(r: Run, e: Event) {
  r.last_seq = e.seq;
  r.duration_ms = e.at - r.started_at;
  if (e.kind === 'step_started') r.steps = e.body.number;
  if (e.kind === 'question_asked' || e.kind === 'permission_asked') r.waiting = true;
  if (e.kind === 'question_answered' || e.kind === 'permission_decided') r.waiting = false;
  if (e.kind === 'run_finished') Object.assign(r, { status: e.body.status, answer: e.body.text, finished_at: e.at });
  if (e.kind === 'run_failed') Object.assign(r, { status: 'failed', fault: e.body.fault, finished_at: e.at });
  if (e.kind === 'run_stopped') Object.assign(r, { status: 'stopped', finished_at: e.at });
}

const bars = [48.2, 41, 39.9, 12.7];
const chart = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 240" width="520" height="240"><rect width="520" height="240" fill="#fff"/><g font-family="sans-serif" font-size="12" fill="#555">${bars
  .map((v, i) => {
    const x = 60 + i * 115;
    const h = v * 3.6;
    const label = ['South', 'North', 'West', 'East'][i];
    return `<rect x="${x}" y="${200 - h}" width="70" height="${h}" rx="3" fill="#a8651b" opacity="${1 - i * 0.18}"/><text x="${x + 35}" y="220" text-anchor="middle">${label}</text>`;
  })
  .join('')}<path d="M40 200.5h450" stroke="#bbb"/></g></svg>`;
