import { useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import type { Provider } from '../../bridge/api.gen';
import { S } from '../../strings';
import { TextField } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Select } from '../../ui/Select';
import { lines } from '../agents/form';
import { type Errors, freeName, readPrices, showPrices } from './check';
import { KeyAndTest } from './KeyAndTest';
import { presets } from './presets';

interface Props {
  list: Provider[];
  saved: readonly Provider[];
  errors: Errors['providers'];
  onChange: (list: Provider[]) => void;
}

/** The user's OpenAI-compatible servers. */
export function Providers({ list, saved, errors, onChange }: Props) {
  const keyring = useResource(useDesk().status).data?.keyring;
  const s = S.settings;
  const add = (name: string) => {
    const p = presets.find((x) => x.name === name);
    if (p) onChange([...list, { name: freeName(p.name, list), kind: 'openai', base_url: p.base_url }]);
  };
  return (
    <div className="stack">
      <h3 className="sub">{s.providers}</h3>
      <p className="muted form-help">{s.providersHelp}</p>
      <p className={keyring?.kind === 'file' ? 'row t-warn' : 'row muted'}>
        <Icon name={keyring?.kind === 'file' ? 'alert' : 'info'} size={14} />
        <span>{keyring?.kind === 'file' ? keyring.detail || s.keyFile : s.keyWhere}</span>
      </p>
      {list.length === 0 && <p className="muted">{s.noProviders}</p>}
      {list.map((p, i) => (
        <ProviderForm
          // biome-ignore lint/suspicious/noArrayIndexKey: a provider's name is what is being edited
          key={i}
          p={p}
          saved={saved.find((x) => x.name === p.name && x.kind === p.kind)}
          error={errors[i] ?? {}}
          onChange={(next) => onChange(list.with(i, next))}
          onRemove={() => onChange(list.filter((_, n) => n !== i))}
        />
      ))}
      <div>
        <Select
          label={s.addProvider}
          value=""
          placeholder={s.addProvider}
          onChange={add}
          options={presets.map((p) => ({ value: p.name, label: p.label, hint: new URL(p.base_url).host }))}
        />
      </div>
    </div>
  );
}

interface FormProps {
  p: Provider;
  saved: Provider | undefined;
  error: NonNullable<Errors['providers'][number]>;
  onChange: (p: Provider) => void;
  onRemove: () => void;
}

function ProviderForm({ p, saved, error, onChange, onRemove }: FormProps) {
  const s = S.settings;
  return (
    <fieldset className="provider">
      <legend className="sr">{p.name}</legend>
      <button
        type="button"
        className="btn ghost icon small provider-x"
        aria-label={s.removeProvider(p.name)}
        title={s.removeProvider(p.name)}
        onClick={onRemove}
      >
        <Icon name="trash" size={14} />
      </button>
      <div className="form-grid">
        <TextField
          label={s.providerName}
          help={s.providerNameHelp}
          error={error.name}
          mono
          value={p.name}
          onChange={(name) => onChange({ ...p, name })}
        />
        <TextField
          label={s.url}
          error={error.url}
          mono
          inputMode="url"
          value={p.base_url ?? ''}
          onChange={(base_url) => onChange({ ...p, base_url })}
        />
      </div>
      <KeyAndTest p={p} saved={saved} onAddress={(base_url) => onChange({ ...p, base_url })} />
      <details>
        <summary className="muted">{s.more}</summary>
        <TextField
          label={s.rate}
          help={s.rateHelp}
          error={error.rate}
          inputMode="numeric"
          value={p.requests_per_minute ? String(p.requests_per_minute) : ''}
          onChange={(text) => onChange({ ...p, requests_per_minute: text.trim() === '' ? 0 : Number(text) })}
        />
        <ModelIds p={p} onChange={onChange} />
        <Prices p={p} error={error.prices} onChange={onChange} />
      </details>
    </fieldset>
  );
}

function ModelIds({ p, onChange }: { p: Provider; onChange: (p: Provider) => void }) {
  return (
    <TextField
      label={S.settings.modelIds}
      help={S.settings.modelIdsHelp}
      rows={3}
      mono
      value={(p.models ?? []).join('\n')}
      // An empty last line stays while it is typed.
      onChange={(text) => onChange({ ...p, models: text.endsWith('\n') ? [...lines(text), ''] : lines(text) })}
    />
  );
}

function Prices({ p, error, onChange }: Pick<FormProps, 'p' | 'onChange'> & { error: string | undefined }) {
  const [text, setText] = useState(() => showPrices(p.prices ?? []));
  return (
    <TextField
      label={S.settings.prices}
      help={S.settings.pricesHelp}
      error={error}
      rows={3}
      mono
      value={text}
      onChange={(next) => {
        setText(next);
        onChange({ ...p, prices: readPrices(next) });
      }}
    />
  );
}
