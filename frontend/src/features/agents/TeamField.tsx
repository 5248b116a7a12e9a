import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import type { Teammate } from '../../bridge/api.gen';
import { S } from '../../strings';

interface Props {
  /** name of the agent whose team it is; '' for a new one */
  self: string;
  chosen: readonly Teammate[];
  onChange: (team: Teammate[]) => void;
}

/** Which saved agents an agent can call, and which of them remember earlier calls. */
export function TeamField({ self, chosen, onChange }: Props) {
  const agents = (useResource(useDesk().agents).data ?? []).filter((a) => a.name !== self);
  const missing = chosen.filter((c) => agents.length > 0 && !agents.some((a) => a.name === c.agent));
  const t = S.team;
  return (
    <fieldset className="checks">
      <legend>{t.title}</legend>
      <p className="muted form-help">{t.help}</p>
      {agents.length === 0 && <p className="muted">{t.none}</p>}
      {[...agents, ...missing.map((m) => ({ name: m.agent, description: '' }))].map((a) => {
        const mate = chosen.find((c) => c.agent === a.name);
        const gone = missing.some((m) => m.agent === a.name);
        return (
          <div key={a.name} className="team-row">
            <label className="check">
              <input
                type="checkbox"
                checked={mate !== undefined}
                onChange={(e) =>
                  onChange(e.target.checked ? [...chosen, { agent: a.name }] : chosen.filter((c) => c.agent !== a.name))
                }
              />
              <span>
                <b>{a.name}</b>{' '}
                {gone ? (
                  <span className="t-warn">{t.missing}</span>
                ) : (
                  <span className="muted">{a.description?.split('\n')[0]}</span>
                )}
              </span>
            </label>
            {mate && !gone && (
              <label className="check" title={t.memoryHelp}>
                <input
                  type="checkbox"
                  checked={mate.memory ?? false}
                  aria-label={`${a.name}: ${t.memory}`}
                  onChange={(e) =>
                    onChange(
                      chosen.map((c) =>
                        c.agent === a.name ? { agent: a.name, ...(e.target.checked && { memory: true }) } : c,
                      ),
                    )
                  }
                />
                <span className="muted">{t.memory}</span>
              </label>
            )}
          </div>
        );
      })}
      {chosen.length > 0 && <p className="muted form-help">{t.memoryHelp}</p>}
    </fieldset>
  );
}
