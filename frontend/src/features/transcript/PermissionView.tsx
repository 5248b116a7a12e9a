import { useEffect, useRef, useState } from 'react';
import type { Lasts, PermissionDecided, Scope } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import type { PermissionItem } from '../../run/view';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';

/** Code needs a module or a host that nobody has decided on: the run waits for the person. */
export function PermissionView({ run, item, live }: { run: string; item: PermissionItem; live: boolean }) {
  if (item.decided) return <Decided decided={item.decided} />;
  if (!live) {
    return (
      <div className="asked">
        <p>
          {title(item.body.scope)} <span className="muted">{S.permission.undecided}</span>
        </p>
      </div>
    );
  }
  return <Card run={run} item={item} />;
}

const title = (s: Scope) => (s.kind === 'host' ? S.permission.host(s.value) : S.permission.module(s.value));

function Decided({ decided: d }: { decided: PermissionDecided }) {
  const what =
    d.scope.kind === 'host' ? S.permission.hostShort(d.scope.value) : S.permission.moduleShort(d.scope.value);
  return (
    <p className="muted note row permission-done">
      <Icon name={d.allow ? 'check' : 'close'} size={13} />
      {d.allow ? S.permission.allowed : S.permission.refused} {what} · {S.permission.lasts[d.for] ?? d.for}
    </p>
  );
}

const allows: Lasts[] = ['once', 'run', 'agent', 'always'];

function Card({ run, item }: { run: string; item: PermissionItem }) {
  const { api } = useHost();
  const { scope, detail, source, line, local } = item.body;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    // Only when nobody is writing somewhere else; and not on a button: a stray Enter must not allow anything.
    if (document.activeElement === document.body || document.activeElement === null)
      card.current?.focus({ preventScroll: true });
  }, []);
  const decide = async (allow: boolean, lasts: Lasts) => {
    if (busy) return;
    setBusy(true);
    setFault(undefined);
    try {
      await api.Decide(run, item.seq, allow, lasts);
    } catch (e) {
      setFault(toFault(e));
      setBusy(false);
    }
  };
  const what = title(scope);
  return (
    <section className="ask permission" aria-label={what} ref={card} tabIndex={-1}>
      <h4>{what}</h4>
      {item.body.agent && <p className="muted">{S.team.for(item.body.agent)}</p>}
      {detail && <p className="permission-detail mono">{detail}</p>}
      {source && (
        <p className="permission-code">
          <span className="muted">{S.permission.line(line ?? 0)}</span> <code>{source}</code>
        </p>
      )}
      <p className="soft">
        {scope.kind === 'host' ? S.permission.hostCan : S.permission.moduleCan}
        {local && ` ${S.permission.local}`}
      </p>
      {fault && <FaultCard fault={fault} live />}
      <div className="row permission-row" role="group" aria-label={S.permission.allow}>
        <span className="permission-verb">{S.permission.allow}</span>
        {allows.map((l) => (
          <button
            key={l}
            type="button"
            className="btn small"
            title={S.permission.help[l]}
            disabled={busy}
            onClick={() => void decide(true, l)}
          >
            {S.permission.for[l]}
          </button>
        ))}
      </div>
      <div className="row permission-row" role="group" aria-label={S.permission.refuse}>
        <span className="permission-verb">{S.permission.refuse}</span>
        <button type="button" className="btn small" disabled={busy} onClick={() => void decide(false, 'run')}>
          {S.permission.no}
        </button>
        <button type="button" className="btn small" disabled={busy} onClick={() => void decide(false, 'always')}>
          {S.permission.never}
        </button>
        <span className="muted">{S.run.runWaits}</span>
      </div>
      <span className="sr" role="status">
        {what}
      </span>
    </section>
  );
}
