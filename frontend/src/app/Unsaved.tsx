import { useEffect, useState } from 'react';
import { S } from '../strings';
import { Confirm } from '../ui/Dialog';
import { guardRoute } from './route';

/** While something is not saved, going elsewhere asks first, by a link, a shortcut or the browser's own buttons. */
export function Unsaved({ dirty }: { dirty: boolean }) {
  const [way, setWay] = useState<{ goOn: () => void }>();
  useEffect(() => {
    if (!dirty) return;
    const off = guardRoute((goOn) => setWay({ goOn }));
    const hold = (e: BeforeUnloadEvent) => e.preventDefault();
    addEventListener('beforeunload', hold);
    return () => {
      off();
      removeEventListener('beforeunload', hold);
    };
  }, [dirty]);
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
