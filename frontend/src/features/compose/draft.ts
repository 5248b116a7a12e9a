import { useSyncExternalStore } from 'react';
import type { StartRequest } from '../../bridge/api.gen';
import { isVariable, type TaskFile, withFiles } from './files';

/** The task that is being written. It outlives the view, so that a look at the models does not lose it. */
export interface Draft {
  task: string;
  agent: string;
  model: string;
  files: readonly TaskFile[];
  values: readonly DraftValue[];
}

/** A Python variable that is set before the first step; text that is JSON is that value. */
export interface DraftValue {
  /** tells rows apart while their names are being typed */
  key: number;
  name: string;
  text: string;
}

const blank: Draft = { task: '', agent: '', model: '', files: [], values: [] };
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

export const addFiles = (files: readonly TaskFile[]) => setDraft({ files: withFiles(draft.files, files) });

let lastKey = 0;

export const newValue = (name = '', text = ''): DraftValue => {
  lastKey += 1;
  return { key: lastKey, name, text };
};

/** What of a request the values are; nothing if there are none. */
export function valueRefs(values: readonly DraftValue[]): Pick<StartRequest, 'values'> {
  return values.length > 0 ? { values: values.map(({ name, text }) => ({ name, text })) } : {};
}

/** What is wrong with a value's name, beside the others' and the files'. */
export function nameProblem(
  v: DraftValue,
  d: Pick<Draft, 'files' | 'values'>,
): 'missing' | 'bad' | 'taken' | undefined {
  if (v.name === '') return 'missing';
  if (!isVariable(v.name)) return 'bad';
  const taken = d.values.some((o) => o.key !== v.key && o.name === v.name) || d.files.some((f) => f.var === v.name);
  return taken ? 'taken' : undefined;
}

/** The kind of value that a text means, as Python calls it. */
export function kindOf(text: string): 'str' | 'float' | 'int' | 'bool' | 'None' | 'list' | 'dict' {
  let v: unknown;
  try {
    v = JSON.parse(text);
  } catch {
    return 'str';
  }
  if (v === null) return 'None';
  if (Array.isArray(v)) return 'list';
  if (typeof v === 'number') return /[.eE]/.test(text) ? 'float' : 'int';
  if (typeof v === 'boolean') return 'bool';
  return typeof v === 'string' ? 'str' : 'dict';
}
