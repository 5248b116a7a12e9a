import { Select as R } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon } from './Icon';

export interface Option {
  value: string;
  label: string;
  hint?: ReactNode;
  disabled?: boolean;
}
export interface Group {
  label?: string;
  note?: ReactNode;
  options: Option[];
}

interface Props {
  id?: string;
  label: string;
  /** show the label inside the button: "Model: qwen3" */
  inlineLabel?: boolean;
  value: string;
  onChange: (value: string) => void;
  options?: Option[];
  groups?: Group[];
  placeholder?: string;
  className?: string;
  disabled?: boolean;
}

/** Radix has no option with an empty value; ours stands for "not chosen". */
const none = '\u0000';
const wire = (v: string) => (v === '' ? none : v);

export function Select(p: Props) {
  const groups = p.groups ?? [{ options: p.options ?? [] }];
  const chosen = groups.flatMap((g) => g.options).find((o) => o.value === p.value);
  return (
    <R.Root value={wire(p.value)} onValueChange={(v) => p.onChange(v === none ? '' : v)} disabled={p.disabled ?? false}>
      <R.Trigger id={p.id} className={`btn select ${p.className ?? ''}`} aria-label={p.label}>
        <span className="clip">
          {p.inlineLabel && <span className="muted">{p.label} </span>}
          <R.Value>{chosen?.label ?? p.placeholder ?? p.value}</R.Value>
        </span>
        <R.Icon asChild>
          <Icon name="chevron" size={13} />
        </R.Icon>
      </R.Trigger>
      <R.Portal>
        <R.Content className="menu" position="popper" sideOffset={4} collisionPadding={8}>
          <R.Viewport>
            {groups.map((g, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: groups are rebuilt as a whole
              <R.Group key={i}>
                {g.label && <R.Label className="menu-label">{g.label}</R.Label>}
                {g.options.map((o) => (
                  <R.Item key={o.value} value={wire(o.value)} className="menu-item" disabled={o.disabled ?? false}>
                    <R.ItemIndicator className="menu-check">
                      <Icon name="check" size={13} />
                    </R.ItemIndicator>
                    <span className="clip">
                      <R.ItemText>{o.label}</R.ItemText>
                    </span>
                    {o.hint && <span className="menu-hint">{o.hint}</span>}
                  </R.Item>
                ))}
                {g.note && <div className="menu-note">{g.note}</div>}
              </R.Group>
            ))}
          </R.Viewport>
        </R.Content>
      </R.Portal>
    </R.Root>
  );
}
