import { useState } from 'react';
import { format, paths } from '../../app/route';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import type { CompactItem, ForkItem, LoopItem, ModeItem, NudgeItem, UnknownItem } from '../../run/view';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';
import { Shown } from './TaskView';
import { TravelDialog } from './Travel';

/** Small things that happened between the agent and the app. */

function Note({ title, text, advice }: { title: string; text?: string; advice?: string }) {
  return (
    <div className="obs warn">
      <p>
        <Icon name="loop" size={14} className="t-warn" /> <b className="t-warn">{title}</b>
        {text ? ` – ${text}` : ''}
      </p>
      {advice && (
        <details>
          <summary>{S.run.nudgeTold}</summary>
          <p className="pre-wrap soft">{advice}</p>
        </details>
      )}
    </div>
  );
}

export function NudgeView({ item }: { item: NudgeItem }) {
  return <Note title={S.run.nudge} text={item.body.reason} advice={item.body.advice} />;
}

export function LoopView({ item }: { item: LoopItem }) {
  return <Note title={S.run.loop(item.body.times)} advice={item.body.advice} />;
}

export function ModeView({ item }: { item: ModeItem }) {
  return <Note title={S.run.mode[item.body.to] ?? item.body.to} text={item.body.why} />;
}

/** Where a run leaves the one that it was forked from. */
export function ForkView({ run, item }: { run: string; item: ForkItem }) {
  const { parent, step, now, gone, changed } = item.body;
  return (
    <section className="fork" aria-label={S.run.travel.from(step)}>
      <p className="row wrap soft">
        <Icon name="fork" size={14} />
        <a href={format(paths.run(parent, step))}>{S.run.travel.from(step)}</a>
      </p>
      {now.task && <p className="task-text">{now.task}</p>}
      <Shown run={run} files={now.files ?? []} />
      {gone?.map((f) => (
        <p key={f} className="t-warn note">
          {S.run.travel.fileGone(f)}
        </p>
      ))}
      {changed?.map((f) => (
        <p key={f} className="t-warn note">
          {S.run.travel.fileChanged(f)}
        </p>
      ))}
    </section>
  );
}

interface CompactProps {
  run: string;
  /** the call of the agent whose steps they are; 0 for the run's own */
  call: number;
  item: CompactItem;
  running: boolean;
  ended: boolean;
  /** the model is told these steps whole again */
  undone: boolean;
}

/** Steps that were folded. A person can have them told whole again: at once while the run goes on, else in one that goes on from it. */
export function CompactView({ run, call, item, running, ended, undone }: CompactProps) {
  const { api } = useHost();
  const [fault, setFault] = useState<Fault>();
  const [going, setGoing] = useState(false);
  return (
    <div className="obs">
      <p>
        <b>{S.run.compacted}</b> – {item.body.why}
      </p>
      <details>
        <summary>{S.run.compactedTo}</summary>
        <p className="pre-wrap soft">{item.body.summary}</p>
      </details>
      {running && !undone && (
        <button
          type="button"
          className="btn small"
          title={S.run.unfoldHelp}
          onClick={() => void api.UndoCompaction(run, call).catch((e) => setFault(toFault(e)))}
        >
          {S.run.unfold}
        </button>
      )}
      {ended && !undone && (
        <button type="button" className="btn ghost small" onClick={() => setGoing(true)}>
          <Icon name="fork" size={13} /> {S.run.goOnUnfolded}
        </button>
      )}
      {going && <TravelDialog run={run} unfold onClose={() => setGoing(false)} />}
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
    </div>
  );
}

export function UnknownView({ item }: { item: UnknownItem }) {
  return <p className="muted note">{S.run.unknownKind(item.name)}</p>;
}
