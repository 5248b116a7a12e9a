import { type ReactNode, useId } from 'react';

interface Props {
  /** of the control; made up if it is not given */
  id?: string | undefined;
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  children: (props: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode;
}

/** A labelled field with a plain-language help line; an error takes its place and is announced. */
export function Field({ id: given, label, help, error, children }: Props) {
  const made = useId();
  const id = given ?? made;
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-help`, 'aria-invalid': Boolean(error) })}
      <p id={`${id}-help`} className={error ? 't-bad form-help' : 'muted form-help'} aria-live="polite">
        {error || help}
      </p>
    </div>
  );
}

interface TextProps {
  id?: string;
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  value: string;
  onChange: (v: string) => void;
  rows?: number;
  mono?: boolean;
  disabled?: boolean;
  inputMode?: 'decimal' | 'numeric' | 'url';
  type?: 'text' | 'password';
  placeholder?: string;
  onBlur?: () => void;
}

export function TextField({ id, label, help, error, value, onChange, rows, mono, type = 'text', ...rest }: TextProps) {
  const className = `field ${mono ? 'mono' : ''}`;
  return (
    <Field id={id} label={label} help={help} error={error}>
      {(p) =>
        rows ? (
          <textarea
            {...p}
            {...rest}
            className={className}
            rows={rows}
            value={value}
            onChange={(e) => onChange(e.target.value)}
            spellCheck={!mono}
          />
        ) : (
          <input
            {...p}
            {...rest}
            type={type}
            autoComplete="off"
            className={className}
            value={value}
            onChange={(e) => onChange(e.target.value)}
            spellCheck={false}
          />
        )
      }
    </Field>
  );
}
