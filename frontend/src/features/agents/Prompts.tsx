import { useMemo, useState } from 'react';
import type { Agent, Prompt } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { lineDiff } from '../../ui/diff';
import { FaultCard } from '../../ui/FaultCard';
import { Field, TextField } from '../../ui/Field';
import { Output } from '../../ui/Output';
import { Select } from '../../ui/Select';

interface Props {
  /** the agent as the form has it now */
  agent: () => Agent;
  value: Readonly<Record<string, string>>;
  onChange: (prompts: Record<string, string>) => void;
}

/** The texts that the model is told, to read and to replace: what changed, what it becomes, how long that is. */
export function Prompts({ agent, value, onChange }: Props) {
  const { api } = useHost();
  const [prompts, setPrompts] = useState<Prompt[]>();
  const [name, setName] = useState('code');
  const [shown, setShown] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const load = async () => {
    setFault(undefined);
    try {
      setPrompts((await api.Prompts(agent())) ?? []);
    } catch (e) {
      setFault(toFault(e));
    }
  };
  const a = S.agents;
  const prompt = prompts?.find((p) => p.name === name);
  return (
    <details className="prompts" onToggle={(e) => e.currentTarget.open && !prompts && void load()}>
      <summary>{a.prompts}</summary>
      <p className="muted form-help">{a.promptsHelp}</p>
      {fault && <FaultCard fault={fault} live onRetry={() => void load()} />}
      {prompt && (
        <div className="stack">
          <Field label={a.prompt} help={a.promptHelp[name]}>
            {({ id }) => (
              <Select
                id={id}
                label={a.prompt}
                value={name}
                onChange={(next) => {
                  setName(next);
                  setShown(false);
                }}
                options={(prompts ?? []).map((p) => ({
                  value: p.name,
                  label: (a.promptNames[p.name] ?? p.name) + (value[p.name] ? ` (${a.promptOwn})` : ''),
                }))}
                className="wide"
              />
            )}
          </Field>
          <TextField
            label={a.promptText}
            help={prompt.placeholders && a.placeholders(prompt.placeholders.map((p) => `{{.${p}}}`).join(' '))}
            rows={12}
            mono
            value={value[name] ?? prompt.default}
            onChange={(text) => {
              const { [name]: _, ...rest } = value;
              onChange(text === prompt.default || text.trim() === '' ? rest : { ...rest, [name]: text });
              setShown(false);
            }}
          />
          <div className="row">
            <button
              type="button"
              className="btn small"
              onClick={() => {
                setShown(true);
                void load();
              }}
            >
              {a.promptPreview}
            </button>
            {value[name] && (
              <button
                type="button"
                className="btn small"
                onClick={() => {
                  const { [name]: _, ...rest } = value;
                  onChange(rest);
                  setShown(false);
                }}
              >
                {a.promptReset}
              </button>
            )}
          </div>
          {value[name] && <Diff before={prompt.default} after={value[name]} />}
          {shown && prompt.fault && <FaultCard fault={toFault(prompt.fault)} live />}
          {shown && !prompt.fault && (
            <>
              <p className="muted form-help">{a.promptTokens(prompt.tokens)}</p>
              <Output text={prompt.preview} label={a.promptPreview} />
            </>
          )}
        </div>
      )}
    </details>
  );
}

function Diff({ before, after }: { before: string; after: string }) {
  const lines = useMemo(() => lineDiff(before, after).filter((l) => l.kind !== 'same'), [before, after]);
  return (
    <figure className="diff">
      <figcaption className="muted form-help">{S.agents.promptDiff}</figcaption>
      <pre>
        {lines.map((l, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
          <span key={i} className={`diff-${l.kind}`}>
            {l.kind === 'gone' ? '− ' : '+ '}
            {l.text}
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}
