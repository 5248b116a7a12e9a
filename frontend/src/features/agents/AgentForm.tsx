import { useEffect, useMemo, useRef, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import type { Agent } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Field, TextField } from '../../ui/Field';
import { Select } from '../../ui/Select';
import { modelGroups } from '../models/groups';
import { Checks } from './Checks';
import { blankForm, check, type Errors, type Form, toAgent, toForm } from './form';
import { Prompts } from './Prompts';

interface Props {
  agent?: Agent;
  /** the name of the copy, when it is one */
  copy?: string;
  names: readonly string[];
  onDone: () => void;
}

export function AgentForm({ agent, copy, names, onDone }: Props) {
  const { api } = useHost();
  const desk = useDesk();
  const tools = useResource(desk.tools).data ?? [];
  const [form, setForm] = useState<Form>(() =>
    agent ? { ...toForm(agent), name: copy ?? agent.name } : blankForm(['final_answer', 'user_input']),
  );
  const [tried, setTried] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const box = useRef<HTMLFormElement>(null);
  const own = agent && !copy ? agent.name : '';
  const problems = useMemo(
    () =>
      check(
        form,
        names.filter((n) => n !== own),
      ),
    [form, names, own],
  );
  const errors: Errors = tried ? problems : {};
  const set = (change: Partial<Form>) => setForm((f) => ({ ...f, ...change }));
  useEffect(() => box.current?.querySelector<HTMLElement>('input')?.focus(), []);

  const save = async () => {
    setTried(true);
    if (Object.keys(problems).length > 0) {
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    try {
      const next = toAgent(form, agent);
      await api.SaveAgent(next);
      // A new name is a new agent: the old one goes, or there would be two.
      if (own && own !== next.name) await api.DeleteAgent(own);
      await desk.agents.reload();
      onDone();
    } catch (e) {
      setFault(toFault(e));
    }
  };

  const groups = modelGroups(useResource(desk.models).data ?? [], '', S.agents.defaultModel);
  const a = S.agents;
  return (
    <form
      ref={box}
      className="page form"
      aria-label={own ? a.editing(own) : a.new}
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      <h1>{own ? a.editing(own) : a.new}</h1>
      <TextField
        label={a.name}
        help={a.nameHelp}
        error={errors.name}
        value={form.name}
        onChange={(name) => set({ name })}
      />
      <TextField
        label={a.description}
        help={a.descriptionHelp}
        value={form.description}
        onChange={(description) => set({ description })}
      />
      <TextField
        label={a.instructions}
        help={a.instructionsHelp}
        rows={6}
        value={form.instructions}
        onChange={(instructions) => set({ instructions })}
      />
      <Field label={a.model} help={a.modelHelp}>
        {() => (
          <Select
            label={a.model}
            value={form.model}
            onChange={(model) => set({ model })}
            groups={groups}
            className="wide"
          />
        )}
      </Field>
      <Field label={a.mode} help={a.modeHelp}>
        {({ id }) => (
          <Select
            id={id}
            label={a.mode}
            value={form.mode}
            onChange={(mode) => set({ mode })}
            options={(['', 'code', 'tools'] as const).map((value) => ({ value, label: a.modes[value] }))}
            className="wide"
          />
        )}
      </Field>
      {form.mode !== 'tools' && (
        <Field label={a.structured} help={a.structuredHelp}>
          {({ id }) => (
            <Select
              id={id}
              label={a.structured}
              value={form.structured}
              onChange={(structured) => set({ structured })}
              options={Object.entries(a.structuredKinds).map(([value, label]) => ({ value, label }))}
              className="wide"
            />
          )}
        </Field>
      )}
      <ToolChecks tools={tools} chosen={form.tools} onChange={(t) => set({ tools: t })} />
      <Checks value={form.checks} tried={tried} onChange={(checks) => set({ checks })} />
      <Imports value={form.imports} error={errors.imports} onChange={(imports) => set({ imports })} />
      <TextField
        label={S.agents.hosts}
        help={S.agents.hostsHelp}
        error={errors.hosts}
        rows={2}
        mono
        value={form.hosts}
        onChange={(hosts) => set({ hosts })}
      />
      <div className="form-grid">
        <TextField
          label={a.maxSteps}
          help={a.maxStepsHelp}
          error={errors.maxSteps}
          inputMode="numeric"
          placeholder="20"
          value={form.maxSteps}
          onChange={(maxSteps) => set({ maxSteps })}
        />
        <TextField
          label={a.planEvery}
          help={a.planEveryHelp}
          error={errors.planEvery}
          inputMode="numeric"
          value={form.planEvery}
          onChange={(planEvery) => set({ planEvery })}
        />
        <TextField
          label={a.context}
          help={a.contextHelp}
          error={errors.context}
          inputMode="numeric"
          value={form.context}
          onChange={(context) => set({ context })}
        />
        <TextField
          label={a.temperature}
          help={a.temperatureHelp}
          error={errors.temperature}
          inputMode="decimal"
          value={form.temperature}
          onChange={(temperature) => set({ temperature })}
        />
        <TextField
          label={a.seed}
          help={a.seedHelp}
          error={errors.seed}
          inputMode="numeric"
          value={form.seed}
          onChange={(seed) => set({ seed })}
        />
        <Field label={a.think} help={a.thinkHelp}>
          {({ id }) => (
            <Select
              id={id}
              label={a.think}
              value={form.think}
              onChange={(think) => set({ think })}
              options={Object.entries(a.thinkLevels).map(([value, label]) => ({ value, label }))}
              className="wide"
            />
          )}
        </Field>
      </div>
      <Prompts agent={() => toAgent(form, agent)} value={form.prompts} onChange={(prompts) => set({ prompts })} />
      {fault && <FaultCard fault={fault} live />}
      <div className="row form-actions">
        <button type="submit" className="btn primary">
          {S.common.save}
        </button>
        <button type="button" className="btn" onClick={onDone}>
          {S.common.cancel}
        </button>
      </div>
    </form>
  );
}

interface ToolChecksProps {
  tools: { name: string; doc: string }[];
  chosen: readonly string[];
  onChange: (names: string[]) => void;
}

function ToolChecks({ tools, chosen, onChange }: ToolChecksProps) {
  // A tool that this build does not have stays chosen: the agent may come from another one.
  const unknown = chosen.filter((c) => !tools.some((t) => t.name === c)).map((name) => ({ name, doc: '' }));
  return (
    <fieldset className="checks">
      <legend>{S.agents.tools}</legend>
      <p className="muted form-help">{S.agents.toolsHelp}</p>
      {[...tools, ...unknown].map((t) => (
        <label key={t.name} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(t.name)}
            onChange={(e) => onChange(e.target.checked ? [...chosen, t.name] : chosen.filter((c) => c !== t.name))}
          />
          <span>
            <b className="mono">{t.name}</b> <span className="muted">{t.doc.split('\n')[0]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Imports({
  value,
  error,
  onChange,
}: {
  value: string;
  error: string | undefined;
  onChange: (v: string) => void;
}) {
  const usual = useResource(useDesk().imports).data ?? [];
  return (
    <div className="stack">
      <TextField
        label={S.agents.imports}
        help={S.agents.importsHelp}
        error={error}
        rows={3}
        mono
        value={value}
        onChange={onChange}
      />
      {usual.length > 0 && (
        <details className="usual">
          <summary className="muted">{S.agents.importsUsual(usual.length)}</summary>
          <p className="mono soft">{usual.join(', ')}</p>
        </details>
      )}
    </div>
  );
}
