import { createContext, useContext } from 'react';
import type {
  Agent,
  Job,
  PackageList,
  Permission,
  ProviderModels,
  RunPage,
  Sample,
  Settings,
  Status,
  ToolSpec,
} from '../bridge/api.gen';
import type { Host } from '../bridge/host';
import { Resource } from './resource';

/** What the views share of Go's knowledge. */
export interface DeskData {
  status: Resource<Status>;
  settings: Resource<Settings>;
  models: Resource<ProviderModels[]>;
  /** downloads and checks of models, newest first */
  jobs: Resource<Job[]>;
  agents: Resource<Agent[]>;
  tools: Resource<ToolSpec[]>;
  samples: Resource<Sample[]>;
  imports: Resource<string[]>;
  packages: Resource<PackageList>;
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
    jobs: new Resource(async () => (await api.Jobs()) ?? []),
    agents: new Resource(async () => (await api.Agents()) ?? []),
    tools: new Resource(async () => (await api.Tools()) ?? []),
    samples: new Resource(async () => (await api.Samples()) ?? []),
    imports: new Resource(async () => (await api.DefaultImports()) ?? []),
    packages: new Resource(() => api.Packages()),
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
  const offJob = host.on('job', (job) => {
    d.jobs.put(withJob(d.jobs.get().data ?? [], job));
    if (job.state !== 'running') d.models.refresh();
  });
  const offStatus = host.on('status', () => {
    d.status.refresh();
    d.models.refresh();
    d.settings.refresh();
  });
  return () => {
    offRun();
    offJob();
    offStatus();
    clearTimeout(due);
  };
}

/** The jobs with the newest state of one; it takes the place of an ended one of the same kind and model. */
export function withJob(jobs: readonly Job[], job: Job): Job[] {
  const at = jobs.findIndex((j) => j.id === job.id);
  if (at >= 0) return jobs.with(at, job);
  return [job, ...jobs.filter((j) => j.kind !== job.kind || j.model !== job.model)];
}

const DeskContext = createContext<DeskData | null>(null);
export const DeskProvider = DeskContext.Provider;

export function useDesk(): DeskData {
  const d = useContext(DeskContext);
  if (!d) throw new Error('no DeskProvider above');
  return d;
}
