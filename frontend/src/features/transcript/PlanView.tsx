import { useEffect, useId, useState } from 'react';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import type { PlanItem, RunView } from '../../run/view';
import { S } from '../../strings';
import { Dialog } from '../../ui/Dialog';
import { FaultCard } from '../../ui/FaultCard';
import { TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Prose } from '../../ui/Prose';
import { TravelDialog } from './Travel';
import { useGoOn } from './useGoOn';

const P = S.run.plans;

/** A plan where it was made. Once the run is over, another run can begin this step anew with another plan. */
export function PlanView({ run, item, step, ended }: { run: string; item: PlanItem; step: number; ended: boolean }) {
  const [open, setOpen] = useState(false);
  const text = item.body.plan;
  const begins = item.edited ? step + 1 : step; // the step that first had it
  return (
    <div className="card plan">
      <div className="row between">
        <h4 className="eyebrow">{item.edited ? P.edited : P.made}</h4>
        {ended && begins > 0 && (
          <button type="button" className="btn ghost small" onClick={() => setOpen(true)}>
            <Icon name="fork" size={13} /> {P.goOn}
          </button>
        )}
      </div>
      {text ? <Prose text={text} /> : <p className="muted">{P.none}</p>}
      {open && <PlanDialog run={run} step={begins} plan={text} onClose={() => setOpen(false)} />}
    </div>
  );
}

interface PinProps {
  view: RunView;
  /** what the user is writing; none while nothing is written */
  draft: string | undefined;
  onDraft: (text: string | undefined) => void;
}

/**
 * The plan that holds now, above the transcript of a run that goes on, or the field for one. The agent has the user's
 * with its next step; if the run ends first, what was written is not lost.
 */
export function PlanPin({ view, draft, onDraft }: PinProps) {
  const { plan, heard } = view;
  const running = view.status === 'running';
  if (draft === undefined && !(running && plan)) return null;
  return (
    <details className="plan-pin" open>
      <summary>
        {plan?.edited || !plan ? P.nowEdited : P.now}
        {running && plan?.edited && plan.seq > heard && <span className="muted"> · {P.waits}</span>}
      </summary>
      {draft !== undefined ? (
        <PlanForm run={view.id} running={running} draft={draft} onDraft={onDraft} />
      ) : (
        plan && (
          <div className="plan-now">
            <Prose text={plan.text} />
            <button type="button" className="btn small" onClick={() => onDraft(plan.text)}>
              <Icon name="edit" size={13} /> {P.change}
            </button>
          </div>
        )
      )}
    </details>
  );
}

interface FormProps {
  run: string;
  running: boolean;
  draft: string;
  onDraft: (text: string | undefined) => void;
}

function PlanForm({ run, running, draft, onDraft }: FormProps) {
  const { api } = useHost();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const [goingOn, setGoingOn] = useState(false);
  const field = useId();
  useEffect(() => document.getElementById(field)?.focus(), [field]);
  const save = async () => {
    if (!running) return setGoingOn(true);
    setBusy(true);
    setFault(undefined);
    try {
      await api.EditPlan(run, draft);
      onDraft(undefined);
    } catch (e) {
      setFault(toFault(e));
      setBusy(false);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      <TextField id={field} label={P.yours} help={P.help} rows={6} value={draft} onChange={onDraft} />
      {fault && <FaultCard fault={fault} live />}
      {!running && <p className="t-warn">{P.ended}</p>}
      <div className="row">
        <button type="submit" className="btn primary small" disabled={busy}>
          {running ? P.save : P.continueWith}
        </button>
        <button type="button" className="btn small" onClick={() => onDraft(undefined)}>
          {S.common.cancel}
        </button>
      </div>
      {goingOn && <TravelDialog run={run} plan={draft} onClose={() => setGoingOn(false)} />}
    </form>
  );
}

interface DialogProps {
  run: string;
  /** that begins anew */
  step: number;
  plan: string;
  onClose: () => void;
}

function PlanDialog({ run, step, plan, onClose }: DialogProps) {
  const [text, setText] = useState(plan);
  const { start: begin, fault, busy } = useGoOn(onClose);
  const start = () => begin({ task: '', from: { run, step: step - 1, plan: text } });
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={P.goOnTitle}
      text={P.goOnText(step)}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {S.common.cancel}
          </button>
          <button type="button" className="btn primary" disabled={busy} onClick={() => void start()}>
            {S.run.travel.start}
          </button>
        </>
      }
    >
      <TextField label={P.yours} help={P.help} rows={10} value={text} onChange={setText} />
      {fault && <FaultCard fault={fault} live />}
    </Dialog>
  );
}
