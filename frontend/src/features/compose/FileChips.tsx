import { useState } from 'react';
import type { FileInfo } from '../../bridge/api.gen';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { bytes } from '../../ui/format';
import { Icon, type IconName } from '../../ui/Icon';
import { getDraft, isVariable, setDraft } from './draft';

export function FileChips({ files, over, onPick }: { files: readonly FileInfo[]; over: boolean; onPick: () => void }) {
  const faulty = files.filter((f) => f.fault);
  return (
    <div className="stack">
      <div className="row wrap">
        {files.map((f) => (
          <Chip key={f.path} file={f} />
        ))}
        <button type="button" className="btn ghost small" onClick={onPick}>
          <Icon name="clip" size={13} /> {S.home.addFiles}
        </button>
        <span className={over ? 't-acc' : 'muted'}>{over ? S.home.dropNow : S.home.dropMore}</span>
      </div>
      {faulty.map(
        (f) =>
          f.fault && <FaultCard key={f.path} fault={{ ...f.fault, message: `${f.name}: ${f.fault.message}` }} live />,
      )}
    </div>
  );
}

export function fileIcon(mediaType: string): IconName {
  if (mediaType.startsWith('image/')) return 'image';
  return /csv|sheet|excel|parquet|tab-separated/.test(mediaType) ? 'table' : 'file';
}

function Chip({ file }: { file: FileInfo }) {
  const facts = [bytes(file.size), file.rows ? S.home.rows(file.rows) : ''].filter(Boolean);
  return (
    <span className={`chip file-chip ${file.fault ? 'bad' : ''}`}>
      <Icon name={file.fault ? 'alert' : fileIcon(file.media_type)} size={13} />
      <span className="clip file-name" title={file.path}>
        {file.name}
      </span>
      <span className="file-facts num">{facts.join(' · ')}</span>
      {!file.fault && <Variable file={file} />}
      <button
        type="button"
        className="chip-x"
        aria-label={S.home.remove(file.name)}
        onClick={() => setDraft({ files: getDraft().files.filter((f) => f.path !== file.path) })}
      >
        <Icon name="close" size={11} />
      </button>
    </span>
  );
}

/** The name under which Python finds the file. */
function Variable({ file }: { file: FileInfo }) {
  const [text, setText] = useState(file.var);
  const taken = getDraft().files.some((f) => f.path !== file.path && f.var === text);
  const good = isVariable(text) && !taken;
  const save = () => {
    if (!good) return setText(file.var);
    setDraft({ files: getDraft().files.map((f) => (f.path === file.path ? { ...f, var: text } : f)) });
  };
  return (
    <label className="row file-var">
      {S.home.as}
      <input
        className="mono"
        aria-label={S.home.varName(file.name)}
        aria-invalid={!good}
        size={Math.max(3, text.length)}
        value={text}
        spellCheck={false}
        onChange={(e) => setText(e.target.value)}
        onBlur={save}
        onKeyDown={(e) => e.key === 'Enter' && !e.ctrlKey && e.currentTarget.blur()}
      />
    </label>
  );
}
