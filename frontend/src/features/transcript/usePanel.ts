import { useCallback, useState } from 'react';

const remembered = 'sandglass.panel';

/** Whether the details are shown: as the person last chose, else when there is room. */
export function usePanel(): [boolean, () => void] {
  const [open, setOpen] = useState(() => {
    try {
      const v = localStorage.getItem(remembered);
      if (v) return v === 'open';
    } catch {
      // no storage: decide by the width
    }
    return innerWidth >= 1320;
  });
  const toggle = useCallback(() => {
    setOpen((o) => {
      try {
        localStorage.setItem(remembered, o ? 'closed' : 'open');
      } catch {
        // not remembered, then
      }
      return !o;
    });
  }, []);
  return [open, toggle];
}
