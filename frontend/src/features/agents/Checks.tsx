import { useId } from 'react';
import type { Check, CheckKind } from '../../bridge/api.gen';
import { S } from '../../strings';
import { Icon } from '../../ui/Icon';
import { Select } from '../../ui/Select';
import { checkKinds, checkProblem } from './form';

interface Props {
  value: readonly Check[];
  /** problems are shown */
  tried: boolean;
  onChange: (checks: Check[]) => void;
}

/** What a final answer must meet: rows of kind and value, without code but where code is the point. */
export function Checks({ value, tried, onChange }: Props) {
  const a = S.agents;
  return (
    <fieldset className="checks">
      <legend>{a.checks}</legend>
      <p className="muted form-help">{a.checksHelp}</p>
      {value.map((c, i) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own
          key={i}
          n={i + 1}
          check={c}
          problem={tried ? checkProblem(c) : undefined}
          onChange={(next) => onChange(value.with(i, next))}
          onRemove={() => onChange(value.toSpliced(i, 1))}
        />
      ))}
      <div>
        <button
          type="button"
          className="btn small"
          onClick={() => onChange([...value, { kind: 'type', value: 'number' }])}
        >
          <Icon name="plus" size={13} /> {a.checkAdd}
        </button>
      </div>
    </fieldset>
  );
}

interface RowProps {
  n: number;
  check: Check;
  problem: string | undefined;
  onChange: (c: Check) => void;
  onRemove: () => void;
}

function Row({ n, check, problem, onChange, onRemove }: RowProps) {
  const a = S.agents;
  const id = useId();
  const input = {
    className: 'field mono grow',
    value: check.value ?? '',
    'aria-label': a.checkValue(n),
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem ? id : undefined,
    placeholder: a.checkHints[check.kind],
    onChange: (e: { target: { value: string } }) => onChange({ ...check, value: e.target.value }),
  };
  return (
    <div className="stack">
      <div className="row check-row">
        <Select
          label={a.checkKind(n)}
          value={check.kind}
          onChange={(kind) => onChange({ kind: kind as CheckKind, value: '' })}
          options={checkKinds.map((k) => ({ value: k, label: a.checkKinds[k] ?? k }))}
        />
        {check.kind === 'schema' ? (
          <textarea rows={4} {...input} />
        ) : check.kind === 'not_empty' ? (
          <span className="grow" />
        ) : (
          <input type="text" {...input} />
        )}
        <button
          type="button"
          className="btn ghost icon small"
          aria-label={a.checkRemove(n)}
          title={a.checkRemove(n)}
          onClick={onRemove}
        >
          <Icon name="trash" size={14} />
        </button>
      </div>
      {check.kind === 'judge' && (
        <input
          type="text"
          className="field mono"
          value={check.model ?? ''}
          aria-label={a.judgeModel(n)}
          placeholder={a.judgeHint}
          onChange={(e) => {
            const { model: _, ...rest } = check;
            onChange(e.target.value.trim() ? { ...rest, model: e.target.value.trim() } : rest);
          }}
        />
      )}
      {problem && (
        <p id={id} className="t-bad form-help">
          {problem}
        </p>
      )}
    </div>
  );
}
