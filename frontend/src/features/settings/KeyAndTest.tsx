import { useState } from 'react';
import { useDesk } from '../../app/desk';
import type { Provider } from '../../bridge/api.gen';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { Field } from '../../ui/Field';
import { useAttempt } from './TestServer';

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
  const s = S.settings;
  const { busy, attempt, test, outcome } = useAttempt(onAddress);
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
            <button type="button" className="btn" disabled={busy} onClick={() => void test(p, key)}>
              {busy ? s.testing : s.test}
            </button>
          </div>
        )}
      </Field>
      {outcome}
    </div>
  );
}
