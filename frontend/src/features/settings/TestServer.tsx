import { useState } from 'react';
import type { FaultData, Provider } from '../../bridge/api.gen';
import { toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';

/** Something that takes a moment, and then was good or failed. */
export function useAttempt(onAddress: (url: string) => void) {
  const { api } = useHost();
  const [busy, setBusy] = useState(false);
  const [good, setGood] = useState('');
  const [fault, setFault] = useState<FaultData>();
  const [better, setBetter] = useState('');
  const attempt = async (what: () => Promise<string>) => {
    setBusy(true);
    setGood('');
    setFault(undefined);
    setBetter('');
    try {
      setGood(await what());
    } catch (e) {
      setFault(toFault(e).data);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    attempt,
    test: (p: Provider, key: string) =>
      attempt(async () => {
        const got = await api.TestProvider({ ...p, models: (p.models ?? []).filter(Boolean) }, key);
        if (!got.fault) return S.settings.testOK((got.models ?? []).length);
        setFault(got.fault);
        setBetter(got.suggest ?? '');
        return '';
      }),
    outcome: (
      <>
        <p className="t-ok" role="status">
          {good && (
            <>
              <Icon name="check" size={14} /> {good}
            </>
          )}
        </p>
        {fault && (
          <FaultCard fault={fault} live>
            {better && (
              <button
                type="button"
                className="btn small"
                onClick={() => {
                  onAddress(better);
                  setFault(undefined);
                }}
              >
                {S.settings.takeAddress(better)}
              </button>
            )}
          </FaultCard>
        )}
      </>
    ),
  };
}

/** A test of an address as it stands in the form, which says exactly what failed. */
export function TestServer({ provider, label }: { provider: Provider; label: string }) {
  const { busy, test, outcome } = useAttempt(() => {});
  return (
    <div className="stack">
      <div>
        <button
          type="button"
          className="btn"
          aria-label={label}
          disabled={busy}
          onClick={() => void test(provider, '')}
        >
          {busy ? S.settings.testing : S.settings.test}
        </button>
      </div>
      {outcome}
    </div>
  );
}
