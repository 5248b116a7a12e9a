import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import type { Status } from '../../bridge/api.gen';
import { S } from '../../strings';
import { CopyButton } from '../../ui/CopyButton';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';
import { setDraft } from './draft';

/** A model that writes good Python and fits into the memory, with room for its context. Sizes as Ollama lists them. */
export function recommend(memory: number): { model: string; size: string } {
  const gb = memory / 1e9;
  if (gb >= 30) return { model: 'qwen3:14b', size: '9.3 GB' };
  if (gb >= 14 || memory === 0) return { model: 'qwen3:8b', size: '5.2 GB' };
  if (gb >= 7) return { model: 'qwen3:4b', size: '2.5 GB' };
  return { model: 'qwen3:1.7b', size: '1.4 GB' };
}

/** What is missing for a first real task, and how to get it. Silent when all is well. */
export function FirstRun() {
  const desk = useDesk();
  const status = useResource(desk.status).data;
  const models = useResource(desk.models).data;
  if (!status) return null;
  const runtime = <Runtime status={status} />;
  const real = (models ?? []).some((p) => p.provider.kind !== 'demo' && (p.models?.length ?? 0) > 0);
  if (!models || real) return runtime;
  const { model, size } = recommend(status.memory);
  const gb = Math.round(status.memory / 2 ** 30);
  const fits = gb > 0 ? S.hint.memory(gb, model, size) : '';
  const off = !status.ollama.running;
  const demo = models.find((p) => p.provider.kind === 'demo')?.models?.[0]?.ref;
  return (
    <>
      {runtime}
      <section className="card hint" aria-labelledby="hint-title">
        <h2 id="hint-title">{off ? S.hint.offTitle : S.hint.emptyTitle}</h2>
        <p className="soft">{off ? S.hint.offText : S.hint.emptyText(fits)}</p>
        {off && <Command label={S.hint.off1} text="ollama serve" />}
        <Command
          label={off ? (fits ? `${fits} ${S.hint.fetchIt}` : S.hint.off2) : S.hint.run}
          text={`ollama pull ${model}`}
        />
        <div className="row wrap">
          <button
            type="button"
            className="btn small"
            onClick={() => {
              void desk.status.reload();
              void desk.models.reload();
            }}
          >
            <Icon name="retry" size={13} /> {S.hint.check}
          </button>
          {demo && (
            <button type="button" className="btn small" onClick={() => setDraft({ model: demo })}>
              {S.hint.useDemo}
            </button>
          )}
          <span className="soft grow">{S.hint.demoText}</span>
        </div>
      </section>
    </>
  );
}

export function Command({ label, text }: { label: string; text: string }) {
  return (
    <div className="command-block">
      <p className="soft">{label}</p>
      <div className="command">
        <code>{text}</code>
        <CopyButton text={text} label={`${S.common.copy} “${text}”`} />
      </div>
    </div>
  );
}

function Runtime({ status }: { status: Status }) {
  const r = status.runtime;
  if (r.state === 'preparing') {
    return (
      <p className="row soft preparing" role="status">
        <Icon name="clock" /> {S.hint.preparing}
      </p>
    );
  }
  if (r.state === 'ready') return null;
  return <FaultCard fault={r.fault ?? { code: 'runtime_missing', message: S.hint.pythonMissing }} />;
}
