import { memo, useState } from 'react';
import type { ArtefactSaved } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { fileIcon } from '../compose/FileChips';
import { useContent } from '../figures/content';
import { FigureView } from '../figures/FigureView';
import { PageView, TableView, TextView } from '../figures/PageView';
import { isPlotly, isVega } from '../figures/spec';

const isImage = (f: ArtefactSaved) => /^image\/(png|jpeg|gif|webp|svg\+xml)$/.test(f.media_type);
const isFigure = (f: ArtefactSaved) => isPlotly(f.media_type) || isVega(f.media_type);

/** What is fetched to be shown; more than that would take the window's memory. */
const largest = 16 << 20;

/**
 * What the code left behind: a picture and a figure are drawn, and everything can be saved. Of what it displayed, tables,
 * pages and texts are shown too; files of these kinds are named only. `told`: its value stands beside it.
 */
export const ArtefactView = memo(function ArtefactView({
  run,
  file,
  told = false,
}: {
  run: string;
  file: ArtefactSaved;
  told?: boolean;
}) {
  const [fault, setFault] = useState<Fault>();
  const small = file.size <= largest;
  const shown =
    isFigure(file) || (file.displayed && file.media_type === 'text/html')
      ? 'figure-of'
      : isImage(file)
        ? 'picture-of'
        : '';
  return (
    <figure className={`artefact ${shown}`}>
      {small ? (
        <Content run={run} file={file} told={told} />
      ) : (
        shown && <p className="muted">{S.figure.tooLarge(bytes(file.size))}</p>
      )}
      <figcaption className="row">
        <Icon name={fileIcon(file.media_type)} size={14} />
        <span className="clip">{fileName(file)}</span>
        <span className="muted num">{bytes(file.size)}</span>
        <Save run={run} file={file} onFault={setFault} />
      </figcaption>
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
    </figure>
  );
});

/** All of a text of which the log holds a part: fetched when it is wanted. */
export function WholeView({ run, file }: { run: string; file: ArtefactSaved }) {
  const [open, setOpen] = useState(false);
  const [fault, setFault] = useState<Fault>();
  return (
    <div className="whole">
      <p className="row muted">
        <button
          type="button"
          className="btn small"
          aria-expanded={open}
          disabled={file.size > largest}
          title={file.size > largest ? S.figure.tooLarge(bytes(file.size)) : undefined}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'chevron' : 'right'} size={13} /> {S.run.whole(bytes(file.size))}
        </button>
        <Save run={run} file={file} onFault={setFault} />
      </p>
      {open && <TextView run={run} file={file} />}
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
    </div>
  );
}

function Content({ run, file, told }: { run: string; file: ArtefactSaved; told: boolean }) {
  if (isImage(file)) return <Picture run={run} file={file} />;
  if (isFigure(file)) return <FigureView run={run} file={file} />;
  if (!file.displayed || told) return null;
  if (file.media_type === 'text/html') return <PageView run={run} file={file} />;
  if (file.media_type === 'text/csv') return <TableView run={run} file={file} />;
  if (/^text\/|json$/.test(file.media_type)) return <TextView run={run} file={file} />;
  return null;
}

/** What was displayed has a folder of its own, which says nothing to a person. */
export const fileName = (f: ArtefactSaved) => (f.displayed ? f.name.replace(/^displayed\//, '') : f.name);

interface SaveProps {
  run: string;
  file: ArtefactSaved;
  onFault: (f: Fault | undefined) => void;
}

export function Save({ run, file, onFault }: SaveProps) {
  const host = useHost();
  const { name } = file;
  // Agents of a team write to folders of their own: a name alone does not say whose.
  const which = file.agent ? file.blob : name;
  const inside = (
    <>
      <Icon name="download" size={14} />
      <span className="sr">{S.run.saveFile(name)}</span>
    </>
  );
  if (host.web) {
    return (
      <a
        className="btn ghost icon small"
        href={host.artefactURL(run, which)}
        download={name.split('/').at(-1)}
        title={S.run.saveFile(name)}
      >
        {inside}
      </a>
    );
  }
  const save = () => {
    onFault(undefined);
    host.api.SaveArtefact(run, which).catch((e: unknown) => onFault(toFault(e)));
  };
  return (
    <button type="button" className="btn ghost icon small" title={S.run.saveFile(name)} onClick={save}>
      {inside}
    </button>
  );
}

/** In an <img>, so that an SVG of the agent can neither run scripts nor load anything. */
function Picture({ run, file }: { run: string; file: ArtefactSaved }) {
  const { base64, fault } = useContent(run, file);
  const [broken, setBroken] = useState(false);
  if (fault) return <FaultCard fault={fault} />;
  return (
    <div className="picture">
      {base64 !== undefined && !broken && (
        <img src={`data:${file.media_type};base64,${base64}`} alt={fileName(file)} onError={() => setBroken(true)} />
      )}
    </div>
  );
}
