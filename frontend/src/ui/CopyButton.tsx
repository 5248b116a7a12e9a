import { useEffect, useRef, useState } from 'react';
import { S } from '../strings';
import { Icon } from './Icon';

/** The clipboard, also where the page has no right to it (an older WebKit, plain http). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    const ok = document.execCommand?.('copy') ?? false;
    area.remove();
    return ok;
  }
}

interface Props {
  text: string | (() => string);
  label: string;
  /** show the label, not only the icon */
  wide?: boolean;
  className?: string;
}

export function CopyButton({ text, label, wide = false, className = 'ghost small' }: Props) {
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    setDone(await copyText(typeof text === 'string' ? text : text()));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), 1600);
  };
  return (
    <button
      type="button"
      className={`btn ${className} ${wide ? '' : 'icon'}`}
      aria-label={wide ? undefined : label}
      title={wide ? undefined : label}
      onClick={copy}
    >
      <Icon name={done ? 'check' : 'copy'} size={14} />
      {wide && (done ? S.common.copied : label)}
      <span className="sr" aria-live="polite">
        {done && !wide ? S.common.copied : ''}
      </span>
    </button>
  );
}
