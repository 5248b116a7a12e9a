import { useState } from 'react';
import { toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import type { ModelItem } from '../../run/view';
import { S } from '../../strings';
import { duration } from '../../ui/format';
import { Icon } from '../../ui/Icon';

/** How often a call was tried again, and why. Silent if it went well at once. */
export function Delays({ item }: { item: ModelItem }) {
  const failed = (item.delays ?? []).filter((d) => d.fault);
  const paced = (item.delays ?? []).find((d) => !d.fault);
  const waited = item.done?.waited_ms ?? 0;
  if (failed.length === 0 && !(paced && item.done)) return null;
  const wait = waited > 0 ? S.run.waitedFor(duration(waited)) : '';
  if (failed.length === 0) {
    return (
      <p className="muted note">
        <Icon name="clock" size={13} /> {wait} ({S.run.paced(paced?.per_minute ?? 0)})
      </p>
    );
  }
  return (
    <details className="obs warn">
      <summary>
        <Icon name="retry" size={14} className="t-warn" /> <b className="t-warn">{S.run.triedAgain(failed.length)}</b>
        {wait && `, ${wait}`}
      </summary>
      <ul className="stack">
        {failed.map((d) => (
          <li key={d.at} className="soft">
            {d.fault?.message}
            {d.fault?.why ? `: ${d.fault.why}` : ''}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** While a call waits to be tried again: do it now. */
export function TryNow({ run, item, now }: { run: string; item: ModelItem; now: number }) {
  const { api } = useHost();
  const [done, setDone] = useState(0);
  const [problem, setProblem] = useState('');
  const last = item.delays?.at(-1);
  if (!last || now >= last.at + last.wait_ms || done === last.at) return null;
  const tryNow = async () => {
    setProblem('');
    try {
      await api.TryNow(run);
      setDone(last.at);
    } catch (e) {
      setProblem(toFault(e).data.message);
    }
  };
  return (
    <div className="row">
      <button type="button" className="btn small" onClick={() => void tryNow()}>
        <Icon name="retry" size={13} /> {S.run.tryNow}
      </button>
      {problem && (
        <span className="soft" role="status">
          {problem}
        </span>
      )}
    </div>
  );
}
