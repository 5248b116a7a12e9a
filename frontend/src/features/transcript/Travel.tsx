import { memo, useState } from 'react';
import type { From } from '../../bridge/api.gen';
import { Fault } from '../../bridge/fault';
import { codes, planAfter, variablesGiven } from '../../run/derive';
import type { StepView } from '../../run/view';
import { S } from '../../strings';
import { Dialog } from '../../ui/Dialog';
import { FaultCard } from '../../ui/FaultCard';
import { TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { useInputs } from '../compose/InputsField';
import { useRunView } from './runView';
import { useGoOn } from './useGoOn';

const P = S.run.plans;

/** The last whole step: workbench.LastStep. */
const lastStep = -1;

/** "Fork from here", beside the name of a step. */
export const Fork = memo(function Fork({ run, step }: { run: string; step: StepView }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn ghost small step-fork" onClick={() => setOpen(true)}>
        <Icon name="fork" size={13} /> {S.run.travel.fork}
        <span className="sr">, {S.run.step(step.number)}</span>
      </button>
      {open && <TravelDialog run={run} step={step} onClose={() => setOpen(false)} />}
    </>
  );
});

interface Props {
  run: string;
  /** where to go on from; the end of the run if there is none */
  step?: StepView;
  /** steps that were folded are told whole again */
  unfold?: boolean;
  /** that the user wrote already */
  plan?: string;
  onClose: () => void;
}

/** Asks what to say, and perhaps for other code or a plan, and starts a run that goes on from a step. */
export function TravelDialog({ run, step, unfold, plan: written, onClose }: Props) {
  const t = S.run.travel;
  const before = useRunView();
  const executed = step && codes(step).at(-1)?.start.code;
  const [had] = useState(() => planAfter(before.current, step));
  const [taken] = useState(() => variablesGiven(before.current));
  const files = useInputs(before.current.started?.model ?? '', taken);
  const [task, setTask] = useState('');
  const [editing, setEditing] = useState(false);
  const [code, setCode] = useState(executed ?? '');
  const [plan, setPlan] = useState(written);
  const { start: begin, fault, setFault, busy } = useGoOn(onClose);
  const ready = step !== undefined || task.trim() !== '' || Boolean(plan?.trim());

  const start = async () => {
    const from: From = !step
      ? { run, step: lastStep }
      : editing
        ? { run, step: step.number - 1, code }
        : { run, step: step.number };
    const given = files.take();
    if (given instanceof Fault) return setFault(given);
    return begin({ task, ...given, from: { ...from, ...(unfold && { unfold }), ...(plan !== undefined && { plan }) } });
  };
  return (
    <Dialog
      open
      wide
      drop={files.drop}
      onClose={onClose}
      title={step ? t.forkTitle(step.number) : t.goOnTitle}
      text={step ? t.forkText(step.number) : t.goOnText}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {S.common.cancel}
          </button>
          <button type="button" className="btn primary" disabled={!ready || busy} onClick={() => void start()}>
            {t.start}
          </button>
        </>
      }
    >
      <TextField
        label={t.message}
        help={step ? t.messageOptional : t.messageHelp}
        rows={3}
        value={task}
        onChange={setTask}
      />
      {files.field}
      {executed && (
        <label className="row">
          <input type="checkbox" checked={editing} onChange={(e) => setEditing(e.target.checked)} /> {t.changeCode}
        </label>
      )}
      {editing && <TextField label={S.run.python} help={t.codeHelp} rows={10} mono value={code} onChange={setCode} />}
      <label className="row">
        <input
          type="checkbox"
          checked={plan !== undefined}
          onChange={(e) => setPlan(e.target.checked ? (written ?? had) : undefined)}
        />{' '}
        {had ? P.change : P.give}
      </label>
      {plan !== undefined && <TextField label={P.yours} help={P.helpNew} rows={6} value={plan} onChange={setPlan} />}
      {fault && <FaultCard fault={fault} live />}
    </Dialog>
  );
}
