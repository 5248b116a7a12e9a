import type { SaidItem } from '../../run/view';
import { S } from '../../strings';

interface Props {
  item: SaidItem;
  /** the model was told */
  heard: boolean;
  running: boolean;
  /** name of the called agent that it was said to; none for the run's own */
  agent: string | undefined;
}

/** What the user told an agent while it ran. */
export function SaidView({ item, heard, running, agent }: Props) {
  const t = S.run.tell;
  const unread = agent ? t.passedOn(agent) : t.unread;
  const state = heard ? '' : running ? t.waits : unread;
  return (
    <div className="said" role="note" aria-label={t.you}>
      <p className="eyebrow">{item.for ? t.meantFor(item.for) : t.you}</p>
      <p className="pre-wrap">{item.text}</p>
      {state && <p className={running ? 'muted' : 't-warn'}>{state}</p>}
    </div>
  );
}
