import { type DragEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { type AgentForm as FormKind, go, paths } from '../../app/route';
import type { Agent, AgentFile } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { Confirm } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';
import { AgentCard } from './AgentCard';
import { AgentForm } from './AgentForm';
import { copyName } from './form';
import { ImportDialog } from './ImportDialog';

/** The list of agents, or the form of the one that the address names. */
export function Agents({ name, form }: { name: string; form: FormKind }) {
  const desk = useDesk();
  const { data: agents, fault } = useResource(desk.agents);
  const names = (agents ?? []).map((a) => a.name);
  const agent = agents?.find((a) => a.name === name);
  if (form === 'new' && agents) return <AgentForm key="new" names={names} />;
  if (form && agent) {
    const copy = form === 'copy' ? copyName(agent.name, names) : undefined;
    return <AgentForm key={`${form} ${name}`} agent={agent} copy={copy} names={names} />;
  }
  return <List agents={agents} on={name} unread={fault} />;
}

interface ListProps {
  agents: Agent[] | undefined;
  on: string;
  /** why the agents could not be read */
  unread: Fault | undefined;
}

function List({ agents, on, unread }: ListProps) {
  const host = useHost();
  const desk = useDesk();
  const [doomed, setDoomed] = useState<Agent>();
  const [fault, setFault] = useState<Fault>();
  const [told, setTold] = useState('');
  const say = useCallback((f: Fault | undefined) => {
    setFault(f);
    setTold('');
  }, []);
  const bring = useImport(say);
  const attempt = async (work: () => Promise<unknown>) => {
    say(undefined);
    try {
      await work();
    } catch (e) {
      setFault(toFault(e));
    }
  };
  const exportAgent = async (a: Agent) => {
    if (host.web) {
      const { file, text } = await host.api.ExportAgent(a.name);
      download(file, text);
      return;
    }
    const path = await host.api.SaveAgentFile(a.name);
    if (path) setTold(S.agents.exported(path));
  };
  return (
    <div className="page" {...bring.drop}>
      {unread && <FaultCard fault={unread} live onRetry={() => void desk.agents.reload()} />}
      <header className="row between wrap">
        <div className="page-head">
          <h1>{S.agents.title}</h1>
          <p className="muted">{S.agents.lead}</p>
        </div>
        <div className="row">
          {bring.button}
          <button type="button" className="btn primary" onClick={() => go(paths.agents('', 'new'))}>
            <Icon name="plus" size={14} /> {S.agents.new}
          </button>
        </div>
      </header>
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      <p className="soft told" role="status">
        {told}
      </p>
      {agents?.length === 0 && <Empty title={S.agents.none} text={S.agents.noneText} />}
      <ul className="stack">
        {(agents ?? []).map((a) => (
          <AgentCard
            key={a.name}
            agent={a}
            on={a.name === on}
            onExport={() => void attempt(() => exportAgent(a))}
            onDelete={() => setDoomed(a)}
          />
        ))}
      </ul>
      <Confirm
        open={doomed !== undefined}
        title={(doomed?.builtin ? S.agents.resetTitle : S.agents.deleteTitle)(doomed?.name ?? '')}
        text={doomed?.builtin ? S.agents.resetText : S.agents.deleteText}
        action={doomed?.builtin ? S.agents.reset : S.common.delete}
        danger
        onConfirm={() =>
          doomed &&
          void attempt(async () => {
            await host.api.DeleteAgent(doomed.name);
            await desk.agents.reload();
          })
        }
        onClose={() => setDoomed(undefined)}
      />
      {bring.dialog}
    </div>
  );
}

/** Hands a text to the browser as a file. */
function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const a = document.createElement('a');
  a.href = url;
  a.download = name;
  a.click();
  URL.revokeObjectURL(url);
}

/** The ways to bring an exported agent: a dialog, a drop on the page, and in a browser a file field. */
function useImport(onFault: (f: Fault | undefined) => void) {
  const host = useHost();
  const [found, setFound] = useState<{ path: string; file: AgentFile }>();
  const field = useRef<HTMLInputElement>(null);
  const look = useCallback(
    async (files: () => Promise<readonly { path: string }[] | null>) => {
      onFault(undefined);
      try {
        const path = (await files())?.[0]?.path;
        if (path) setFound({ path, file: await host.api.ReadAgentFile(path) });
      } catch (e) {
        onFault(toFault(e));
      }
    },
    [host, onFault],
  );
  useEffect(() => host.on('drop', (files) => void look(async () => files)), [host, look]);
  const upload = (files: File[]) => files.length > 0 && void look(() => host.upload(files));
  return {
    drop: {
      onDragOver: (e: DragEvent) => e.preventDefault(),
      onDrop: (e: DragEvent) => {
        e.preventDefault();
        if (host.web) upload([...e.dataTransfer.files]); // in the native window Go gets the paths itself
      },
    },
    button: (
      <>
        <button
          type="button"
          className="btn"
          onClick={() => (host.web ? field.current?.click() : void look(() => host.api.PickAgentFiles()))}
        >
          <Icon name="imports" size={14} /> {S.agents.import}
        </button>
        <input
          ref={field}
          type="file"
          accept=".json"
          aria-label={S.agents.import}
          hidden
          onChange={(e) => {
            const files = [...(e.target.files ?? [])];
            e.target.value = '';
            upload(files);
          }}
        />
      </>
    ),
    dialog: found && <ImportDialog {...found} onClose={() => setFound(undefined)} />,
  };
}
