import { useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { format, paths } from '../../app/route';
import type { Job, ProviderModels } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';
import { isLocal, ordered, providerTitle } from './groups';
import { JobView } from './JobView';
import { ModelRow } from './ModelRow';
import { Pull } from './Pull';

/** Where the thinking happens: every provider with its models, or why it cannot list them. */
export function Models() {
  const desk = useDesk();
  const { data: list, fault, loading } = useResource(desk.models);
  const [failed, setFailed] = useState<Fault>();
  const choose = useDefaultModel(setFailed);
  const work = useWork(setFailed);
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
          work={work}
          onChoose={choose}
          onRetry={() => void desk.models.reload()}
        />
      ))}
    </div>
  );
}

interface Work {
  pull: (name: string) => void;
  check: (ref: string) => void;
  remove: (ref: string) => void;
}

/** What can be done with models. Jobs tell of themselves; only what starts none is reported here. */
function useWork(onFault: (f: Fault | undefined) => void): Work {
  const { api } = useHost();
  const { models, status } = useDesk();
  const attempt = (what: () => Promise<unknown>) => {
    onFault(undefined);
    what().catch((e: unknown) => onFault(toFault(e)));
  };
  return {
    pull: (name) => attempt(() => api.PullModel(name)),
    check: (ref) => attempt(() => api.CheckModel(ref)),
    remove: (ref) =>
      attempt(async () => {
        await api.DeleteModel(ref);
        await Promise.all([models.reload(), status.reload()]);
      }),
  };
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
  work: Work;
  onChoose: (ref: string) => void;
  onRetry: () => void;
}

function ProviderCard({ p, current, work, onChoose, onRetry }: CardProps) {
  const { provider } = p;
  const models = p.models ?? [];
  const jobs = useResource(useDesk().jobs).data ?? [];
  const title = providerTitle(provider);
  const local = provider.kind !== 'openai' || isLocal(provider.base_url ?? '');
  const own = jobs.filter((j) => j.model.startsWith(`${provider.name}/`));
  const busy = (kind: Job['kind']) => own.filter((j) => j.kind === kind && j.state === 'running').map((j) => j.model);
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
      {own.map((j) => (
        <JobView key={j.id} job={j} onAgain={() => (j.kind === 'pull' ? work.pull(j.model) : work.check(j.model))} />
      ))}
      {models.length === 0 && !p.fault && (
        <p className="muted">{provider.kind === 'ollama' ? S.models.none : S.models.noneOther}</p>
      )}
      {models.length > 0 && (
        <ul className="card model-list">
          {models.map((m) => (
            <ModelRow
              key={m.ref}
              m={m}
              on={m.ref === current}
              fitness={p.fitness?.find((f) => f.model === m.ref)}
              checking={busy('check').includes(m.ref)}
              deletable={provider.kind === 'ollama'}
              checkable={provider.kind !== 'demo'}
              onChoose={onChoose}
              onCheck={work.check}
              onDelete={work.remove}
            />
          ))}
        </ul>
      )}
      {provider.kind === 'ollama' && !p.fault && (
        <Pull onPull={work.pull} open={models.length === 0} busy={busy('pull')} />
      )}
    </section>
  );
}
