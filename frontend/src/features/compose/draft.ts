import { useSyncExternalStore } from 'react';
import type { FileInfo } from '../../bridge/api.gen';

/** The task that is being written. It outlives the view, so that a look at the models does not lose it. */
export interface Draft {
  task: string;
  agent: string;
  model: string;
  files: readonly FileInfo[];
}

const blank: Draft = { task: '', agent: '', model: '', files: [] };
let draft = blank;
const watchers = new Set<() => void>();

export function setDraft(change: Partial<Draft>) {
  draft = { ...draft, ...change };
  for (const fn of watchers) fn();
}

export const clearDraft = () => setDraft(blank);
export const getDraft = () => draft;

export function useDraft(): Draft {
  return useSyncExternalStore((fn) => {
    watchers.add(fn);
    return () => watchers.delete(fn);
  }, getDraft);
}

/** Files by their path: dropping one again replaces it. */
export function addFiles(files: readonly FileInfo[]) {
  const known = new Map(draft.files.map((f) => [f.path, f]));
  for (const f of files) known.set(f.path, f);
  setDraft({ files: distinctNames([...known.values()]) });
}

/** Two files must not share a Python variable. */
export function distinctNames(files: FileInfo[]): FileInfo[] {
  const taken = new Set<string>();
  return files.map((f) => {
    let name = f.var;
    for (let n = 2; taken.has(name); n++) name = `${f.var}_${n}`;
    taken.add(name);
    return name === f.var ? f : { ...f, var: name };
  });
}

export const isVariable = (name: string) => /^[A-Za-z_]\w*$/.test(name);
