import { useEffect, useMemo, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { setTheme } from '../../app/theme';
import { Unsaved } from '../../app/Unsaved';
import type { Settings as Saved } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Field } from '../../ui/Field';
import { optionsOf, useFields } from '../../ui/fields';
import { Select } from '../../ui/Select';
import { About } from './About';
import { check, type Errors, type Form, isGood, toForm, toSettings } from './check';
import { Permissions } from './Permissions';
import { Providers } from './Providers';
import { ollamaURL } from './presets';
import { TestServer } from './TestServer';

export function Settings() {
  const desk = useDesk();
  const { data, fault } = useResource(desk.settings);
  return (
    <div className="page settings">
      <h1 className="page-title">{S.settings.title}</h1>
      {fault && <FaultCard fault={fault} live onRetry={() => void desk.settings.reload()} />}
      {data && <SettingsForm saved={data} />}
      <Permissions />
      <About />
    </div>
  );
}

function SettingsForm({ saved }: { saved: Saved }) {
  const { api } = useHost();
  const desk = useDesk();
  const [form, setForm] = useState<Form>(() => toForm(saved));
  const [base, setBase] = useState(saved);
  const [done, setDone] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const before = useMemo(() => toForm(base), [base]);
  const dirty = JSON.stringify(form) !== JSON.stringify(before);
  const errors = useMemo(() => check(form), [form]);

  // Somebody else changed the settings (another window, the palette): take them over unless something is being edited.
  useEffect(() => {
    if (saved === base || dirty) return;
    setBase(saved);
    setForm(toForm(saved));
  }, [saved, base, dirty]);

  const set = (change: Partial<Form>) => {
    setDone(false);
    setForm((f) => ({ ...f, ...change }));
  };
  const save = async () => {
    setFault(undefined);
    try {
      await api.SaveSettings(toSettings(form, saved));
      const fresh = await api.Settings();
      desk.settings.put(fresh);
      setBase(fresh);
      setForm(toForm(fresh));
      setDone(true);
      desk.models.refresh();
      desk.status.refresh();
    } catch (e) {
      setFault(toFault(e));
    }
  };
  return (
    <form
      className="stack settings-form"
      onSubmit={(e) => {
        e.preventDefault();
        if (isGood(errors)) void save();
      }}
    >
      <Unsaved dirty={dirty} />
      <Sections form={form} errors={errors} saved={base} set={set} />
      {fault && <FaultCard fault={fault} live />}
      <div className={`row save-bar ${dirty ? 'dirty' : ''}`}>
        <button type="submit" className="btn primary" disabled={!dirty || !isGood(errors)}>
          {S.common.save}
        </button>
        <span className="soft" role="status">
          {dirty ? S.settings.unsaved : done ? S.common.saved : ''}
        </span>
      </div>
    </form>
  );
}

interface SectionProps {
  form: Form;
  errors: Errors;
  saved: Saved;
  set: (change: Partial<Form>) => void;
}

const limits = ['stepSeconds', 'memory', 'output', 'scratch', 'scratchFiles', 'stateRuns', 'stateMiB'] as const;

function Sections({ form, errors, saved, set }: SectionProps) {
  const s = S.settings;
  const { text } = useFields({ words: s, form, errors, strict: true, set });
  return (
    <>
      <section className="card section" aria-label={s.appearance}>
        <h2>{s.appearance}</h2>
        <Field label={s.theme}>
          {({ id }) => (
            <Select
              id={id}
              label={s.theme}
              value={form.theme}
              onChange={(theme) => {
                setTheme(theme);
                set({ theme });
              }}
              options={optionsOf(s.themes)}
            />
          )}
        </Field>
      </section>
      <section className="card section" aria-label={s.models}>
        <h2>{s.models}</h2>
        {text('ollama', { mono: true, inputMode: 'url' })}
        <TestServer
          provider={{ name: 'ollama', kind: 'ollama', base_url: form.ollama.trim() || ollamaURL }}
          label={s.testOllama}
        />
        <div className="form-grid">
          {text('tries', { inputMode: 'numeric' })}
          {text('firstToken', { inputMode: 'numeric' })}
        </div>
        <Providers
          list={form.providers}
          saved={saved.providers ?? []}
          errors={errors.providers}
          onChange={(providers) => set({ providers })}
        />
      </section>
      <section className="card section" aria-label={s.limits}>
        <h2>{s.limits}</h2>
        <div className="form-grid">{limits.map((key) => text(key, { inputMode: 'numeric' }))}</div>
      </section>
      <section className="card section" aria-label={s.network}>
        <h2>{s.network}</h2>
        {text('allowPrivate', { rows: 3, mono: true })}
      </section>
    </>
  );
}
