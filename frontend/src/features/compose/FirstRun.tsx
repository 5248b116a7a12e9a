import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { format, paths } from '../../app/route';
import type { Status } from '../../bridge/api.gen';
import { S } from '../../strings';
import { CopyButton } from '../../ui/CopyButton';
import { FaultCard } from '../../ui/FaultCard';
import { bytes, modelName } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { setDraft } from './draft';

/** What is missing for a first real task, and how to get it. Silent when all is well. */
export function FirstRun() {
  const desk = useDesk();
  const status = useResource(desk.status).data;
  const models = useResource(desk.models).data;
  if (!status) return null;
  const runtime = <Runtime status={status} />;
  const real = (models ?? []).some((p) => p.provider.kind !== 'demo' && (p.models?.length ?? 0) > 0);
  if (!models || real) return runtime;
  const best = (status.advised ?? []).find((r) => r.best);
  const model = modelName(best?.model ?? 'ollama/qwen3:8b');
  const size = bytes(best?.size ?? 0);
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
          {!off && (
            <a className="btn small primary" href={format(paths.models())}>
              <Icon name="download" size={13} /> {S.hint.fetchHere}
            </a>
          )}
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
