import type { ReactNode } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { S } from '../../strings';

/** The modules that an agent may import besides the usual ones, which are listed below the field. */
export function ImportsField({ field }: { field: ReactNode }) {
  const usual = useResource(useDesk().imports).data ?? [];
  return (
    <div className="stack">
      {field}
      {usual.length > 0 && (
        <details className="usual">
          <summary className="muted">{S.agents.importsUsual(usual.length)}</summary>
          <p className="mono soft">{usual.join(', ')}</p>
        </details>
      )}
    </div>
  );
}
