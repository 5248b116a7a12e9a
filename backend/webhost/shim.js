// Gives the bundle the two globals that it finds in the Wails window: go.main.App.<Method>(...) and
// runtime.EventsOn(...). Calls are POSTs, events are one ordered stream of server-sent events.
(() => {
  const listeners = new Map();
  const stream = new EventSource('/api/events');
  // A call made before the stream is open could miss the events that it causes.
  const open = new Promise((resolve) => {
    stream.onopen = resolve;
  });
  const fire = (name, data) => {
    for (const l of [...(listeners.get(name) ?? [])]) {
      l.fn(data);
      if (l.left > 0 && --l.left === 0) listeners.get(name).delete(l);
    }
  };
  stream.onmessage = (e) => {
    const m = JSON.parse(e.data);
    fire(m.name, m.data);
  };
  const on = (name, fn, left) => {
    const l = { fn, left };
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name).add(l);
    return () => listeners.get(name)?.delete(l);
  };
  const call = async (method, args) => {
    await open;
    let r;
    try {
      r = await fetch(`/api/call/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(args),
      });
    } catch {
      throw {
        code: 'internal',
        message: 'Sandglass does not answer',
        why: 'the program that serves this page has ended',
        do: 'Start it again with `sandglass serve` and open the new address.',
      };
    }
    const j = await r.json();
    if (j.error !== undefined) throw j.error;
    return j.result;
  };
  const App = Object.fromEntries(globalThis.__sandglassMethods.map((m) => [m, (...args) => call(m, args)]));
  // What the native window does by itself.
  App.OpenExternal = async (url) => {
    if (!/^https?:\/\//.test(url)) throw { code: 'invalid_input', message: 'Only web addresses can be opened', why: url };
    globalThis.open(url, '_blank', 'noopener,noreferrer');
  };
  globalThis.__sandglassWeb = true;
  globalThis.go = { main: { App } };
  globalThis.runtime = {
    EventsOn: (name, fn) => on(name, fn, -1),
    EventsOnce: (name, fn) => on(name, fn, 1),
    EventsOnMultiple: on,
    EventsOff: (...names) => names.forEach((n) => listeners.delete(n)),
    BrowserOpenURL: (url) => globalThis.open(url, '_blank', 'noopener,noreferrer'),
  };
})();
