import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { S } from '../../strings';
import { alwaysThere } from './form';

interface Props {
  chosen: readonly string[];
  onChange: (names: string[]) => void;
}

/** Which tools an agent may use. */
export function ToolsField({ chosen, onChange }: Props) {
  const tools = (useResource(useDesk().tools).data ?? []).filter((t) => t.name !== alwaysThere);
  // A tool that is not here stays chosen until it is taken off: the agent came from another computer.
  const missing = chosen.filter((c) => tools.length > 0 && !tools.some((t) => t.name === c));
  return (
    <fieldset className="checks">
      <legend>{S.agents.tools}</legend>
      <p className="muted form-help">{S.agents.toolsHelp}</p>
      {[...tools, ...missing.map((name) => ({ name, doc: '' }))].map((t) => (
        <label key={t.name} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(t.name)}
            onChange={(e) => onChange(e.target.checked ? [...chosen, t.name] : chosen.filter((c) => c !== t.name))}
          />
          <span>
            <b className="mono">{t.name}</b>{' '}
            {missing.includes(t.name) ? (
              <span className="t-warn">{S.agents.toolMissing}</span>
            ) : (
              <span className="muted">{t.doc.split('\n')[0]}</span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
