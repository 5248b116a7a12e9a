import type { CheckItem } from '../../run/view';
import { S } from '../../strings';
import { modelName } from '../../ui/format';
import { Icon } from '../../ui/Icon';

/** Whether the answer met what it must meet; what it did not meet, the agent was told. */
export function CheckView({ item }: { item: CheckItem }) {
  const { passed, results, advice } = item.body;
  return (
    <div className={`obs ${passed ? '' : 'warn'}`}>
      <p>
        <b className={passed ? undefined : 't-warn'}>{passed ? S.run.checksPassed : S.run.checksFailed}</b>
      </p>
      <ul className="check-results">
        {results?.map((r, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: results never move
          <li key={i} className="row">
            <Icon name={r.passed ? 'check' : 'close'} size={13} className={r.passed ? 'muted' : 't-bad'} />
            <span className="pre-wrap">
              <span className="sr">{r.passed ? S.run.checkOk : S.run.checkBad} </span>
              {r.why || `${S.agents.checkKinds[r.kind] ?? r.kind} ${r.value ?? ''}`}
              {r.model && <span className="muted"> · {modelName(r.model)}</span>}
            </span>
          </li>
        ))}
      </ul>
      {advice && (
        <details>
          <summary>{S.run.nudgeTold}</summary>
          <p className="pre-wrap soft">{advice}</p>
        </details>
      )}
    </div>
  );
}
