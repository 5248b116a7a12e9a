import type { SaidItem } from '../../run/view';
import { S } from '../../strings';

interface Props {
  item: SaidItem;
  /** the model was told */
  heard: boolean;
  running: boolean;
}

/** What the user told the agent while it ran. */
export function SaidView({ item, heard, running }: Props) {
  const state = heard ? '' : running ? S.run.tell.waits : S.run.tell.unread;
  return (
    <section className="said" aria-label={S.run.tell.you}>
      <h4 className="eyebrow">{S.run.tell.you}</h4>
      <p className="pre-wrap">{item.text}</p>
      {state && <p className={running ? 'muted' : 't-warn'}>{state}</p>}
    </section>
  );
}
