import { type DragEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { Fault } from '../../bridge/fault';
import { toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';
import type { TaskFile } from './files';

/** Who takes what is dropped on the native window, which does not tell where: the one that came last lies on top. */
const takers: object[] = [];

const hasFiles = (e: DragEvent) => [...e.dataTransfer.types].includes('Files');

/**
 * Files come in three ways: the native dialog, a drop on the native window (Go tells by the event "drop"), and in a
 * browser a file field or an HTML drop, whose contents go to the web host.
 */
export function useFileDrop(onFiles: (files: readonly TaskFile[]) => void, onFault: (f: Fault | undefined) => void) {
  const host = useHost();
  const [over, setOver] = useState(false);
  const depth = useRef(0);

  const upload = useCallback(
    async (files: File[]) => {
      if (files.length === 0) return;
      onFault(undefined);
      try {
        onFiles(await host.upload(files));
      } catch (e) {
        onFault(toFault(e));
      }
    },
    [host, onFiles, onFault],
  );

  const pick = useCallback(async () => {
    if (host.web) return void upload(await chooseInBrowser());
    try {
      onFiles((await host.api.PickFiles()) ?? []);
    } catch (e) {
      onFault(toFault(e));
    }
  }, [host, upload, onFiles, onFault]);

  const me = useRef({});
  useEffect(() => {
    const taker = me.current;
    takers.push(taker);
    return () => void takers.splice(takers.indexOf(taker), 1);
  }, []);
  useEffect(() => host.on('drop', (files) => takers.at(-1) === me.current && onFiles(files ?? [])), [host, onFiles]);

  const drop = {
    onDragEnter: (e: DragEvent) => {
      if (!hasFiles(e)) return;
      depth.current++;
      setOver(true);
    },
    onDragLeave: (e: DragEvent) => {
      if (!hasFiles(e)) return;
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setOver(false);
    },
    onDragOver: (e: DragEvent) => {
      if (hasFiles(e)) e.preventDefault();
    },
    onDrop: (e: DragEvent) => {
      if (!hasFiles(e)) return;
      e.preventDefault();
      depth.current = 0;
      setOver(false);
      // In the native window Go gets the paths itself; the browser only has the contents.
      if (host.web) void upload([...e.dataTransfer.files]);
    },
  };
  return { over, pick, drop };
}

function chooseInBrowser(): Promise<File[]> {
  return new Promise((done) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.addEventListener('change', () => done([...(input.files ?? [])]));
    input.addEventListener('cancel', () => done([]));
    input.click();
  });
}
