import { useDesk } from '../../app/desk';
import type { Job } from '../../bridge/api.gen';
import { useHost } from '../../bridge/host';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { bytes, modelName, ticking } from '../../ui/format';
import { Icon } from '../../ui/Icon';

interface Props {
  job: Job;
  /** does the same again; a download goes on with what is there */
  onAgain: () => void;
}

/** A download or a check: how far it is, how fast, and the way to end it or to go on. */
export function JobView({ job, onAgain }: Props) {
  const { api } = useHost();
  const { jobs } = useDesk();
  const j = S.models.job;
  const name = modelName(job.model);
  const title = j.title[job.kind](name);
  const dismiss = async () => {
    await api.DismissJob(job.id).catch(() => {}); // it is gone already
    await jobs.reload();
  };
  if (job.state === 'done') return null;
  if (job.state === 'failed' && job.fault) {
    return (
      <FaultCard fault={job.fault} live onRetry={onAgain} onDismiss={() => void dismiss()}>
        <span className="muted">{title}</span>
      </FaultCard>
    );
  }
  const percent = job.total > 0 ? Math.floor((100 * job.done) / job.total) : undefined;
  return (
    <section className="card job" aria-label={title}>
      <div className="row between">
        <b className="clip">{title}</b>
        {job.state === 'running' ? (
          <button type="button" className="btn small" onClick={() => void api.CancelJob(job.id)}>
            {S.common.cancel}
            <span className="sr">: {title}</span>
          </button>
        ) : (
          <span className="row">
            <button type="button" className="btn small" onClick={onAgain}>
              <Icon name="play" size={12} /> {job.kind === 'pull' ? j.resume : j.again}
            </button>
            <button type="button" className="btn small" onClick={() => void dismiss()}>
              {S.common.dismiss}
            </button>
          </span>
        )}
      </div>
      {job.state === 'running' && (
        <progress aria-label={title} max={100} {...(percent === undefined ? {} : { value: percent })} />
      )}
      <p className="muted num" role="status">
        {job.state === 'cancelled' ? j.cancelled[job.kind] : facts(job, percent)}
      </p>
    </section>
  );
}

function facts(job: Job, percent: number | undefined): string {
  const j = S.models.job;
  if (job.kind === 'check') {
    const probe = S.models.probe[job.status ?? ''] ?? job.status ?? '';
    return job.total > 0 ? j.probe(Math.min(job.done + 1, job.total), job.total, probe) : j.starting;
  }
  if (percent === undefined) return job.status || j.starting;
  const left = job.per_second ? ((job.total - job.done) / job.per_second) * 1000 : 0;
  return [
    `${percent} %`,
    j.of(bytes(job.done), bytes(job.total)),
    job.per_second ? j.speed(bytes(job.per_second)) : '',
    left > 0 ? j.left(ticking(left)) : '',
    percent === 100 ? job.status : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
