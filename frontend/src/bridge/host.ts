import { createContext, useContext } from 'react';
import type { Desk, FileInfo, Job, Live, Signal } from './api.gen';

/** What the window can do beyond the desk, because it is a window. */
export interface Shell {
  /** The native dialog for choosing input files; rejects on the web host. */
  PickFiles(): Promise<FileInfo[] | null>;
  /** The native dialog for choosing Python packages; rejects on the web host. */
  PickWheels(): Promise<FileInfo[] | null>;
  /** The native dialog for choosing exported agents; rejects on the web host. */
  PickAgentFiles(): Promise<FileInfo[] | null>;
  /** The native dialog for where to export an agent to; "" when it was cancelled. */
  SaveAgentFile(name: string): Promise<string>;
  /** Closing the window asks first from now on, or no more; not on the web host, where the browser does that. */
  SetUnsaved(unsaved: boolean): Promise<void>;
  OpenExternal(url: string): Promise<void>;
  SaveArtefact(run: string, name: string): Promise<void>;
}

export type Api = Desk & Shell;

/** What Go tells without being asked. */
export interface Events {
  /** A run's log has grown: pull. */
  run: Signal;
  /** What streams in and is not recorded. */
  live: Live;
  /** A download or check has gone on. */
  job: Job;
  /** What works has changed: ask again. */
  status: unknown;
  /** Files were dropped on the native window. */
  drop: FileInfo[];
}

/** The other side of the window: Go through Wails, Go through the web host, or a script in tests. */
export interface Host {
  api: Api;
  /** Listens until the returned function is called. */
  on<K extends keyof Events>(name: K, fn: (payload: Events[K]) => void): () => void;
  /** In a browser: files come from <input>, artefacts are links. */
  web: boolean;
  /** Sends files that the browser holds to the web host. */
  upload(files: File[]): Promise<FileInfo[]>;
  /** Where a browser downloads an artefact from. */
  artefactURL(run: string, name: string): string;
}

const HostContext = createContext<Host | null>(null);
export const HostProvider = HostContext.Provider;

export function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error('no HostProvider above');
  return host;
}
