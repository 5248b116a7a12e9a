import { type HTMLAttributes, type ReactNode, useCallback, useState } from 'react';
import { useDesk } from '../../app/desk';
import { useResource } from '../../app/resource';
import { Fault } from '../../bridge/fault';
import { S } from '../../strings';
import { FaultCard } from '../../ui/FaultCard';
import { sightOf } from '../models/groups';
import { FileChips } from './FileChips';
import { fileRefs, type TaskFile, withFiles } from './files';
import { useFileDrop } from './useFileDrop';

const none: readonly string[] = [];

export interface Files {
  /** for the element on which files can be dropped */
  drop: HTMLAttributes<HTMLElement>;
  over: boolean;
  field: ReactNode;
  /** what of the request they are, or why they cannot be used */
  take(): ReturnType<typeof fileRefs> | Fault;
}

/** Files that go with a task, for a form that is not the composer. `model` is who gets it, `taken` are variables that it has. */
export function useFiles(model: string, taken = none): Files {
  const [files, setFiles] = useState<readonly TaskFile[]>([]);
  const [fault, setFault] = useState<Fault>();
  const add = useCallback((more: readonly TaskFile[]) => setFiles((old) => withFiles(old, more, taken)), [taken]);
  const { over, pick, drop } = useFileDrop(add, setFault);
  const sight = sightOf(useResource(useDesk().models).data ?? [], model);
  return {
    drop,
    over,
    field: (
      <>
        <FileChips files={files} onFiles={setFiles} taken={taken} sight={sight} over={over} onPick={pick} />
        {fault && <FaultCard fault={fault} live onDismiss={() => setFault(undefined)} />}
      </>
    ),
    take: () => (files.some((f) => f.fault) ? new Fault('invalid_input', S.home.fileFault) : fileRefs(files, sight)),
  };
}
