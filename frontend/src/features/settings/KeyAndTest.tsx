import { useState } from 'react';
import { useDesk } from '../../app/desk';
import type { FaultData, Provider } from '../../bridge/api.gen';
import { toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';

interface Props {
  p: Provider;
  saved: Provider | undefined;
  /** takes over an address that was found to work */
  onAddress: (url: string) => void;
}

/** The key of a server, which goes straight to the keyring, and a test that says exactly what failed. */
export function KeyAndTest({ p, saved, onAddress }: Props) {
  const { api } = useHost();
  const { settings, models } = useDesk();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [good, setGood] = useState('');
  const [fault, setFault] = useState<FaultData>();
  const [better, setBetter] = useState('');
  const s = S.settings;
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
  const test = () =>
    attempt(async () => {
      const got = await api.TestProvider({ ...p, models: (p.models ?? []).filter(Boolean) }, key);
      if (got.fault) {
        setFault(got.fault);
        setBetter(got.suggest ?? '');
        return '';
      }
      return s.testOK((got.models ?? []).length);
    });
  const store = (value: string) =>
    attempt(async () => {
      await api.SetKey(p.name, value);
      setKey('');
      await settings.reload();
      models.refresh();
      return value ? s.keyStored : s.keyGone;
    });
  return (
    <div className="stack">
      <Field label={s.key} help={saved ? (saved.has_key ? s.keySet : s.keyNone) : s.keyOpen}>
        {(f) => (
          <div className="row wrap key-row">
            <input
              {...f}
              type="password"
              autoComplete="off"
              className="field mono"
              placeholder={saved?.has_key ? '••••••••' : ''}
              value={key}
              onChange={(e) => setKey(e.target.value)}
            />
            <button
              type="button"
              className="btn"
              disabled={busy || key === '' || !saved}
              onClick={() => void store(key)}
            >
              {s.keySave}
            </button>
            {saved?.has_key && (
              <button type="button" className="btn" disabled={busy} onClick={() => void store('')}>
                {s.keyDelete}
              </button>
            )}
            <button type="button" className="btn" disabled={busy} onClick={() => void test()}>
              {busy ? s.testing : s.test}
            </button>
          </div>
        )}
      </Field>
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
              {s.takeAddress(better)}
            </button>
          )}
        </FaultCard>
      )}
    </div>
  );
}
