import { useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { format, paths } from '../../app/route';
import type { ModelInfo, ProviderModels } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { bytes, context } from '../../ui/format';
import { Icon } from '../../ui/Icon';
import { Command, recommend } from '../compose/FirstRun';
import { isLocal, modelLabel, ordered, providerTitle } from './groups';

/** Where the thinking happens: every provider with its models, or why it cannot list them. */
export function Models() {
  const desk = useDesk();
  const { data: list, fault, loading } = useResource(desk.models);
  const [failed, setFailed] = useState<Fault>();
  const choose = useDefaultModel(setFailed);
  const current = useResource(desk.settings).data?.default_model ?? '';
  return (
    <div className="page">
      <header className="row between">
        <div className="page-head">
          <h1>{S.models.title}</h1>
          <p className="muted">{S.models.lead}</p>
        </div>
        <button type="button" className="btn" disabled={loading} onClick={() => void desk.models.reload()}>
          <Icon name="retry" size={13} /> {S.models.refresh}
        </button>
      </header>
      {(fault ?? failed) && (
        <FaultCard fault={(fault ?? failed) as Fault} live onRetry={() => void desk.models.reload()} />
      )}
      {!list && !fault && <p className="muted">{S.common.loading}</p>}
      {ordered(list ?? []).map((p) => (
        <ProviderCard
          key={p.provider.name}
          p={p}
          current={current}
          onChoose={choose}
          onRetry={() => void desk.models.reload()}
        />
      ))}
    </div>
  );
}

function useDefaultModel(onFault: (f: Fault | undefined) => void) {
  const { api } = useHost();
  const { settings } = useDesk();
  return async (ref: string) => {
    onFault(undefined);
    try {
      // The newest settings, not the ones on the screen: another window may have changed them.
      const next = { ...(await api.Settings()), default_model: ref };
      await api.SaveSettings(next);
      settings.put(next);
    } catch (e) {
      onFault(toFault(e));
    }
  };
}

interface CardProps {
  p: ProviderModels;
  current: string;
  onChoose: (ref: string) => void;
  onRetry: () => void;
}

function ProviderCard({ p, current, onChoose, onRetry }: CardProps) {
  const { provider } = p;
  const models = p.models ?? [];
  const status = useResource(useDesk().status).data;
  const title = providerTitle(provider);
  const local = provider.kind !== 'openai' || isLocal(provider.base_url ?? '');
  return (
    <section className="stack" aria-label={title}>
      <header className="row wrap">
        <h2>{title}</h2>
        {provider.base_url && <span className="muted mono small">{provider.base_url}</span>}
        <span className={`chip tiny ${local ? 'ok' : 'warn'}`}>{local ? S.models.local : S.models.cloud}</span>
      </header>
      {provider.kind === 'demo' && <p className="muted">{S.models.demo}</p>}
      {p.fault && (
        <FaultCard fault={p.fault} tone="warn" onRetry={onRetry}>
          <a className="btn small" href={format(paths.settings())}>
            {S.models.settings}
          </a>
        </FaultCard>
      )}
      {models.length === 0 && !p.fault && <NoModels p={p} memory={status?.memory ?? 0} />}
      {models.length > 0 && (
        <ul className="card model-list">
          {models.map((m) => (
            <ModelRow key={m.ref} m={m} on={m.ref === current} onChoose={onChoose} />
          ))}
        </ul>
      )}
    </section>
  );
}

function NoModels({ p, memory }: { p: ProviderModels; memory: number }) {
  if (p.provider.kind !== 'ollama') return <p className="muted">{S.models.noneOther}</p>;
  return <Command label={`${S.models.none}. ${S.models.noneOllama}`} text={`ollama pull ${recommend(memory).model}`} />;
}

function ModelRow({ m, on, onChoose }: { m: ModelInfo; on: boolean; onChoose: (ref: string) => void }) {
  const facts = [
    m.parameters,
    m.quantisation,
    m.size ? bytes(m.size) : '',
    m.context_tokens ? S.models.context(context(m.context_tokens)) : '',
  ].filter(Boolean);
  return (
    <li className="model-row">
      <span className="model-main">
        <span className="row">
          <b className="clip model-name">{modelLabel(m)}</b>
          {m.loaded && <span className="chip tiny ok">{S.models.loaded}</span>}
          {m.cloud && (
            <span className="chip tiny warn">
              <Icon name="cloud" size={12} /> {S.models.cloud}
            </span>
          )}
        </span>
        <span className="muted num clip">{facts.join(' · ')}</span>
      </span>
      <span className="row model-can">
        {(m.capabilities ?? [])
          .filter((c) => c !== 'completion')
          .map((c) => (
            <span key={c} className="chip tiny">
              {S.models.capability[c] ?? c}
            </span>
          ))}
      </span>
      {on ? (
        <span className="chip acc model-default">
          <Icon name="check" size={12} /> {S.models.isDefault}
        </span>
      ) : (
        <button
          type="button"
          className="btn small model-default"
          aria-label={`${S.models.makeDefault}: ${modelLabel(m)}`}
          onClick={() => onChoose(m.ref)}
        >
          {S.models.makeDefault}
        </button>
      )}
    </li>
  );
}
