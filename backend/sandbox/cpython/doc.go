// Package cpython runs Python in a sandbox inside the app: CPython, compiled to WebAssembly, on wazero.
//
// The code sees an interpreter with a standard library, a folder of inputs, a scratch folder, and the tools. There is
// no way to the host's files, network, environment or processes, because no such function is imported: see
// internal/wasi for all there is.
//
// How it works:
//
//   - The module is rewritten once (internal/wasm): every loop counts down and calls the host now and then. There the
//     host looks at the clock, at cancellation, and lets Go's garbage collector stop the world.
//   - One interpreter is booted, with the driver (driver/*.py) and the usual modules imported; its memory becomes the
//     image that all sessions start from, as a copy-on-write mapping (internal/linmem).
//   - After each step the pages that it changed are committed. A step that is killed loses its instance, and a new one
//     starts from the last commit; files and descriptors are rolled back with it (internal/memfs, internal/wasi).
//
// Time is first limited politely: the words that CPython's signal handling looks at are set, and StepTimeout is raised
// at a line of the step. A step that goes on regardless, or is inside a long C function, is killed after Limits.Grace.
// Either way it counts as killed, and the state is as it was before it.
package cpython
