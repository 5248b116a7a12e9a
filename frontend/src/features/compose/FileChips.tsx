import { type ReactNode, useState } from 'react';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { bytes } from '../../ui/format';
import { Icon, type IconName } from '../../ui/Icon';
import type { Sight } from '../models/groups';
import { isShown, isVariable, type TaskFile } from './files';

interface Props {
  files: readonly TaskFile[];
  onFiles: (files: readonly TaskFile[]) => void;
  /** variables that the agent has already */
  taken?: readonly string[];
  /** of the model that is chosen */
  sight: Sight;
  over: boolean;
  onPick: () => void;
  /** what else can be added */
  children?: ReactNode;
}

export function FileChips({ files, onFiles, taken = [], sight, over, onPick, children }: Props) {
  const faulty = files.filter((f) => f.fault);
  return (
    <div className="stack">
      <div className="row wrap">
        {files.map((f) => (
          <Chip
            key={f.path}
            file={f}
            sight={sight}
            taken={[...taken, ...files.filter((x) => x !== f).map((x) => x.var)]}
            onChange={(to) => onFiles(files.map((x) => (x === f ? { ...x, ...to } : x)))}
            onRemove={() => onFiles(files.filter((x) => x !== f))}
          />
        ))}
        <button type="button" className="btn ghost small" onClick={onPick}>
          <Icon name="clip" size={13} /> {S.home.addFiles}
        </button>
        <span className={over ? 't-acc' : 'muted'}>{over ? S.home.dropNow : S.home.dropMore}</span>
        {children}
      </div>
      {files.some((f) => f.width && !f.fault) && S.home.sight[sight] && (
        <p className="muted file-sight">{S.home.sight[sight]}</p>
      )}
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

interface ChipProps {
  file: TaskFile;
  sight: Sight;
  taken: readonly string[];
  onChange: (to: Partial<TaskFile>) => void;
  onRemove: () => void;
}

function Chip({ file, sight, taken, onChange, onRemove }: ChipProps) {
  const facts = [
    file.width && `${file.width} × ${file.height}`,
    bytes(file.size),
    file.rows ? S.home.rows(file.rows) : '',
  ].filter(Boolean);
  return (
    <span className={`chip file-chip ${file.fault ? 'bad' : ''}`}>
      <Icon name={file.fault ? 'alert' : fileIcon(file.media_type)} size={13} />
      <span className="clip file-name" title={file.table ? `${file.path}\n${file.table}` : file.path}>
        {file.name}
      </span>
      <span className="file-facts num">{facts.join(' · ')}</span>
      {!file.fault && <Variable file={file} taken={taken} onChange={onChange} />}
      {!file.fault && Boolean(file.width) && sight !== 'blind' && (
        <label className="row file-shown">
          <input
            type="checkbox"
            aria-label={S.home.showModelName(file.name)}
            checked={isShown(file, sight)}
            onChange={(e) => onChange({ unseen: !e.target.checked })}
          />{' '}
          {S.home.showModel}
        </label>
      )}
      <button type="button" className="chip-x" aria-label={S.home.remove(file.name)} onClick={onRemove}>
        <Icon name="close" size={11} />
      </button>
    </span>
  );
}

/** The name under which Python finds the file. */
function Variable({ file, taken, onChange }: Pick<ChipProps, 'file' | 'taken' | 'onChange'>) {
  const [text, setText] = useState(file.var);
  const good = isVariable(text) && !taken.includes(text);
  const save = () => {
    if (!good) return setText(file.var);
    onChange({ var: text });
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
