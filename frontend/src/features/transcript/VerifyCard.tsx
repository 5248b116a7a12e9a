import { useEffect, useState } from 'react';
import type { Difference, Verdict } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';

/** Executes a run's code again, and says whether all is as it was. */
export function VerifyCard({ run, onClose }: { run: string; onClose: () => void }) {
  const { api } = useHost();
  const [verdict, setVerdict] = useState<Verdict>();
  const [fault, setFault] = useState<Fault>();
  useEffect(() => {
    let gone = false;
    api.VerifyRun(run).then(
      (v) => !gone && setVerdict(v),
      (e: unknown) => !gone && setFault(toFault(e)),
    );
    return () => {
      gone = true;
    };
  }, [api, run]);
  if (fault) return <FaultCard fault={fault} live onDismiss={onClose} />;
  const t = S.run.travel;
  return (
    <section className="card verdict" aria-label={t.verifyTitle}>
      <div className="row between">
        <p className="row" role="status">
          {!verdict ? (
            <>
              <span className="live-dot code" /> {t.verifying}
            </>
          ) : verdict.same ? (
            <>
              <Icon name="check" className="t-ok" /> {t.same(verdict.steps?.length ?? 0)}
            </>
          ) : (
            <>
              <Icon name="alert" className="t-bad" /> {t.differs}
            </>
          )}
        </p>
        <button type="button" className="btn ghost icon small" aria-label={S.common.close} onClick={onClose}>
          <Icon name="close" size={14} />
        </button>
      </div>
      {verdict && <Details verdict={verdict} />}
    </section>
  );
}

function Details({ verdict }: { verdict: Verdict }) {
  const t = S.run.travel;
  return (
    <>
      {verdict.runtime && <p className="t-warn note">{verdict.runtime}</p>}
      {verdict.files?.map(
        (f) =>
          f.state !== 'same' && (
            <p key={f.name} className="t-warn note">
              {f.state === 'gone'
                ? t.fileGone(f.name)
                : f.state === 'changed'
                  ? t.fileChanged(f.name)
                  : t.fileUnknown(f.name)}
            </p>
          ),
      )}
      {verdict.steps?.map((s, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a verdict never changes, and a step may have several pieces of code
        <div key={i} className="stack">
          {s.skipped && (
            <p className="soft">
              {t.step(s.step)}: {s.skipped}
            </p>
          )}
          {s.differences?.map((d) => (
            <Differs key={d.what} step={s.step} d={d} />
          ))}
        </div>
      ))}
    </>
  );
}

function Differs({ step, d }: { step: number; d: Difference }) {
  const t = S.run.travel;
  return (
    <section aria-label={`${t.step(step)}: ${d.what}`}>
      <h2 className="eyebrow">
        {t.step(step)} · {d.what}
      </h2>
      <dl className="verdict-pair">
        <dt>{t.was}</dt>
        <dd>
          <pre className="pre-wrap">{d.was}</pre>
        </dd>
        <dt>{t.is}</dt>
        <dd>
          <pre className="pre-wrap">{d.is}</pre>
        </dd>
      </dl>
    </section>
  );
}
