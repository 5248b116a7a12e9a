import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { type AgentForm, format, paths } from '../../app/route';
import type { Agent, ProviderModels } from '../../bridge/api.gen';
import { S } from '../../strings';
import { modelName } from '../../ui/format';
import { Icon, type IconName } from '../../ui/Icon';
import { alwaysThere } from './form';

interface Props {
  agent: Agent;
  /** it was just made, or linked to */
  on: boolean;
  onExport: () => void;
  onDelete: () => void;
}

export function AgentCard({ agent: a, on, onExport, onDelete }: Props) {
  const tools = (a.tools ?? []).filter((t) => t !== alwaysThere);
  return (
    <li className={`card agent-card ${on ? 'on' : ''}`}>
      <div className="stack grow agent-main">
        <div className="row">
          <h2 className="clip">{a.name}</h2>
          {a.builtin && <span className="chip tiny">{S.agents.builtin}</span>}
        </div>
        {a.description && <p className="soft">{a.description}</p>}
        <p className="muted row wrap agent-facts">
          <span>{a.model ? modelName(a.model) : S.agents.defaultModel}</span>
          <span>{S.steps(a.max_steps || 20)}</span>
          {tools.length > 0 && <span className="mono clip">{tools.join(', ')}</span>}
        </p>
        <Lacks agent={a} tools={tools} />
      </div>
      <div className="row agent-buttons">
        <a className="btn small" href={format({ view: 'new', agent: a.name, task: '', model: '' })}>
          {S.agents.use}
        </a>
        <LinkTo agent={a} form="edit" label={S.common.edit} icon="edit" />
        <LinkTo agent={a} form="copy" label={S.agents.duplicate} icon="copy" />
        <Button agent={a} label={S.agents.export} icon="download" onClick={onExport} />
        {(!a.builtin || a.changed) && (
          <Button
            agent={a}
            label={a.builtin ? S.agents.reset : S.common.delete}
            icon={a.builtin ? 'retry' : 'trash'}
            onClick={onDelete}
          />
        )}
      </div>
    </li>
  );
}

interface ActionProps {
  agent: Agent;
  label: string;
  icon: IconName;
}

function LinkTo({ agent, form, label, icon }: ActionProps & { form: AgentForm }) {
  return (
    <a
      className="btn ghost icon small"
      aria-label={`${label}: ${agent.name}`}
      title={label}
      href={format(paths.agents(agent.name, form))}
    >
      <Icon name={icon} size={14} />
    </a>
  );
}

function Button({ agent, label, icon, onClick }: ActionProps & { onClick: () => void }) {
  return (
    <button
      type="button"
      className="btn ghost icon small"
      aria-label={`${label}: ${agent.name}`}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
    </button>
  );
}

/** What the agent names and this computer does not have. */
function Lacks({ agent, tools }: { agent: Agent; tools: readonly string[] }) {
  const desk = useDesk();
  const here = useResource(desk.tools).data;
  const models = useResource(desk.models).data;
  const missing = here ? tools.filter((t) => !here.some((h) => h.name === t)) : [];
  const noModel = agent.model && models ? lacksModel(models, agent.model) : false;
  return (
    <>
      {missing.length > 0 && <Lack text={S.agents.lacksTool(missing.join(', '))} />}
      {noModel && <Lack text={S.agents.lacksModel(modelName(agent.model ?? ''))} />}
    </>
  );
}

function Lack({ text }: { text: string }) {
  return (
    <p className="row t-warn agent-lack">
      <Icon name="alert" size={13} /> {text}
    </p>
  );
}

/** A server that does not answer, or lists nothing, may have it. */
export function lacksModel(list: readonly ProviderModels[], ref: string): boolean {
  const [name = ''] = ref.split('/');
  const p = list.find((x) => x.provider.name === name);
  if (!p) return true;
  const models = p.models ?? [];
  if (p.fault || (models.length === 0 && p.provider.kind !== 'ollama')) return false;
  return !models.some((m) => m.ref === ref || m.ref === `${ref}:latest` || `${m.ref}:latest` === ref);
}
