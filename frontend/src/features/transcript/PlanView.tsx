import type { PlanItem } from '../../run/view';
import { S } from '../../strings';
import { Prose } from '../../ui/Prose';

/** A plan where it was made. */
export function PlanView({ item }: { item: PlanItem }) {
  return (
    <div className="card plan">
      <h4 className="eyebrow">{S.run.plan}</h4>
      <Prose text={item.body.plan} />
    </div>
  );
}

/** The plan that holds now, above the transcript of a run that goes on. */
export function PlanPin({ plan }: { plan: string }) {
  return (
    <details className="plan-pin" open>
      <summary>{S.run.planNow}</summary>
      <Prose text={plan} />
    </details>
  );
}
