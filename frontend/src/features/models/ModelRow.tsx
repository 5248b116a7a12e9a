import { useState } from 'react';
import type { Fitness, ModelInfo } from '../../bridge/api.gen';
import { S } from '../../strings';
import { Confirm } from '../../ui/Dialog';
import { bytes, context } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { FitnessCard } from './FitnessCard';
import { modelLabel } from './groups';

interface Props {
  m: ModelInfo;
  /** it is the default */
  on: boolean;
  fitness: Fitness | undefined;
  /** a check of it goes on */
  checking: boolean;
  /** it is on Ollama's disk, here */
  deletable: boolean;
  /** it can be checked: the demo is no model */
  checkable: boolean;
  onChoose: (ref: string) => void;
  onCheck: (ref: string) => void;
  onDelete: (ref: string) => void;
}

export function ModelRow({ m, on, fitness, checking, deletable, checkable, onChoose, onCheck, onDelete }: Props) {
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const name = modelLabel(m);
  const facts = [
    m.parameters,
    m.quantisation,
    m.size ? bytes(m.size) : '',
    m.context_tokens ? S.models.context(context(m.context_tokens)) : '',
    m.context_tokens && m.context_bytes ? S.models.contextCost(bytes(8192 * m.context_bytes)) : '',
  ].filter(Boolean);
  return (
    <li>
      <div className="model-row">
        <span className="model-main">
          <span className="row">
            <b className="clip model-name">{name}</b>
            {m.loaded && <span className="chip tiny ok">{S.models.loaded}</span>}
            {m.cloud && (
              <span className="chip tiny warn">
                <Icon name="cloud" size={12} /> {S.models.cloud}
              </span>
            )}
          </span>
          <span className="muted num clip">{facts.join(' · ')}</span>
        </span>
        <span className="row model-can">
          {(m.capabilities ?? [])
            .filter((c) => c !== 'completion')
            .map((c) => (
              <span key={c} className="chip tiny">
                {S.models.capability[c] ?? c}
              </span>
            ))}
        </span>
        <span className="row model-work">
          {fitness ? (
            <button
              type="button"
              className="btn small"
              aria-expanded={open}
              aria-label={`${S.models.fitness.show}: ${name}`}
              onClick={() => setOpen(!open)}
            >
              <Icon name={open ? 'chevron' : 'right'} size={13} /> {passed(fitness)}
            </button>
          ) : (
            checkable && (
              <button
                type="button"
                className="btn small"
                disabled={checking}
                title={S.models.fitness.help}
                aria-label={`${S.models.fitness.check}: ${name}`}
                onClick={() => onCheck(m.ref)}
              >
                {S.models.fitness.check}
              </button>
            )
          )}
          {deletable && (
            <button
              type="button"
              className="btn ghost icon small"
              aria-label={S.models.remove(name)}
              title={S.models.remove(name)}
              onClick={() => setAsking(true)}
            >
              <Icon name="trash" size={14} />
            </button>
          )}
        </span>
        {on ? (
          <span className="chip acc model-default">
            <Icon name="check" size={12} /> {S.models.isDefault}
          </span>
        ) : (
          <button
            type="button"
            className="btn small model-default"
            aria-label={`${S.models.makeDefault}: ${name}`}
            onClick={() => onChoose(m.ref)}
          >
            {S.models.makeDefault}
          </button>
        )}
      </div>
      {fitness && open && <FitnessCard fitness={fitness} onAgain={() => onCheck(m.ref)} />}
      <Confirm
        open={asking}
        title={S.models.removeTitle(name)}
        text={S.models.removeText(m.size ? bytes(m.size) : '')}
        action={S.common.delete}
        danger
        onConfirm={() => onDelete(m.ref)}
        onClose={() => setAsking(false)}
      />
    </li>
  );
}

function passed(f: Fitness): string {
  const probes = f.probes ?? [];
  const counted = probes.filter((p) => p.state !== 'cannot');
  return S.models.fitness.passed(counted.filter((p) => p.state === 'pass').length, counted.length);
}
