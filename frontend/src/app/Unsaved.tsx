import { useEffect, useState } from 'react';
import { useHost } from '../bridge/host';
import { S } from '../strings';
import { Confirm } from '../ui/Dialog';
import { guardRoute } from './route';

/** While something is not saved, going elsewhere asks first, by a link, a shortcut or the browser's own buttons. */
export function Unsaved({ dirty }: { dirty: boolean }) {
  const { api, web } = useHost();
  const [way, setWay] = useState<{ goOn: () => void }>();
  useEffect(() => {
    if (!dirty) return;
    const off = guardRoute((goOn) => setWay({ goOn }));
    const hold = (e: BeforeUnloadEvent) => e.preventDefault();
    addEventListener('beforeunload', hold);
    const tell = (unsaved: boolean) => {
      if (!web) api.SetUnsaved(unsaved).catch(() => {}); // closing asks nothing then
    };
    tell(true);
    return () => {
      tell(false);
      off();
      removeEventListener('beforeunload', hold);
    };
  }, [dirty, api, web]);
  return (
    <Confirm
      open={way !== undefined}
      title={S.unsaved.title}
      text={S.unsaved.text}
      action={S.unsaved.leave}
      cancel={S.unsaved.stay}
      danger
      onConfirm={() => way?.goOn()}
      onClose={() => setWay(undefined)}
    />
  );
}
