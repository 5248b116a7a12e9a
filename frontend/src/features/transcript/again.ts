import type { RunStarted, StartRequest } from '../../bridge/api.gen';
import type { RunView } from '../../run/view';

/** The same task again: same agent, same model, same values, same files where they lie on this computer. */
export function startRequest(s: RunStarted) {
  const files = (s.files ?? [])
    .filter((f) => f.source)
    .map((f) => ({ path: f.source as string, var: f.var, ...(f.shown && { image: true }) }));
  const values = (s.vars ?? []).map((v) => ({ name: v.name, text: JSON.stringify(v.json) }));
  return {
    task: s.task,
    agent: s.agent,
    model: s.model,
    ...(files.length > 0 && { files }),
    ...(values.length > 0 && { values }),
  } satisfies StartRequest;
}

/** The first line that says something, as Go cuts it for the list. */
export function runTitle(view: RunView): string {
  const task = view.forked?.now.task || (view.started?.task ?? '');
  const line = task?.split('\n').find((l) => l.trim() !== '') ?? '';
  return line.trim();
}
