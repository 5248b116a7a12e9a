import { createContext, useContext } from 'react';
import type { Agent, Permission, ProviderModels, RunPage, Sample, Settings, Status, ToolSpec } from '../bridge/api.gen';
import type { Host } from '../bridge/host';
import { Resource } from './resource';

/** What the views share of Go's knowledge. */
export interface DeskData {
  status: Resource<Status>;
  settings: Resource<Settings>;
  models: Resource<ProviderModels[]>;
  agents: Resource<Agent[]>;
  tools: Resource<ToolSpec[]>;
  samples: Resource<Sample[]>;
  imports: Resource<string[]>;
  permissions: Resource<Permission[]>;
  /** the newest runs, and how many there are */
  recent: Resource<RunPage>;
}

export const recentRuns = 6;

export function deskData({ api }: Host): DeskData {
  return {
    status: new Resource(() => api.Status()),
    settings: new Resource(() => api.Settings()),
    models: new Resource(async () => (await api.Models()) ?? []),
    agents: new Resource(async () => (await api.Agents()) ?? []),
    tools: new Resource(async () => (await api.Tools()) ?? []),
    samples: new Resource(async () => (await api.Samples()) ?? []),
    imports: new Resource(async () => (await api.DefaultImports()) ?? []),
    permissions: new Resource(async () => (await api.Permissions()) ?? []),
    recent: new Resource(() => api.Runs({ limit: recentRuns })),
  };
}

/** Keeps the shared data current while Go tells of changes. */
export function follow(host: Host, d: DeskData): () => void {
  let due: ReturnType<typeof setTimeout> | undefined;
  const offRun = host.on('run', () => {
    // Many signals a second while a run works; a list does not need to be that fresh.
    due ??= setTimeout(() => {
      due = undefined;
      d.recent.refresh();
    }, 1500);
  });
  const offStatus = host.on('status', () => {
    d.status.refresh();
    d.models.refresh();
    d.settings.refresh();
  });
  return () => {
    offRun();
    offStatus();
    clearTimeout(due);
  };
}

const DeskContext = createContext<DeskData | null>(null);
export const DeskProvider = DeskContext.Provider;

export function useDesk(): DeskData {
  const d = useContext(DeskContext);
  if (!d) throw new Error('no DeskProvider above');
  return d;
}
