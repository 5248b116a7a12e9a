import { S } from '../strings';
import type { FaultCode, FaultData } from './api.gen';

/** What went wrong, in the three sentences that every error of the app has. */
export class Fault extends Error {
  constructor(
    readonly code: FaultCode,
    readonly what: string,
    readonly why = '',
    readonly todo = '',
  ) {
    super(why ? `${what}: ${why}` : what);
    this.name = 'Fault';
  }

  get data(): FaultData {
    return { code: this.code, message: this.what, why: this.why, do: this.todo };
  }
}

/**
 * Whatever a rejected call carries, as a Fault. Wails gives the object that its ErrorFormatter made, or an Error whose
 * message is that object as JSON; the web host gives the object; bugs give anything.
 */
export function toFault(e: unknown): Fault {
  if (e instanceof Fault) return e;
  const data = readData(e);
  if (data) return new Fault(data.code, data.message, data.why, data.do);
  const text = e instanceof Error ? e.message : typeof e === 'string' ? e : '';
  return new Fault('internal', text.trim() || S.fault.unknown);
}

function readData(e: unknown, depth = 0): FaultData | undefined {
  if (e instanceof Error) return readData(e.message, depth);
  if (typeof e === 'string') {
    if (!e.trimStart().startsWith('{') || depth > 2) return undefined;
    try {
      return readData(JSON.parse(e), depth + 1);
    } catch {
      return undefined;
    }
  }
  if (typeof e !== 'object' || e === null) return undefined;
  const { code, message, why, do: todo } = e as Record<string, unknown>;
  if (typeof message !== 'string') return undefined;
  if (typeof code !== 'string') return readData(message, depth + 1);
  return {
    code: code as FaultCode,
    message,
    why: typeof why === 'string' ? why : '',
    do: typeof todo === 'string' ? todo : '',
  };
}
