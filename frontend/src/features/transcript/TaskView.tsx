import type { RunView } from '../../run/view';
import { S } from '../../strings';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { fileIcon } from '../compose/FileChips';

export function TaskView({ view, ready }: { view: RunView; ready: boolean }) {
  const s = view.started;
  if (!s) return <p className="muted">{ready ? S.run.empty : S.common.loading}</p>;
  return (
    <section className="task" aria-label={S.run.task}>
      <h2 className="eyebrow">{S.run.task}</h2>
      <p className="task-text">{s.task}</p>
      {(s.files?.length || s.vars?.length) && (
        <div className="row wrap">
          {s.files?.map((f) => (
            <span key={f.path} className="chip" title={f.hint}>
              <Icon name={fileIcon(f.media_type ?? '')} size={13} /> {f.name}
              <span className="muted num">
                {bytes(f.size)} · {S.home.as} <code>{f.var}</code>
              </span>
            </span>
          ))}
          {s.vars?.map((v) => (
            <span key={v.name} className="chip mono clip">
              {v.name} = {JSON.stringify(v.json).slice(0, 60)}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}
