import { useState } from 'react';
import { FaultCard } from '../ui/FaultCard';
import { useDesk } from './desk';
import { useResource } from './resource';

/** What went wrong at the start and was survived: said once, in place, until it is dismissed. */
export function Notices() {
  const { data, fault } = useResource(useDesk().status);
  const [gone, setGone] = useState<readonly string[]>([]);
  const notices = (data?.notices ?? []).filter((n) => !gone.includes(n.message));
  if (notices.length === 0 && !fault) return null;
  return (
    <div className="notices">
      {fault && <FaultCard fault={fault} />}
      {notices.map((n) => (
        <FaultCard key={n.message} fault={n} tone="warn" live onDismiss={() => setGone([...gone, n.message])} />
      ))}
    </div>
  );
}
