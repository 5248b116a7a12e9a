import type { Variable } from '../bridge/api.gen';
import { codes } from './derive';
import type { StepView } from './view';

/** A variable as it is after a step. */
export interface Known {
  variable: Variable;
  /** this step made it, or changed it */
  state: 'new' | 'changed' | 'same';
}

export interface Variables {
  list: readonly Known[];
  /** names that this step removed */
  removed: readonly string[];
  /** how many more there are than are listed */
  more: number;
  /** why this step's are not known; the list is that of the step before */
  fault: string;
  /** seq of the code after which they are so, for pages of them; 0 before the first */
  code: number;
}

/** All variables after a step: the fold of what the steps up to it changed. Pure. */
export function variablesAt(steps: readonly StepView[], step: StepView): Variables {
  const all = new Map<string, Known>();
  let removed: string[] = [];
  let more = 0;
  let fault = '';
  let code = 0;
  for (const s of steps) {
    if (s.seq > step.seq) break;
    const here = s.seq === step.seq;
    for (const item of codes(s)) {
      if (!item.done) continue;
      code = item.seq;
      const v = item.done.variables;
      fault = v?.fault ?? '';
      if (!v || v.fault) continue;
      if (v.all) all.clear();
      more = v.more ?? 0;
      for (const name of v.removed ?? []) {
        if (all.delete(name) && here) removed.push(name);
      }
      for (const variable of v.changed ?? []) {
        const fresh = !all.has(variable.name) || all.get(variable.name)?.state === 'new';
        all.set(variable.name, { variable, state: !here ? 'same' : fresh ? 'new' : 'changed' });
      }
    }
  }
  removed = removed.filter((name) => !all.has(name));
  return { list: [...all.values()].sort(byKind), removed, more, fault, code };
}

const order = { data: 0, function: 1, class: 1, module: 2 } as Record<string, number>;

/** Data first, what this step touched before the rest; else as they came. */
function byKind(a: Known, b: Known): number {
  const kind = (order[a.variable.kind] ?? 0) - (order[b.variable.kind] ?? 0);
  return kind || Number(a.state === 'same') - Number(b.state === 'same');
}

/** "1,200 × 4", "12 items", "int64 3 × 4": how large a value is. */
export function extent(v: { len?: number; shape?: number[]; dtype?: string; type: string }): string {
  if (v.shape) return [v.dtype, v.shape.map((n) => n.toLocaleString('en-US')).join(' × ')].filter(Boolean).join(' ');
  if (v.len === undefined) return '';
  const unit = v.type === 'str' ? 'character' : v.type.startsWith('byte') ? 'byte' : 'item';
  return `${v.len.toLocaleString('en-US')} ${unit}${v.len === 1 ? '' : 's'}`;
}
