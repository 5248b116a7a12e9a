import { S } from '../strings';
import type { FileInfo } from './api.gen';
import { Fault, toFault } from './fault';
import type { Api, Events, Host } from './host';

type Bound = Record<string, ((...args: unknown[]) => Promise<unknown>) | undefined>;

interface Globals {
  go?: { main?: { App?: Bound } };
  runtime?: { EventsOn?: (name: string, fn: (payload: never) => void) => () => void };
  __sandglassWeb?: boolean;
}

/** Finds Go behind the globals that Wails or the web host put there; undefined in a bare browser. */
export function connect(globals = globalThis as unknown as Globals): Host | undefined {
  const app = globals.go?.main?.App;
  if (!app) return undefined;
  return {
    api: wrap(app),
    on: (name, fn) => globals.runtime?.EventsOn?.(name, fn as (payload: never) => void) ?? (() => {}),
    web: globals.__sandglassWeb === true,
    upload,
    artefactURL: (run, name) =>
      `/artefact/${encodeURIComponent(run)}/${name.split('/').map(encodeURIComponent).join('/')}`,
  };
}

/** Every method of Go, with whatever it rejects turned into a Fault. */
function wrap(app: Bound): Api {
  return new Proxy({} as Api, {
    get:
      (_, name: string) =>
      async (...args: unknown[]) => {
        const method = app[name];
        if (!method) throw new Fault('internal', S.fault.noMethod(name));
        try {
          return await method(...args);
        } catch (e) {
          throw toFault(e);
        }
      },
  });
}

async function upload(files: File[]): Promise<FileInfo[]> {
  const form = new FormData();
  for (const f of files) form.append('file', f, f.name);
  let text = '';
  let ok = false;
  try {
    const answer = await fetch('/upload', { method: 'POST', body: form });
    ok = answer.ok;
    text = await answer.text();
  } catch (e) {
    throw new Fault('internal', S.fault.upload, e instanceof Error ? e.message : '', S.fault.uploadDo);
  }
  if (!ok) throw toFault(text);
  try {
    return (JSON.parse(text) as FileInfo[] | null) ?? [];
  } catch {
    throw new Fault('internal', S.fault.upload, S.fault.notJSON);
  }
}

export type { Events };
