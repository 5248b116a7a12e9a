import { type ComponentProps, useState } from 'react';
import { Field, TextField } from './Field';
import { type Group, type Option, Select } from './Select';

/** The keys of a form that a person types into. */
type TextKey<F> = { [K in keyof F]-?: F[K] extends string ? K : never }[keyof F] & string;

interface Form<F> {
  /** the label of a field under its key, its help under the key with Help */
  words: object;
  form: F;
  errors: Partial<Record<keyof F, unknown>>;
  /** problems are shown at once, not only in fields that the person has left */
  strict: boolean;
  set: (change: Partial<F>) => void;
}

type TextProps = Omit<ComponentProps<typeof TextField>, 'label' | 'error' | 'value' | 'onChange' | 'onBlur'>;

/** The fields of a form: each has its label and help, its value, and the problem in the place of the help. */
export function useFields<F>({ words, form, errors, strict, set }: Form<F>) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const say = words as Record<string, string>;
  const problem = (key: TextKey<F>) => (strict || left.has(key) ? (errors[key] as string | undefined) : undefined);
  return {
    text: (key: TextKey<F>, props: TextProps = {}) => (
      <TextField
        key={key}
        label={say[key] ?? key}
        help={say[`${key}Help`]}
        error={problem(key)}
        value={form[key] as string}
        onChange={(value) => set({ [key]: value } as Partial<F>)}
        onBlur={() => setLeft((old) => (old.has(key) ? old : new Set(old).add(key)))}
        {...props}
      />
    ),
    choice: (key: TextKey<F>, options: Option[] | { groups: Group[] }) => (
      <Field key={key} label={say[key] ?? key} help={say[`${key}Help`]}>
        {({ id }) => (
          <Select
            id={id}
            label={say[key] ?? key}
            value={form[key] as string}
            onChange={(value) => set({ [key]: value } as Partial<F>)}
            {...(Array.isArray(options) ? { options } : options)}
            className="wide"
          />
        )}
      </Field>
    ),
  };
}

/** A table of words as options. */
export const optionsOf = (table: Readonly<Record<string, string>>): Option[] =>
  Object.entries(table).map(([value, label]) => ({ value, label }));
