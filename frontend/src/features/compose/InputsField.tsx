import { type HTMLAttributes, type ReactNode, useCallback, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import type { StartRequest } from '../../bridge/api.gen';
import { Fault } from '../../bridge/fault';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { sightOf } from '../models/groups';
import { type DraftValue, nameProblem, valueRefs } from './draft';
import { FileChips } from './FileChips';
import { fileRefs, type TaskFile, withFiles } from './files';
import { useFileDrop } from './useFileDrop';
import { AddValue, Values } from './Values';

const none: readonly string[] = [];

export interface Inputs {
  /** for the element on which files can be dropped */
  drop: HTMLAttributes<HTMLElement>;
  over: boolean;
  field: ReactNode;
  /** what of the request they are, or why they cannot be used */
  take(): Pick<StartRequest, 'files' | 'values'> | Fault;
}

/** Files and values that go with a task, for a form that is not the composer. `model` is who gets it, `taken` are variables that it has, which a
 * file must not take over. */
export function useInputs(model: string, taken = none): Inputs {
  const [files, setFiles] = useState<readonly TaskFile[]>([]);
  const [values, setValues] = useState<readonly DraftValue[]>([]);
  const [tried, setTried] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const add = useCallback((more: readonly TaskFile[]) => setFiles((old) => withFiles(old, more, taken)), [taken]);
  const { over, pick, drop } = useFileDrop(add, setFault);
  const draft = { files, values }; // a value may take the place of one that the agent has
  const sight = sightOf(useResource(useDesk().models).data ?? [], model);
  return {
    drop,
    over,
    field: (
      <>
        <FileChips files={files} onFiles={setFiles} taken={taken} sight={sight} over={over} onPick={pick}>
          <AddValue draft={draft} onChange={setValues} />
        </FileChips>
        <Values draft={draft} strict={tried} onChange={setValues} />
        {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      </>
    ),
    take: () => {
      setTried(true);
      if (files.some((f) => f.fault)) return new Fault('invalid_input', S.home.fileFault);
      if (values.some((v) => nameProblem(v, draft))) return new Fault('invalid_input', S.home.values.fault);
      return { ...fileRefs(files, sight), ...valueRefs(values) };
    },
  };
}
