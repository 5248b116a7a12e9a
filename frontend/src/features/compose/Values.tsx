import { S } from '../../strings';
import { Icon } from '../../ui/Icon';
import { type Draft, type DraftValue, kindOf, nameProblem, newValue } from './draft';

interface Props {
  draft: Pick<Draft, 'files' | 'values'>;
  /** problems are shown, also of names that are still missing */
  strict: boolean;
  onChange: (values: readonly DraftValue[]) => void;
}

/** Named values that the code finds as Python variables: a number, a text, a list, anything that is JSON. */
export function Values({ draft, strict, onChange }: Props) {
  const { values } = draft;
  const h = S.home.values;
  if (values.length === 0) return null;
  const set = (key: number, change: Partial<DraftValue>) =>
    onChange(values.map((v) => (v.key === key ? { ...v, ...change } : v)));
  return (
    <fieldset className="stack values">
      <legend className="muted">{h.title}</legend>
      {values.map((v, i) => {
        const problem = nameProblem(v, draft);
        const shown = problem && (strict || problem !== 'missing') ? h.problems[problem] : '';
        return (
          <div key={v.key} className="row value-row">
            <input
              className="field mono value-name"
              aria-label={h.name(i + 1)}
              aria-invalid={shown !== ''}
              placeholder={h.namePlaceholder}
              value={v.name}
              spellCheck={false}
              // biome-ignore lint/a11y/noAutofocus: the row was just asked for
              autoFocus={v.name === '' && v.text === ''}
              onChange={(e) => set(v.key, { name: e.target.value.trim() })}
            />
            <span aria-hidden="true">=</span>
            <input
              className="field mono grow"
              aria-label={h.value(v.name || String(i + 1))}
              placeholder={h.valuePlaceholder}
              value={v.text}
              spellCheck={false}
              onChange={(e) => set(v.key, { text: e.target.value })}
            />
            <span className={shown ? 't-bad' : 'muted mono'}>{shown || kindOf(v.text)}</span>
            <button
              type="button"
              className="chip-x"
              aria-label={S.home.remove(v.name || String(i + 1))}
              onClick={() => onChange(values.filter((o) => o.key !== v.key))}
            >
              <Icon name="close" size={11} />
            </button>
          </div>
        );
      })}
    </fieldset>
  );
}

export function AddValue({ draft, onChange }: Omit<Props, 'strict'>) {
  return (
    <button type="button" className="btn ghost small" onClick={() => onChange([...draft.values, newValue()])}>
      <Icon name="plus" size={13} /> {S.home.values.add}
    </button>
  );
}
