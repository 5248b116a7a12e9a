import { useId, useState } from 'react';
import { useDesk } from '../../app/desk';
import { go, paths } from '../../app/route';
import type { AgentFile } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { Dialog } from '../../ui/Dialog';
import { FaultCard } from '../../ui/FaultCard';
import { TextField } from '../../ui/Field';

interface Props {
  path: string;
  file: AgentFile;
  onClose: () => void;
}

/** Before an agent is imported: what it is, what of it is not here, and what to do if its name is taken. */
export function ImportDialog({ path, file, onClose }: Props) {
  const { api } = useHost();
  const desk = useDesk();
  const [replace, setReplace] = useState(false);
  const [name, setName] = useState(file.free);
  const [fault, setFault] = useState<Fault>();
  const id = useId();
  const i = S.agents.importing;
  const lacks = file.lacks ?? [];
  const run = async () => {
    try {
      const done = await api.ImportAgent(path, replace ? '' : name, replace);
      await desk.agents.reload();
      onClose();
      go(paths.agents(done.name));
    } catch (e) {
      setFault(toFault(e));
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={i.title(file.agent.name)}
      {...(file.agent.description && { text: file.agent.description })}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {S.common.cancel}
          </button>
          <button type="submit" form={id} className="btn primary">
            {i.action}
          </button>
        </>
      }
    >
      <form
        id={id}
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          void run();
        }}
      >
        {file.taken && (
          <fieldset className="checks">
            <legend>{i.choice}</legend>
            <p className="muted form-help">{i.taken(file.agent.name)}</p>
            {[false, true].map((r) => (
              <label key={String(r)} className="check">
                <input type="radio" name={`${id}-name`} checked={replace === r} onChange={() => setReplace(r)} />
                <span>{r ? i.replace : i.keep}</span>
              </label>
            ))}
          </fieldset>
        )}
        {!replace && <TextField label={i.name} value={name} onChange={setName} />}
        {lacks.length > 0 && (
          <div className="stack">
            <p className="t-warn">{i.lacks}</p>
            <ul className="stack lacks">
              {lacks.map((l) => (
                <li key={`${l.kind} ${l.name}`}>
                  <p>
                    {i.kinds[l.kind] ?? l.kind} <b className="mono">{l.name}</b>
                  </p>
                  <p className="muted form-help">{l.why}</p>
                </li>
              ))}
            </ul>
          </div>
        )}
        {fault && <FaultCard fault={fault} live />}
      </form>
    </Dialog>
  );
}
