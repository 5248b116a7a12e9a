import type { InputFile } from '../../bridge/api.gen';
import type { RunView } from '../../run/view';
import { S } from '../../strings';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { fileIcon } from '../compose/FileChips';
import { useContent } from '../figures/content';

export function TaskView({ view, ready }: { view: RunView; ready: boolean }) {
  const s = view.started;
  if (!s) return <p className="muted">{ready ? S.run.empty : S.common.loading}</p>;
  return (
    <section className="task" aria-label={S.run.task}>
      <h2 className="eyebrow">{S.run.task}</h2>
      <p className="task-text">{s.task}</p>
      <Shown run={view.id} files={s.files ?? []} />
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

/** The images that the model is shown, as it gets them. */
export function Shown({ run, files }: { run: string; files: readonly InputFile[] }) {
  const images = files.filter((f) => f.shown);
  if (images.length === 0) return null;
  return (
    <div className="row wrap">
      {images.map((f) => (
        <Thumbnail key={f.path} run={run} file={f} />
      ))}
    </div>
  );
}

function Thumbnail({ run, file }: { run: string; file: InputFile }) {
  const { shown } = file;
  const { base64, fault } = useContent(run, { blob: shown?.blob ?? '' });
  if (fault || !shown) return <p className="t-warn">{S.run.imageGone(file.name)}</p>;
  return (
    <figure className="thumbnail">
      {base64 !== undefined && <img src={`data:${shown.media_type};base64,${base64}`} alt={file.name} />}
      <figcaption className="muted">
        {S.run.shown} · {shown.width} × {shown.height}
      </figcaption>
    </figure>
  );
}
