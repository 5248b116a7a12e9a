import { useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { format } from '../../app/route';
import type { Agent } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { Confirm } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { FaultCard } from '../../ui/FaultCard';
import { modelName } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { AgentForm } from './AgentForm';
import { copyName } from './form';

/** What is edited: a saved agent, a copy of one, or a new one. */
interface Editing {
  agent?: Agent;
  copy?: string;
}

export function Agents({ name }: { name: string }) {
  const { api } = useHost();
  const desk = useDesk();
  const { data: agents, fault } = useResource(desk.agents);
  const [editing, setEditing] = useState<Editing>();
  const [doomed, setDoomed] = useState<Agent>();
  const [failed, setFailed] = useState<Fault>();
  const names = (agents ?? []).map((a) => a.name);
  const remove = async (a: Agent) => {
    setFailed(undefined);
    try {
      await api.DeleteAgent(a.name);
      await desk.agents.reload();
    } catch (e) {
      setFailed(toFault(e));
    }
  };
  if (editing) return <AgentForm {...editing} names={names} onDone={() => setEditing(undefined)} />;
  return (
    <div className="page">
      <header className="row between">
        <div className="page-head">
          <h1>{S.agents.title}</h1>
          <p className="muted">{S.agents.lead}</p>
        </div>
        <button type="button" className="btn primary" onClick={() => setEditing({})}>
          <Icon name="plus" size={14} /> {S.agents.new}
        </button>
      </header>
      {(fault ?? failed) && (
        <FaultCard fault={(fault ?? failed) as Fault} live onRetry={() => void desk.agents.reload()} />
      )}
      {agents?.length === 0 && <Empty title={S.agents.none} text={S.agents.noneText} />}
      <ul className="stack">
        {(agents ?? []).map((a) => (
          <AgentCard
            key={a.name}
            agent={a}
            on={a.name === name}
            onEdit={() => setEditing({ agent: a })}
            onCopy={() => setEditing({ agent: a, copy: copyName(a.name, names) })}
            onDelete={() => setDoomed(a)}
          />
        ))}
      </ul>
      <Confirm
        open={doomed !== undefined}
        title={S.agents.deleteTitle(doomed?.name ?? '')}
        text={S.agents.deleteText}
        action={S.common.delete}
        danger
        onConfirm={() => doomed && void remove(doomed)}
        onClose={() => setDoomed(undefined)}
      />
    </div>
  );
}

interface CardProps {
  agent: Agent;
  on: boolean;
  onEdit: () => void;
  onCopy: () => void;
  onDelete: () => void;
}

function AgentCard({ agent: a, on, onEdit, onCopy, onDelete }: CardProps) {
  const tools = a.tools ?? [];
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
      </div>
      <div className="row agent-buttons">
        <a className="btn small" href={format({ view: 'new', agent: a.name, task: '', model: '' })}>
          {S.agents.use}
        </a>
        {!a.builtin && (
          <button
            type="button"
            className="btn ghost icon small"
            aria-label={`${S.common.edit}: ${a.name}`}
            title={S.common.edit}
            onClick={onEdit}
          >
            <Icon name="edit" size={14} />
          </button>
        )}
        <button
          type="button"
          className="btn ghost icon small"
          aria-label={`${S.agents.duplicate}: ${a.name}`}
          title={S.agents.duplicate}
          onClick={onCopy}
        >
          <Icon name="copy" size={14} />
        </button>
        {!a.builtin && (
          <button
            type="button"
            className="btn ghost icon small"
            aria-label={`${S.common.delete}: ${a.name}`}
            title={S.common.delete}
            onClick={onDelete}
          >
            <Icon name="trash" size={14} />
          </button>
        )}
      </div>
    </li>
  );
}
