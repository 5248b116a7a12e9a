import { createContext, type ReactNode, type RefObject, useContext, useRef } from 'react';
import { emptyRun } from '../../run/fold';
import type { RunView } from '../../run/view';

const RunViewContext = createContext<RefObject<RunView>>({ current: emptyRun('') });

/** The run on the screen, for what looks at it once (a dialog that opens): its steps need not be drawn anew with each event. */
export function RunViewProvider({ view, children }: { view: RunView; children: ReactNode }) {
  const ref = useRef(view);
  ref.current = view;
  return <RunViewContext value={ref}>{children}</RunViewContext>;
}

export const useRunView = () => useContext(RunViewContext);
