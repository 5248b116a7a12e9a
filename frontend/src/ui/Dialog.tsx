import { Dialog as R } from 'radix-ui';
import type { HTMLAttributes, ReactNode } from 'react';
import { S } from '../strings';
import { Icon } from './Icon';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  text?: string;
  children?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  /** files can be dropped on it */
  drop?: HTMLAttributes<HTMLElement>;
}

export function Dialog({ open, onClose, title, text, children, actions, wide = false, drop }: Props) {
  return (
    <R.Root open={open} onOpenChange={(o) => !o && onClose()}>
      <R.Portal>
        <R.Overlay className="backdrop" />
        <R.Content
          onOpenAutoFocus={focusFirst}
          className={`dialog ${wide ? 'wide' : ''}`}
          {...drop}
          {...(text ? {} : { 'aria-describedby': undefined })}
        >
          <div className="row between">
            <R.Title asChild>
              <h2>{title}</h2>
            </R.Title>
            <R.Close className="btn ghost icon small" aria-label={S.common.close}>
              <Icon name="close" size={14} />
            </R.Close>
          </div>
          {text && <R.Description className="soft">{text}</R.Description>}
          {children}
          {actions && <div className="row dialog-actions">{actions}</div>}
        </R.Content>
      </R.Portal>
    </R.Root>
  );
}

/** The field, or the harmless button: not the cross in the corner. */
function focusFirst(e: Event) {
  const target = (e.currentTarget as HTMLElement | null)?.querySelector<HTMLElement>(
    'input, textarea, [data-autofocus]',
  );
  if (!target) return;
  e.preventDefault();
  target.focus();
}

interface ConfirmProps {
  open: boolean;
  title: string;
  text: string;
  action: string;
  /** of the harmless button; otherwise Cancel */
  cancel?: string;
  danger?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({
  open,
  title,
  text,
  action,
  cancel = S.common.cancel,
  danger = false,
  onConfirm,
  onClose,
}: ConfirmProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      text={text}
      actions={
        <>
          <button type="button" className="btn" data-autofocus onClick={onClose}>
            {cancel}
          </button>
          <button
            type="button"
            className={`btn primary ${danger ? 'danger' : ''}`}
            onClick={() => {
              onClose();
              onConfirm();
            }}
          >
            {action}
          </button>
        </>
      }
    />
  );
}
