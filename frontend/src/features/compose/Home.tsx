import { useEffect, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { format, go, paths, type Route } from '../../app/route';
import type { Sample } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { Icon } from '../../ui/Icon';
import { RunRow } from '../runs/RunRow';
import { Composer } from './Composer';
import { setDraft, useDraft } from './draft';
import { FirstRun } from './FirstRun';

export function Home({ route }: { route: Extract<Route, { view: 'new' }> }) {
  // An address may bring an agent, a model or a task along: "use this agent for a task".
  useEffect(() => {
    const { agent, model, task } = route;
    if (agent || model || task) setDraft({ ...(agent && { agent }), ...(model && { model }), ...(task && { task }) });
  }, [route]);
  return (
    <div className="page home">
      <header>
        <h1 className="big-title">{S.home.title}</h1>
        <p className="lead">{S.home.lead}</p>
      </header>
      <Composer />
      <FirstRun />
      <Samples />
      <Recent />
    </div>
  );
}

function Samples() {
  const { api } = useHost();
  const { data: samples } = useResource(useDesk().samples);
  const { model } = useDraft();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState('');
  const start = async (s: Sample) => {
    setBusy(s.id);
    setFault(undefined);
    try {
      const run = await api.StartSample(s.id, model);
      go(paths.run(run.id));
    } catch (e) {
      setFault(toFault(e));
    } finally {
      setBusy('');
    }
  };
  if (!samples || samples.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="samples-title">
      <h2 className="eyebrow" id="samples-title">
        {S.home.samples}
      </h2>
      {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      <div className="samples">
        {samples.slice(0, 3).map((s) => (
          <button key={s.id} type="button" className="card sample" disabled={busy !== ''} onClick={() => start(s)}>
            <span className="sample-title">
              <span>
                <span className="sr">{S.home.sampleStart} </span>
                {s.title}
              </span>{' '}
              <Icon name="play" size={13} className="sample-play" />
            </span>
            <span className="muted">{s.text}</span>
            {s.files && s.files.length > 0 && (
              <span className="row muted sample-files">
                <Icon name={/\.(csv|tsv|xlsx)$/.test(s.files[0] ?? '') ? 'table' : 'file'} size={13} />{' '}
                {s.files.join(', ')}
              </span>
            )}
          </button>
        ))}
      </div>
    </section>
  );
}

function Recent() {
  const { data: page } = useResource(useDesk().recent);
  const runs = page?.runs ?? [];
  if (!page) return null;
  return (
    <section className="stack" aria-labelledby="recent-title">
      <div className="row between">
        <h2 className="eyebrow" id="recent-title">
          {S.home.recent}
        </h2>
        {page.total > runs.length && (
          <a className="muted quiet-link" href={format(paths.runs())}>
            {S.home.all(page.total)} →
          </a>
        )}
      </div>
      {runs.length === 0 ? (
        <p className="muted">{S.home.noRuns}</p>
      ) : (
        <ul className="card run-list">
          {runs.map((r) => (
            <li key={r.id}>
              <RunRow run={r} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
