import { useEffect, useState } from 'react';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { Code } from '../../ui/Code';
import { CopyButton } from '../../ui/CopyButton';
import { Dialog } from '../../ui/Dialog';
import { FaultCard } from '../../ui/FaultCard';
import { bytes } from '../../ui/format';
import { Select } from '../../ui/Select';

export type Form = 'memory' | 'memory-full' | 'py';

/** More than that is not drawn; it is copied whole. */
const mostShown = 200_000;

interface Props {
  run: string;
  first: Form;
  onClose: () => void;
}

/** What an agent remembers of a run as JSON, succinct or in full, or its code as one script: to read and to copy. */
export function MemoryDialog({ run, first, onClose }: Props) {
  const { api } = useHost();
  const [form, setForm] = useState<Form>(first);
  const [text, setText] = useState<string>();
  const [fault, setFault] = useState<Fault>();
  useEffect(() => {
    let gone = false;
    setText(undefined);
    setFault(undefined);
    api.RunText(run, form).then(
      (t) => !gone && setText(t),
      (e: unknown) => !gone && setFault(toFault(e)),
    );
    return () => {
      gone = true;
    };
  }, [api, run, form]);
  const m = S.run.memory;
  const shown = text?.slice(0, mostShown) ?? '';
  return (
    <Dialog open wide onClose={onClose} title={m.title} text={m.help[form]}>
      <div className="row between wrap">
        <Select
          label={m.form}
          inlineLabel
          value={form}
          onChange={(v) => setForm(v as Form)}
          options={(Object.keys(m.forms) as Form[]).map((f) => ({ value: f, label: m.forms[f] }))}
        />
        {text !== undefined && <CopyButton className="primary" wide text={text} label={m.copy} />}
      </div>
      {fault && <FaultCard fault={fault} live />}
      {!fault && text === undefined && <p className="muted">{S.common.loading}</p>}
      {text !== undefined &&
        (form === 'py' ? (
          <Code code={shown} open />
        ) : (
          <pre className="raw" tabIndex={0}>
            {shown}
          </pre>
        ))}
      {text !== undefined && text.length > mostShown && <p className="muted note">{m.cut(bytes(text.length))}</p>}
    </Dialog>
  );
}
