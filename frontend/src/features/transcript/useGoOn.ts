import { useState } from 'react';
import { go, paths } from '../../app/route';
import type { StartRequest } from '../../bridge/api.gen';
import { type Fault, toFault } from '../../bridge/fault';
import { useHost } from '../../bridge/host';

/** Starts a run that goes on from another one, and leads to it; what is wrong stays in the dialog that asked. */
export function useGoOn(onClose: () => void) {
  const { api } = useHost();
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const start = async (spec: StartRequest) => {
    setBusy(true);
    setFault(undefined);
    try {
      const next = await api.Start(spec);
      onClose();
      go(paths.run(next.id));
    } catch (e) {
      setFault(toFault(e));
      setBusy(false);
    }
  };
  return { start, fault, setFault, busy };
}
