import { memo } from 'react';
import type { CallsItem } from '../../run/view';
import { S } from '../../strings';
import { Prose } from '../../ui/Prose';

/** Why the model calls what follows, and what had to be put right in the calls. */
export const CallsView = memo(function CallsView({ item }: { item: CallsItem }) {
  const { thought, mended, calls } = item.body;
  return (
    <>
      {thought && <Prose text={thought} className="thought" />}
      {((calls?.length ?? 0) > 1 || mended) && (
        <p className="row muted note">
          {(calls?.length ?? 0) > 1 && S.run.calls(calls?.length ?? 0)}
          {mended && (
            <span className="chip tiny warn" title={mended.join('\n')}>
              {S.run.mended}
              <span className="sr">: {mended.join(', ')}</span>
            </span>
          )}
        </p>
      )}
    </>
  );
});
