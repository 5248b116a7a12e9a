import { useEffect, useState } from 'react';
import type { ArtefactSaved } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';

const known = new Map<string, string>();

/** The content of an artefact in base64, by its blob: a later file of the same name is another one. */
export function useContent(run: string, file: Pick<ArtefactSaved, 'blob'>): { base64?: string; fault?: Fault } {
  const host = useHost();
  const [base64, setContent] = useState(() => known.get(file.blob));
  const [fault, setFault] = useState<Fault>();
  useEffect(() => {
    const had = known.get(file.blob);
    if (had !== undefined) {
      setContent(had);
      return;
    }
    let there = true;
    host.api.Artefact(run, file.blob).then(
      (data) => {
        // Rows leave and enter the screen: the last ones are remembered.
        if (known.size > 40) known.delete(known.keys().next().value as string);
        known.set(file.blob, data.base64);
        if (there) setContent(data.base64);
      },
      (e: unknown) => there && setFault(toFault(e)),
    );
    return () => {
      there = false;
    };
  }, [host, run, file.blob]);
  return { base64, fault };
}

export function decode(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
}
