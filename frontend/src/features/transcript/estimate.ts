import type { Item, RunView, StepView } from '../../run/view';

/** How tall a row will be, about: a good guess keeps the scrollbar still while rows are measured. */
export function estimate(view: RunView, index: number): number {
  if (index === 0) return 90;
  const step = view.steps[index - 1];
  if (!step) return 140;
  let height = known.get(step);
  if (height === undefined) {
    height = step.items.reduce((sum, i) => sum + item(i), 28);
    known.set(step, height);
  }
  return height;
}

/** The list asks for every row again whenever one has been measured. */
const known = new WeakMap<StepView, number>();

const line = 20;
const lines = (text: string | undefined) => (text ? text.split('\n').length : 0);

function item(i: Item): number {
  switch (i.kind) {
    case 'model':
      return i.done ? (i.done.thinking ? 30 : 0) : 60;
    case 'code': {
      const code = 60 + Math.min(lines(i.start.code), 240) * line;
      const thought = i.start.thought ? 30 + (i.start.thought.length / 80) * 22 : 0;
      const out = Math.min(lines(i.done?.stdout), 44) * line;
      const value = i.done?.value?.table
        ? 60 + Math.min(i.done.value.table.rows?.length ?? 0, 12) * 27
        : i.done?.value
          ? 40
          : 0;
      return code + thought + out + value + (i.done?.error ? 50 : 0);
    }
    case 'plan':
      return 50 + lines(i.body.plan) * 22;
    case 'tool':
      return 34;
    case 'artefact':
      return i.body.media_type.startsWith('image/') ? 320 : 36;
    case 'fetch':
      return 34;
    case 'permission':
      return i.decided ? 30 : 170;
    case 'question':
      return 120;
    default:
      return 40;
  }
}
