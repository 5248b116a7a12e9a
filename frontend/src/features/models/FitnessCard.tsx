import type { Fitness, Probe, ProbeState } from '../../bridge/api.gen';
import { S } from '../../strings';
import { full } from '../../ui/format';
import { Icon, type IconName } from '../../ui/Icon';

const icons: Record<ProbeState, IconName> = { pass: 'check', partly: 'alert', fail: 'close', cannot: 'info' };
const tones: Record<ProbeState, string> = { pass: 't-ok', partly: 't-warn', fail: 't-bad', cannot: 'muted' };

/** What a check found out about a model: what works, what does not, and what that means. */
export function FitnessCard({ fitness, onAgain }: { fitness: Fitness; onAgain: () => void }) {
  const f = S.models.fitness;
  const acts = [f.mode[fitness.mode] ?? fitness.mode, fitness.options.think === 'off' ? f.thinkOff : '']
    .filter(Boolean)
    .join(', ');
  return (
    <div className="fitness stack">
      <p>
        <b>{fitness.verdict}</b> {f.acts(acts)}
      </p>
      {fitness.stale && <p className="t-warn">{f.stale}</p>}
      <ul className="probes">
        {(fitness.probes ?? []).map((p) => (
          <ProbeRow key={p.name} p={p} />
        ))}
      </ul>
      <p className="row muted">
        <span>{f.checked(full(fitness.checked_at))}</span>
        <button type="button" className="btn small" onClick={onAgain}>
          <Icon name="retry" size={13} /> {f.again}
        </button>
      </p>
    </div>
  );
}

function ProbeRow({ p }: { p: Probe }) {
  return (
    <li className="probe">
      <span className={`row ${tones[p.state]}`}>
        <Icon name={icons[p.state]} size={14} />
        <b>{S.models.probe[p.name] ?? p.name}</b>
        <span className="sr">{S.models.fitness.state[p.state]}</span>
      </span>
      <span>
        {p.means} <span className="muted">({p.detail})</span>
      </span>
    </li>
  );
}
