import { useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import type { Recommendation } from '../../bridge/api.gen';
import { S } from '../../strings';
import { bytes, modelName } from '../../ui/format';
import { Icon } from '../../ui/Icon';

interface Props {
  onPull: (name: string) => void;
  /** show the recommended models at once: there is none yet */
  open: boolean;
  /** references that are being fetched */
  busy: readonly string[];
}

/** Getting a model: by name, or from those that suit this computer. */
export function Pull({ onPull, open, busy }: Props) {
  const [name, setName] = useState('');
  const status = useResource(useDesk().status).data;
  const p = S.models.pull;
  const memory = status?.memory ?? 0;
  return (
    <div className="card section pull">
      <form
        className="row wrap"
        onSubmit={(e) => {
          e.preventDefault();
          onPull(name.trim());
          setName('');
        }}
      >
        <label htmlFor="pull-name">{p.label}</label>
        <input
          id="pull-name"
          className="field mono grow"
          autoComplete="off"
          spellCheck={false}
          placeholder="qwen3:8b"
          value={name}
          onChange={(e) => setName(e.target.value)}
        />
        <button type="submit" className="btn" disabled={name.trim() === ''}>
          <Icon name="download" size={13} /> {p.button}
        </button>
      </form>
      <details open={open}>
        <summary className="muted">{memory > 0 ? p.advisedFor(Math.round(memory / 2 ** 30)) : p.advised}</summary>
        <ul className="advised">
          {(status?.advised ?? []).map((r) => (
            <Advised key={r.model} r={r} busy={busy.includes(r.model)} onPull={onPull} />
          ))}
        </ul>
      </details>
    </div>
  );
}

function Advised({ r, busy, onPull }: { r: Recommendation; busy: boolean; onPull: (name: string) => void }) {
  const p = S.models.pull;
  const name = modelName(r.model);
  return (
    <li className="row between">
      <span className="model-main">
        <span className="row wrap">
          <b className="mono">{name}</b>
          <span className="muted num">{bytes(r.size)}</span>
          {r.best && <span className="chip tiny acc">{p.best}</span>}
          {!r.fits && <span className="chip tiny warn">{p.tooLarge(bytes(r.needs))}</span>}
        </span>
        <span className="soft">{r.about}</span>
      </span>
      {r.present ? (
        <span className="chip tiny ok">
          <Icon name="check" size={12} /> {p.present}
        </span>
      ) : (
        <button
          type="button"
          className="btn small"
          disabled={busy}
          aria-label={`${p.button}: ${name}`}
          onClick={() => onPull(r.model)}
        >
          <Icon name="download" size={13} /> {p.button}
        </button>
      )}
    </li>
  );
}
