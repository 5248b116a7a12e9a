import { type DragEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { format, paths } from '../../app/route';
import type { AddedPackage, Agent, RuntimePackage } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { Confirm } from '../../ui/Dialog';
import { FaultCard } from '../../ui/FaultCard';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/Icon';

/** What agents' Python may import: of the runtime, by default, added by the user, and by single agents. */
export function Imports() {
  const desk = useDesk();
  const { data: list, fault } = useResource(desk.packages);
  const defaults = useResource(desk.imports).data ?? [];
  const agents = (useResource(desk.agents).data ?? []).filter((a) => (a.imports ?? []).length > 0);
  const runtime = list?.runtime ?? [];
  const known = new Set([...runtime.map((p) => p.name), ...(list?.added ?? []).flatMap((p) => p.modules ?? [])]);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{S.imports.title}</h1>
        <p className="muted">{S.imports.lead}</p>
      </header>
      {fault && <FaultCard fault={fault} live onRetry={() => void desk.packages.reload()} />}
      {list && <Added packages={list.added ?? []} />}
      {list && (
        <section className="card imports-part" aria-labelledby="imports-runtime">
          <h2 id="imports-runtime">{S.imports.runtime}</h2>
          {runtime.length === 0 ? <p className="soft">{S.imports.base}</p> : <Versions packages={runtime} />}
        </section>
      )}
      <section className="card imports-part" aria-labelledby="imports-default">
        <h2 id="imports-default">{S.imports.defaults}</h2>
        <p className="soft">{S.imports.defaultsText}</p>
        <ul className="row wrap imports-names">
          {defaults
            .filter((m) => !known.has(m))
            .map((m) => (
              <li key={m}>
                <code>{m}</code>
              </li>
            ))}
        </ul>
      </section>
      <ByAgent agents={agents} />
      <p className="imports-wall soft">
        <Icon name="info" size={14} /> {S.imports.wall}
      </p>
    </div>
  );
}

function Versions({ packages }: { packages: RuntimePackage[] }) {
  return (
    <table className="imports-table">
      <thead>
        <tr>
          <th scope="col">{S.imports.name}</th>
          <th scope="col">{S.imports.version}</th>
        </tr>
      </thead>
      <tbody>
        {packages.map((p) => (
          <tr key={p.name}>
            <td>
              <code>{p.name}</code>
            </td>
            <td className="mono soft">{p.version}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ByAgent({ agents }: { agents: Agent[] }) {
  return (
    <section className="card imports-part" aria-labelledby="imports-agents">
      <h2 id="imports-agents">{S.imports.agents}</h2>
      <p className="soft">{S.imports.agentsText}</p>
      <ul className="imports-list">
        {agents.map((a) => (
          <li key={a.name} className="row wrap">
            <a href={format(paths.agents(a.name))}>{a.name}</a>
            {(a.imports ?? []).map((m) => (
              <code key={m}>{m}</code>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The wheels that the user added, and the way to add one: a dialog, a drop, and in a browser a file field. */
function Added({ packages }: { packages: AddedPackage[] }) {
  const host = useHost();
  const desk = useDesk();
  const [fault, setFault] = useState<Fault>();
  const [over, setOver] = useState(false);
  const [doomed, setDoomed] = useState('');
  const field = useRef<HTMLInputElement>(null);

  const change = useCallback(
    async (work: () => Promise<unknown>) => {
      setFault(undefined);
      try {
        await work();
      } catch (e) {
        setFault(toFault(e));
      }
      await Promise.all([desk.packages.reload(), desk.imports.reload()]);
    },
    [desk],
  );
  const add = useCallback(
    (files: readonly { path: string }[] | null) =>
      change(async () => {
        for (const f of files ?? []) await host.api.AddPackage(f.path, true);
      }),
    [change, host],
  );
  useEffect(() => host.on('drop', (files) => void add(files)), [host, add]);

  const upload = (files: File[]) => void change(async () => add(await host.upload(files)));
  const pick = () => {
    if (host.web) field.current?.click();
    else void change(async () => add(await host.api.PickWheels()));
  };
  const onDrop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    if (host.web) upload([...e.dataTransfer.files]); // in the native window Go gets the paths itself
  };
  return (
    <section
      className={`card imports-part ${over ? 'drop-over' : ''}`}
      aria-labelledby="imports-added"
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <div className="row between">
        <h2 id="imports-added">{S.imports.added}</h2>
        <button type="button" className="btn" onClick={pick}>
          <Icon name="new" size={14} /> {S.imports.add}
        </button>
        <input
          ref={field}
          type="file"
          accept=".whl"
          hidden
          onChange={(e) => {
            upload([...(e.target.files ?? [])]);
            e.target.value = '';
          }}
        />
      </div>
      <p className="soft">{S.imports.addedText}</p>
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      <ul className="imports-list">
        {packages.map((p) => (
          <li key={p.name}>
            <div className="row wrap">
              <b>{p.name}</b>
              <span className="mono soft">{p.version}</span>
              <span className="muted">{bytes(p.size)}</span>
              <span className="grow" />
              <label className="row soft">
                <input
                  type="checkbox"
                  checked={p.everyone}
                  onChange={(e) => void change(() => host.api.SetPackage(p.name, e.target.checked))}
                />
                {S.imports.forAll}
              </label>
              <button
                type="button"
                className="btn ghost icon small"
                aria-label={S.imports.remove(p.name)}
                onClick={() => setDoomed(p.name)}
              >
                <Icon name="trash" size={14} />
              </button>
            </div>
            {p.summary && <p className="soft">{p.summary}</p>}
            <p className="row wrap soft">
              {S.imports.modules}
              {(p.modules ?? []).map((m) => (
                <code key={m}>{m}</code>
              ))}
            </p>
            {(p.missing ?? []).length > 0 && (
              <p className="soft">
                <Icon name="alert" size={13} /> {S.imports.missing((p.missing ?? []).join(', '))}
              </p>
            )}
            {p.fault && <FaultCard fault={p.fault} tone="warn" />}
          </li>
        ))}
      </ul>
      <Confirm
        open={doomed !== ''}
        title={S.imports.removeTitle(doomed)}
        text={S.imports.removeText}
        action={S.imports.removeAction}
        danger
        onConfirm={() => void change(() => host.api.RemovePackage(doomed))}
        onClose={() => setDoomed('')}
      />
    </section>
  );
}
