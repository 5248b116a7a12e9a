import { useEffect, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import type { Permission } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';

/** What the person decided for later runs, each to be revoked at once. */
export function Permissions() {
  const { api } = useHost();
  const desk = useDesk();
  const { data, fault } = useResource(desk.permissions);
  // A card may have added one since.
  useEffect(() => void desk.permissions.reload(), [desk]);
  const [failed, setFailed] = useState<Fault>();
  const revoke = async (p: Permission) => {
    setFailed(undefined);
    try {
      await api.Revoke(p.kind, p.value, p.agent ?? '');
      await desk.permissions.reload();
    } catch (e) {
      setFailed(toFault(e));
    }
  };
  const s = S.permission;
  return (
    <section className="card section" aria-label={s.title}>
      <h2>{s.title}</h2>
      <p className="soft">{s.lead}</p>
      {fault && <FaultCard fault={fault} live onRetry={() => void desk.permissions.reload()} />}
      {failed && <FaultCard fault={failed} live />}
      {data?.length === 0 && <p className="muted">{s.none}</p>}
      {data && data.length > 0 && (
        <ul className="permissions">
          {data.map((p) => (
            <li key={`${p.kind} ${p.value} ${p.agent}`} className="row">
              <span className={`chip tiny ${p.allow ? 'ok' : 'bad'}`}>{p.allow ? s.says.yes : s.says.no}</span>
              <span className="permission-what">
                {s.kinds[p.kind] ?? p.kind} <code>{p.value}</code>{' '}
                <span className="muted">· {p.agent || s.everyAgent}</span>
              </span>
              <button
                type="button"
                className="btn small"
                aria-label={s.revokeWhat(p.value)}
                onClick={() => void revoke(p)}
              >
                {s.revoke}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
