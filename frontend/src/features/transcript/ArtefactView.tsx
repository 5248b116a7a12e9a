import { memo, useEffect, useState } from 'react';
import type { ArtefactSaved } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { type Host, useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { fileIcon } from '../compose/FileChips';

const isImage = (f: ArtefactSaved) => /^image\/(png|jpeg|gif|webp|svg\+xml)$/.test(f.media_type);

/** A file that the code wrote: a picture is shown, everything can be saved. */
export const ArtefactView = memo(function ArtefactView({ run, file }: { run: string; file: ArtefactSaved }) {
  const [fault, setFault] = useState<Fault>();
  return (
    <figure className={`artefact ${isImage(file) ? 'picture-of' : ''}`}>
      {isImage(file) && <Picture run={run} file={file} />}
      <figcaption className="row">
        <Icon name={fileIcon(file.media_type)} size={14} />
        <span className="clip">{file.name}</span>
        <span className="muted num">{bytes(file.size)}</span>
        <Save run={run} name={file.name} onFault={setFault} />
      </figcaption>
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
    </figure>
  );
});

export function Save({ run, name, onFault }: { run: string; name: string; onFault: (f: Fault | undefined) => void }) {
  const host = useHost();
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
        href={host.artefactURL(run, name)}
        download={name.split('/').at(-1)}
        title={S.run.saveFile(name)}
      >
        {inside}
      </a>
    );
  }
  const save = () => {
    onFault(undefined);
    host.api.SaveArtefact(run, name).catch((e: unknown) => onFault(toFault(e)));
  };
  return (
    <button type="button" className="btn ghost icon small" title={S.run.saveFile(name)} onClick={save}>
      {inside}
    </button>
  );
}

const pictures = new Map<string, string>();

/** Pictures are remembered by their content, since rows leave and enter the screen. */
async function load(host: Host, run: string, file: ArtefactSaved): Promise<string> {
  const key = `${file.blob}/${file.media_type}`;
  const known = pictures.get(key);
  if (known) return known;
  const data = await host.api.Artefact(run, file.name);
  const url = `data:${file.media_type};base64,${data.base64}`;
  if (pictures.size > 60) pictures.delete(pictures.keys().next().value as string);
  pictures.set(key, url);
  return url;
}

/** In an <img>, so that an SVG of the agent can neither run scripts nor load anything. */
function Picture({ run, file }: { run: string; file: ArtefactSaved }) {
  const host = useHost();
  const [url, setURL] = useState(() => pictures.get(`${file.blob}/${file.media_type}`) ?? '');
  const [fault, setFault] = useState<Fault>();
  useEffect(() => {
    let there = true;
    load(host, run, file).then(
      (u) => there && setURL(u),
      (e: unknown) => there && setFault(toFault(e)),
    );
    return () => {
      there = false;
    };
  }, [host, run, file]);
  if (fault) return <FaultCard fault={fault} />;
  return <div className="picture">{url && <img src={url} alt={file.name} onError={() => setURL('')} />}</div>;
}
