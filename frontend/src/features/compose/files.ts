import type { FileInfo, FileRef } from '../../bridge/api.gen';
import type { Sight } from '../models/groups';

/** A file that is to go with a task. */
export interface TaskFile extends FileInfo {
  /** code gets the image, but the model is not shown it */
  unseen?: boolean;
}

/** Whether it is an image that the model is shown, as far as the model sees anything. */
export const isShown = (f: TaskFile, sight: Sight) => Boolean(f.width) && sight !== 'blind' && !f.unseen;

/** Files by their path: one that is added again replaces the old one. `taken` are variables that the agent has already. */
export function withFiles(old: readonly TaskFile[], more: readonly TaskFile[], taken: Iterable<string> = []) {
  const known = new Map(old.map((f) => [f.path, f]));
  for (const f of more) known.set(f.path, f);
  return distinctNames([...known.values()], taken);
}

/** Two files must not share a Python variable. */
function distinctNames(files: readonly TaskFile[], names: Iterable<string>): TaskFile[] {
  const taken = new Set(names);
  return files.map((f) => {
    let name = f.var;
    for (let n = 2; taken.has(name); n++) name = `${f.var}_${n}`;
    taken.add(name);
    return name === f.var ? f : { ...f, var: name };
  });
}

export const isVariable = (name: string) => /^[A-Za-z_]\w*$/.test(name);

/** What of a request the files are; nothing if there are none. */
export function fileRefs(files: readonly TaskFile[], sight: Sight): { files?: FileRef[] } {
  if (files.length === 0) return {};
  return { files: files.map((f) => ({ path: f.path, var: f.var, ...(isShown(f, sight) && { image: true }) })) };
}
