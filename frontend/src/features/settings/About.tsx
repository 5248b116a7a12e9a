import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { S } from '../../strings';
import { CopyButton } from '../../ui/CopyButton';
import { FaultCard } from '../../ui/FaultCard';

export function About() {
  const { data } = useResource(useDesk().status);
  if (!data) return null;
  const { runtime, ollama } = data;
  const python = runtime.python ? `${runtime.python} (WebAssembly)` : (S.runtime[runtime.state] ?? runtime.state);
  return (
    <section className="card section about" aria-label={S.settings.about}>
      <h2>{S.settings.about}</h2>
      <dl className="pairs">
        <div>
          <dt className="muted">{S.settings.version}</dt>
          <dd>Sandglass {data.version}</dd>
        </div>
        <div>
          <dt className="muted">{S.settings.python}</dt>
          <dd>{python}</dd>
        </div>
        <div>
          <dt className="muted">{S.models.providers.ollama}</dt>
          <dd>{ollama.running ? (ollama.version ?? S.status.running) : S.foot.ollamaOff}</dd>
        </div>
        <div>
          <dt className="muted">{S.settings.home}</dt>
          <dd className="row">
            <code className="clip">{data.home}</code>
            <CopyButton text={data.home} label={`${S.common.copy}: ${S.settings.home}`} />
          </dd>
        </div>
      </dl>
      {runtime.fault && <FaultCard fault={runtime.fault} />}
      {ollama.fault && <FaultCard fault={ollama.fault} tone="warn" />}
    </section>
  );
}
