// What native.py does, in Pyodide. Arguments: node_modules, repetitions, programs; without programs it says when the
// first result was there, in seconds.
import fs from "node:fs";
import path from "node:path";
const [modules, repetitions, ...programs] = process.argv.slice(2);
const folder = path.join(modules, "pyodide") + "/";
const { loadPyodide } = await import(folder + "pyodide.mjs");
const begun = performance.now();
const python = await loadPyodide({ indexURL: folder });
if (!programs.length) {
  python.runPython("1 + 1");
  console.log((performance.now() - begun) / 1000);
}
const times = {};
for (const file of programs) {
  const names = python.toPy({});
  python.runPython(fs.readFileSync(file, "utf8"), { globals: names });
  const value = python.runPython("bench()", { globals: names });
  let best = Infinity;
  for (let i = 0; i < +repetitions; i++) {
    const cpu = process.cpuUsage(), wall = performance.now();
    python.runPython("bench()", { globals: names });
    const used = process.cpuUsage(cpu);
    // V8 compiles in other threads, which is CPU time but not the program's.
    best = Math.min(best, (used.user + used.system) / 1e6, (performance.now() - wall) / 1e3);
  }
  times[path.basename(file, ".py")] = [best, value];
}
if (programs.length) console.log(JSON.stringify(times));
