import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { go, paths, unguardRoute } from '../../app/route';
import { Unsaved } from '../../app/Unsaved';
import type { Agent } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { optionsOf, useFields } from '../../ui/fields';
import { Icon } from '../../ui/Icon';
import { modelGroups } from '../models/groups';
import { Checks } from './Checks';
import { blankForm, check, type Form, toAgent, toForm } from './form';
import { ImportsField } from './ImportsField';
import { Prompts } from './Prompts';
import { TeamField } from './TeamField';
import { ToolsField } from './ToolsField';
import { TryIt, tryTask } from './TryIt';

interface Props {
  agent?: Agent | undefined;
  /** the name of the copy, when it is one */
  copy?: string | undefined;
  names: readonly string[];
}

/** An agent's settings, and beside them a place to try them as they are. */
export function AgentForm({ agent, copy, names }: Props) {
  const { api } = useHost();
  const desk = useDesk();
  const [before] = useState<Form>(() =>
    agent ? { ...toForm(agent), name: copy ?? agent.name } : blankForm(['user_input']),
  );
  const [form, setForm] = useState(before);
  const [tried, setTried] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const box = useRef<HTMLFormElement>(null);
  const own = agent && !copy ? agent.name : '';
  const errors = useMemo(
    () =>
      check(
        form,
        names.filter((n) => n !== own),
      ),
    [form, names, own],
  );
  const set = (change: Partial<Form>) => setForm((f) => ({ ...f, ...change }));
  const { text, choice } = useFields({ words: S.agents, form, errors, strict: tried, set });
  useEffect(() => box.current?.querySelector<HTMLElement>('input:not(:disabled)')?.focus(), []);

  /** The agent as the form has it, if it can be one; otherwise the first problem is shown. */
  const checked = (): Agent | undefined => {
    const nameless = Object.keys(errors).length === 1 && errors.name !== undefined && form.name.trim() === '';
    if (Object.keys(errors).length === 0 || nameless) return toAgent(form, agent);
    setTried(true);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    return undefined;
  };

  const save = async () => {
    setTried(true);
    const next = checked();
    if (!next || errors.name) {
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    try {
      // What it was allowed goes with its new name.
      if (own && own !== next.name) await api.RenameAgent(own, next.name);
      await api.SaveAgent(next);
      unguardRoute();
      await desk.agents.reload();
      go(paths.agents(next.name));
    } catch (e) {
      setFault(toFault(e));
    }
  };

  const groups = modelGroups(useResource(desk.models).data ?? [], '', S.agents.defaultModel);
  const a = S.agents;
  const title = own ? a.editing(own) : a.new;
  return (
    <div className="page editor">
      <Unsaved dirty={JSON.stringify(form) !== JSON.stringify(before)} />
      <form
        ref={box}
        className="form"
        aria-label={title}
        onSubmit={(e) => {
          e.preventDefault();
          void save();
        }}
      >
        <h1>{title}</h1>
        <Part title={a.parts.what}>
          {text('name', agent?.builtin && own ? { disabled: true, help: a.nameFixed } : {})}
          {text('description')}
          {text('instructions', { rows: 6 })}
        </Part>
        <Part title={a.parts.model}>
          {choice('model', { groups })}
          <div className="form-grid">
            {choice('mode', optionsOf(a.modes))}
            {form.mode !== 'tools' && choice('structured', optionsOf(a.structuredKinds))}
            {form.mode !== 'tools' && choice('guidance', optionsOf(a.guidanceKinds))}
            {choice('think', optionsOf(a.thinkLevels))}
            {text('temperature', { inputMode: 'decimal' })}
            {text('seed', { inputMode: 'numeric' })}
            {text('context', { inputMode: 'numeric' })}
            {text('maxTokens', { inputMode: 'numeric' })}
            {text('stop', { rows: 2, mono: true })}
            {text('keepAlive', { placeholder: '5m' })}
          </div>
        </Part>
        <Part title={a.parts.may}>
          <ToolsField chosen={form.tools} onChange={(tools) => set({ tools })} />
          <ImportsField field={text('imports', { rows: 3, mono: true })} />
          {text('hosts', { rows: 2, mono: true })}
          <TeamField self={own} chosen={form.team} onChange={(team) => set({ team })} />
        </Part>
        <Part title={a.parts.how}>
          <div className="form-grid">
            {text('maxSteps', { inputMode: 'numeric', placeholder: '20' })}
            {text('planEvery', { inputMode: 'numeric' })}
          </div>
          <Checks value={form.checks} tried={tried} onChange={(checks) => set({ checks })} />
        </Part>
        <Prompts agent={() => toAgent(form, agent)} value={form.prompts} onChange={(prompts) => set({ prompts })} />
        {fault && <FaultCard fault={fault} live />}
        <div className="row form-actions">
          <button type="submit" className="btn primary">
            {S.common.save}
          </button>
          <button type="button" className="btn" onClick={() => go(paths.agents(own))}>
            {S.common.cancel}
          </button>
          <span className="grow" />
          {/* Where there is no room beside the form, it lies below. */}
          <button type="button" className="btn ghost to-try" onClick={() => document.getElementById(tryTask)?.focus()}>
            <Icon name="down" size={13} /> {a.try.title}
          </button>
        </div>
      </form>
      <TryIt draft={checked} model={form.model} />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
