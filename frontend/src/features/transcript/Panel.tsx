import { Tabs } from 'radix-ui';
import { useMemo, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import type { Budget } from '../../bridge/api.gen';
import { codes, stepTimes } from '../../run/derive';
import type { ModelItem, RunView, StepView } from '../../run/view';
import { S } from '../../strings';
import { CopyButton } from '../../ui/CopyButton';
import { bytes, context, count, dollars, duration, full, modelName } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { fileIcon } from '../compose/FileChips';
import { Files } from './EndingView';
import { Variables } from './Variables';

/** What stands behind the step in view: its figures, the run's files, the events as they are recorded. */
export function Panel({ view, step, of, onBack }: PanelProps) {
  const [tab, setTab] = useState('step');
  return (
    <aside className="panel" aria-label={S.run.panel}>
      <Tabs.Root value={tab} onValueChange={setTab} className="panel-tabs">
        <Tabs.List className="tabs" aria-label={S.run.panel}>
          {(['step', 'variables', 'files', 'raw'] as const).map((t) => (
            <Tabs.Trigger key={t} value={t} className="tab">
              {S.run.tabs[t]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {of && (
          <p className="row between panel-of">
            <b className="mono">{of}</b>
            <button type="button" className="link" onClick={onBack}>
              {S.team.back}
            </button>
          </p>
        )}
        <Tabs.Content value="step" className="panel-body">
          {step && <StepFacts step={step} />}
          <RunFacts view={view} />
        </Tabs.Content>
        <Tabs.Content value="variables" className="panel-body">
          <Variables view={view} step={step} />
        </Tabs.Content>
        <Tabs.Content value="files" className="panel-body">
          <RunFiles view={view} />
        </Tabs.Content>
        <Tabs.Content value="raw" className="panel-body">
          <Raw step={step} />
        </Tabs.Content>
      </Tabs.Root>
    </aside>
  );
}

interface PanelProps {
  view: RunView;
  step: StepView | undefined;
  /** the called agent whose step it is; none for the run's own */
  of?: string;
  onBack?: () => void;
}

type Fact = [label: string, value: string | number | false | undefined];

function Facts({ title, facts }: { title: string; facts: Fact[] }) {
  return (
    <section className="facts">
      <h3 className="eyebrow">{title}</h3>
      <dl>
        {facts
          .filter(([, v]) => v !== false && v !== undefined && v !== '')
          .map(([k, v]) => (
            <div key={k}>
              <dt>{k}</dt>
              <dd className="num">{v}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function StepFacts({ step }: { step: StepView }) {
  const model = step.items.findLast((i): i is ModelItem => i.kind === 'model');
  const done = model?.done;
  const code = codes(step).at(-1)?.done;
  const f = S.run.facts;
  const tokens = (n: number | undefined) => (n ? S.tokens(n) : undefined);
  return (
    <Facts
      title={step.number > 0 ? S.run.step(step.number) : step.role === 'closing' ? S.run.closing : S.run.preparing}
      facts={[
        [f.started, full(step.at)],
        [f.model, model && modelName(model.start.model)],
        [f.prompt, tokens(done?.usage.input_tokens)],
        [f.cached, tokens(done?.usage.cached_tokens)],
        [f.parts, model?.start.budget && parts(model.start.budget)],
        [f.context, model?.start.budget?.limit && contextOf(model.start.budget)],
        [f.reply, tokens(done?.usage.output_tokens)],
        [f.cost, done?.usage.cost && dollars(done.usage.cost)],
        [f.loading, done?.load_ms && duration(done.load_ms)],
        [f.reading, done?.prompt_ms && duration(done.prompt_ms)],
        [f.writing, done?.output_ms && duration(done.output_ms)],
        [
          f.speed,
          done?.output_ms &&
            done.usage.output_tokens > 0 &&
            f.speedOf(Math.round((done.usage.output_tokens / done.output_ms) * 1000)),
        ],
        [f.finish, done && (S.run.finish[done.finish] ?? done.finish)],
        [f.code, code && duration(code.duration_ms)],
      ]}
    />
  );
}

/** How long a prompt is, by part, as estimated before it was sent. */
function parts(b: Budget): string {
  const p = S.run.parts;
  const all: [string, number | undefined][] = [
    [p.system, b.system],
    [p.tools, b.tools],
    [p.task, b.task],
    [p.plan, b.plan],
    [p.steps, b.steps],
  ];
  const total = all.reduce((sum, [, n]) => sum + (n ?? 0), 0);
  const list = all.flatMap(([name, n]) => (n ? [`${name} ${count(n)}`] : [])).join(', ');
  return b.limit ? `${list} · ${p.of(Math.round((total / b.limit) * 100), count(b.limit))}` : list;
}

/** The size of the context that a call had, of what the model reads at most, and its memory. */
function contextOf(b: Budget): string {
  const p = S.run.parts;
  return [
    b.most && b.most !== b.limit ? p.contextOf(count(b.limit ?? 0), count(b.most)) : p.context(count(b.limit ?? 0)),
    b.bytes && p.memory(bytes(b.bytes)),
    b.asked && p.asked(count(b.asked)),
  ]
    .filter(Boolean)
    .join(', ');
}

/** The modules of a run in few words: those that every agent may import count as one. */
export function importsTold(imports: string[], usual: string[]): string {
  if (usual.length === 0 || !usual.every((m) => imports.includes(m))) return imports.join(', ');
  const more = imports.filter((m) => !usual.includes(m));
  return [S.run.facts.usualImports(usual.length), ...more].join(', ');
}

/** Where a run's time went, and how fast its model wrote: of its own agent's steps. */
function runTimes(view: RunView) {
  const sum = { model: 0, code: 0, written: 0, writing: 0 };
  for (const step of view.steps) {
    const t = stepTimes(step);
    sum.model += t.model;
    sum.code += t.code;
    for (const i of step.items) {
      if (i.kind !== 'model' || !i.done?.output_ms) continue;
      sum.written += i.done.usage.output_tokens;
      sum.writing += i.done.output_ms;
    }
  }
  return { ...sum, speed: sum.writing > 0 ? Math.round((sum.written / sum.writing) * 1000) : 0 };
}

function RunFacts({ view }: { view: RunView }) {
  const s = view.started;
  const usual = useResource(useDesk().imports).data ?? [];
  const f = S.run.facts;
  const t = useMemo(() => runTimes(view), [view]);
  if (!s) return null;
  const o = s.options;
  const settings = [
    o.temperature !== undefined && `temperature ${o.temperature}`,
    o.seed !== undefined && `seed ${o.seed}`,
    o.context_tokens && `${context(o.context_tokens)} context`,
    o.max_tokens && `${S.tokens(o.max_tokens)} per reply`,
    o.think && `thinking ${o.think}`,
    o.stop && `stop at ${o.stop.map((s) => JSON.stringify(s)).join(' ')}`,
    o.keep_alive && `kept loaded ${o.keep_alive}`,
    `${S.steps(s.max_steps)} at most`,
  ].filter(Boolean);
  return (
    <Facts
      title={f.run}
      facts={[
        [f.agent, s.agent],
        [f.model, s.model],
        [f.started, full(view.startedAt)],
        [f.prompt, view.usage.input_tokens > 0 && `${count(view.usage.input_tokens)} tokens`],
        [f.cached, !!view.usage.cached_tokens && `${count(view.usage.cached_tokens)} tokens`],
        [f.reply, view.usage.output_tokens > 0 && `${count(view.usage.output_tokens)} tokens`],
        [f.cost, !!view.usage.cost && dollars(view.usage.cost)],
        [f.speed, t.speed > 0 && f.speedOf(t.speed)],
        [f.modelTime, t.model > 0 && duration(t.model)],
        [f.codeTime, t.code > 0 && duration(t.code)],
        [f.settings, settings.join(', ')],
        [f.tools, s.tools?.join(', ')],
        [f.team, s.team?.map((m) => `${m.name} (${m.model ? modelName(m.model) : m.agent})`).join(', ')],
        [f.imports, s.imports && importsTold(s.imports, usual)],
        [f.version, s.app && `Sandglass ${s.app}`],
      ]}
    />
  );
}

function RunFiles({ view }: { view: RunView }) {
  const inputs = view.started?.files ?? [];
  const written = view.artefacts.filter((a) => !a.displayed);
  const displayed = view.artefacts.filter((a) => a.displayed);
  if (inputs.length === 0 && view.artefacts.length === 0) return <p className="muted">{S.run.noFiles}</p>;
  return (
    <div className="stack">
      {inputs.length > 0 && (
        <section className="stack">
          <h3 className="eyebrow">{S.run.inputs}</h3>
          {inputs.map((i) => (
            <div key={i.path} className="input-file">
              <span className="row">
                <Icon name={fileIcon(i.media_type ?? '')} size={14} /> <b className="clip">{i.name}</b>
                <span className="muted num">{bytes(i.size)}</span>
              </span>
              <span className="muted">
                <code>{i.var}</code> = <code>{i.path}</code>
              </span>
              {i.hint && <pre className="hint-text">{i.hint}</pre>}
            </div>
          ))}
        </section>
      )}
      {written.length > 0 && <Files run={view.id} files={written} />}
      {displayed.length > 0 && <Files run={view.id} files={displayed} title={S.run.displayed} />}
    </div>
  );
}

function Raw({ step }: { step: StepView | undefined }) {
  const text = useMemo(() => (step ? step.events.map((e) => JSON.stringify(e, null, 1)).join('\n') : ''), [step]);
  if (!step) return <p className="muted">{S.run.rawEmpty}</p>;
  return (
    <div className="stack">
      <CopyButton className="small" wide text={text} label={S.run.copyRaw} />
      <pre className="raw" tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}
