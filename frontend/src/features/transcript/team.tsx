import { createContext, type ReactNode, useContext, useMemo, useRef, useState } from 'react';
import type { AgentView, RunView } from '../../run/view';

/** What the transcript and the outline share of the agents that a run's agent called. */
export interface TeamState {
  /** by the seq of the call, a tool item */
  byCall: ReadonlyMap<number, AgentView>;
  isOpen(agent: AgentView): boolean;
  toggle(agent: AgentView): void;
}

const nobody: TeamState = { byCall: new Map(), isOpen: () => false, toggle: () => undefined };
const TeamContext = createContext(nobody);
export const useTeam = () => useContext(TeamContext);

/** Calls that go on are unfolded and stay so when they end, so that nothing jumps; calls of the past are folded. */
export function TeamProvider({ view, children }: { view: RunView; children: ReactNode }) {
  const [chosen, setChosen] = useState<ReadonlyMap<number, boolean>>(new Map());
  const live = useRef(new Set<number>());
  const running = view.status === 'running';
  const state = useMemo((): TeamState => {
    const byCall = new Map<number, AgentView>();
    for (const a of view.agents.values()) {
      byCall.set(a.call, a);
      if (running && !a.view.ending) live.current.add(a.seq);
    }
    const isOpen = (a: AgentView) => a.view.waiting !== undefined || (chosen.get(a.seq) ?? live.current.has(a.seq));
    return { byCall, isOpen, toggle: (a) => setChosen((old) => new Map(old).set(a.seq, !isOpen(a))) };
  }, [view.agents, running, chosen]);
  return <TeamContext value={state}>{children}</TeamContext>;
}
