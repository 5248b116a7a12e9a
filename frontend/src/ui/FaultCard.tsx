import type { ReactNode } from 'react';
import type { FaultData } from '../bridge/api.gen';
import type { Fault } from '../bridge/fault';
import { S } from '../strings';
import { Icon } from './Icon';
import { Inlines } from './Prose';

interface Props {
  fault: Fault | FaultData;
  children?: ReactNode;
  onRetry?: () => void;
  onDismiss?: () => void;
  tone?: 'bad' | 'warn';
  /** announce it: it came up while the person was doing something */
  live?: boolean;
}

/** What happened, why, and what to do: every error of the window looks like this, in the place that it is about. */
export function FaultCard({ fault, children, onRetry, onDismiss, tone = 'bad', live = false }: Props) {
  const f = 'data' in fault ? fault.data : fault;
  return (
    <div className={`fault ${tone}`} role={live ? 'alert' : undefined}>
      <Icon name="alert" className="fault-icon" />
      <div className="grow">
        <p className="fault-what">{f.message}</p>
        {f.why && <p className="fault-why">{f.why}</p>}
        {f.do && (
          <p className="fault-do">
            <Inlines text={f.do} />
          </p>
        )}
        {(children || onRetry) && (
          <div className="row wrap fault-actions">
            {onRetry && (
              <button type="button" className="btn small" onClick={onRetry}>
                <Icon name="retry" size={13} /> {S.common.retry}
              </button>
            )}
            {children}
          </div>
        )}
      </div>
      {onDismiss && (
        <button type="button" className="btn ghost icon small" aria-label={S.common.dismiss} onClick={onDismiss}>
          <Icon name="close" size={13} />
        </button>
      )}
    </div>
  );
}
