package cpython

import (
	"context"
	"errors"
	"fmt"
	chacha "math/rand/v2"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"sandglass/backend/sandbox/cpython/internal/linmem"
	"sandglass/backend/sandbox/cpython/internal/wasi"
)

// Operations of host.call; the driver and the reactor (build/python/reactor/sb.c) use the same numbers.
const (
	opStdout = iota
	opStderr
	opResult
	opTool
	opFinal
	opImport // asks for an import
	opFetch  // makes an HTTP request
	opDisplay
	opTable  // looks at the file of a table
	opColumn // reads of its columns
	opDraw   // makes a picture of a figure
)

// quantum is how many loop iterations run between two looks at the limits: a fraction of a millisecond in most loops,
// some milliseconds where an iteration is a call of its own. A look takes 0.3 µs, so this costs less than 1 %.
const quantum = 1 << 14

// liveEvery is how long printed text may wait in the guest's buffer while code runs on.
const liveEvery = 50 * time.Millisecond

// words are addresses in the guest's memory (struct info in sb.c).
type words struct {
	EvalBreaker uint32 `json:"eval_breaker"`
	SignalBit   uint32 `json:"signal_bit"` // a value, not an address
	IsTripped   uint32 `json:"is_tripped"`
	Sigint      uint32 `json:"sigint"`
	Out         uint32 `json:"out"` // of the buffer for printed text: length, operation, bytes
}

// guest is one interpreter: an instance of the module with its memory, files and descriptors. It implements wasi.Host.
type guest struct {
	p     *prepared
	store linmem.Store
	proc  *wasi.Process
	words words
	ctx   context.Context // carries the guest to host functions

	mod   api.Module
	step  api.Function // kept, because it keeps the machine stack that it grew
	fuel  api.MutableGlobal
	stack api.MutableGlobal

	saved uint32 // value of the stack pointer at the last commit
	in    []byte // what host.take gives
	run   *run   // the call that is under way

	asking bool            // while line asks the interpreter
	clock  clock           // as code saw it last; it stands still between steps
	random *chacha.ChaCha8 // of the call that is under way
}

type guestKey struct{}

func guestOf(ctx context.Context) *guest {
	g, _ := ctx.Value(guestKey{}).(*guest)
	return g
}

// killed is the panic with which the host stops a step; wazero hands it through as the error of the call.
type killed struct {
	why  string
	line int // of the step's code that was running, 0 if not known
}

func (k killed) Error() string { return "killed: " + k.why }

// Reasons of killed. The first four are those of sandbox.Output.Killed.
const (
	killTime   = "time"
	killMemory = "memory"
	killOutput = "output"
	killExit   = "exit"
	killCrash  = "crash"
	killCancel = "cancel"
)

// registerHost defines what the module imports.
func registerHost(ctx context.Context, rt wazero.Runtime, module wazero.CompiledModule) error {
	_, err := wasi.Register(rt, func(ctx context.Context) *wasi.Process { return guestOf(ctx).proc },
		module.ImportedFunctions()).Instantiate(ctx)
	if err != nil {
		return err
	}
	i32 := api.ValueTypeI32
	b := rt.NewHostModuleBuilder("host")
	b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, a []uint64) {
		a[0] = uint64(uint32(guestOf(ctx).call(m, int32(a[0]), uint32(a[1]), uint32(a[2]))))
	}), []api.ValueType{i32, i32, i32}, []api.ValueType{i32}).Export("call")
	b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, a []uint64) {
		g := guestOf(ctx)
		if !m.Memory().Write(uint32(a[0]), g.in) {
			panic(errors.New("the guest takes an answer to a place outside of its memory"))
		}
		g.in = nil
	}), []api.ValueType{i32}, nil).Export("take")
	b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, _ api.Module, _ []uint64) {
		guestOf(ctx).tick()
	}), nil, nil).Export("fuel")
	_, err = b.Instantiate(ctx)
	return err
}

func newGuest(p *prepared, store linmem.Store) *guest {
	g := &guest{
		p: p, store: store, words: p.image.Words, saved: p.image.Stack,
		clock: clock{bootWall, bootMono}, random: randomness(nil, forBoot, 0),
	}
	g.ctx = context.WithValue(context.Background(), guestKey{}, g)
	return g
}

// start makes an instance from the last commit.
func (g *guest) start() (err error) {
	defer func() {
		if r := recover(); r != nil { // the allocator has no other way to fail
			err = fmt.Errorf("start an interpreter: %v", r)
		}
	}()
	ctx := experimental.WithMemoryAllocator(g.ctx, g.store)
	g.mod, err = g.p.rt.InstantiateModule(ctx, g.p.module, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return fmt.Errorf("start an interpreter: %w", err)
	}
	mem := g.mod.Memory()
	if more := g.store.Size() - int(mem.Size()); more > 0 {
		if _, ok := mem.Grow(uint32(more >> 16)); !ok {
			return errors.New("start an interpreter: its memory is larger than the limit")
		}
	}
	g.step = g.mod.ExportedFunction("sb_step")
	g.fuel, _ = g.mod.ExportedGlobal(fuelGlobal).(api.MutableGlobal)
	g.stack, _ = g.mod.ExportedGlobal(stackGlobal).(api.MutableGlobal)
	if g.fuel == nil || g.stack == nil || g.step == nil {
		return errors.New("start an interpreter: the module lacks an export; it is of another version")
	}
	g.fuel.Set(quantum)
	if g.saved != 0 {
		g.stack.Set(uint64(g.saved))
	}
	return nil
}

// stop drops the instance; what was not committed is gone.
func (g *guest) stop() {
	if g.mod != nil {
		g.mod.Close(context.Background())
		g.mod = nil
	}
}

// do hands a request to the driver. The error is a killed, an exited, or a trap of the code.
func (g *guest) do(r *run, request []byte) (int32, error) { return g.invoke(r, g.step, request) }

// invoke calls an sb_ function with a request.
func (g *guest) invoke(r *run, function api.Function, request []byte) (int32, error) {
	g.in, g.run = request, r
	g.fuel.Set(quantum) // a step ticks at the same places each time it is executed
	if r.random != nil {
		g.random = r.random
	}
	if r.tape != nil {
		g.clock = r.tape.now
		defer func() { g.clock = r.tape.now }()
	}
	defer func() { g.in, g.run = nil, nil }()
	res, err := function.Call(g.ctx, uint64(len(request)))
	if err != nil {
		g.drain() // what a stopped step printed before
		if !errors.As(err, new(killed)) {
			g.stack.Set(uint64(g.saved)) // a trap leaves it where it was, which may be at the end of the stack
			r.line = g.line()
		}
		return 0, err
	}
	return int32(res[0]), nil
}

// obey stops the step if its run says so. It is called from host functions only.
func (g *guest) obey() {
	if why := g.run.stop; why != "" {
		panic(killed{why, g.line()})
	}
}

// lineFuel is how many iterations of loops the question for the line may take. Code can have put its frames in a circle.
const lineFuel = 1 << 22

// line asks the interpreter where it is. The guest is in the middle of something and may not go on after that, because
// a leaf function keeps data below the stack pointer.
func (g *guest) line() int {
	if g.run.step == 0 || g.asking {
		return 0
	}
	g.asking = true
	defer func() { g.asking = false }()
	g.fuel.Set(lineFuel)
	res, err := g.mod.ExportedFunction("sb_line").Call(g.ctx, uint64(g.run.step))
	if err != nil || len(res) != 1 {
		return 0
	}
	return max(int(int32(res[0])), 0)
}

// call is host.call.
func (g *guest) call(m api.Module, op int32, ptr, n uint32) int32 {
	data, ok := m.Memory().Read(ptr, n)
	if !ok {
		return -1
	}
	switch op {
	case opStdout, opStderr:
		g.run.print(data, op == opStderr)
		g.obey()
		return 0
	}
	answer, ok := g.run.ask(op, data)
	g.obey()
	if !ok || len(answer) > 1<<31-1 {
		return -1
	}
	g.in = answer
	return int32(len(answer))
}

// tick is called by loops of the guest. It is where Go may stop this goroutine, and where limits are looked at.
func (g *guest) tick() {
	if g.asking {
		panic(killed{why: g.run.stop})
	}
	g.fuel.Set(quantum)
	runtime.Gosched()
	now := time.Now()
	interrupt, drain := g.run.tick(now)
	if interrupt {
		g.interrupt()
	}
	if drain && g.drain() {
		g.run.drained()
	}
	g.obey()
}

// interrupt does what PyErr_SetInterrupt does: the interpreter calls the driver's signal handler at its next check.
func (g *guest) interrupt() {
	m := g.mod.Memory()
	m.WriteUint32Le(g.words.Sigint, 1)
	m.WriteUint32Le(g.words.IsTripped, 1)
	if w, ok := m.ReadUint32Le(g.words.EvalBreaker); ok {
		m.WriteUint32Le(g.words.EvalBreaker, w|g.words.SignalBit)
	}
}

// drain takes the printed text that still waits in the guest's buffer, if there is any.
func (g *guest) drain() bool {
	if g.words.Out == 0 {
		return false
	}
	m := g.mod.Memory()
	n, _ := m.ReadUint32Le(g.words.Out)
	op, _ := m.ReadUint32Le(g.words.Out + 4)
	if n == 0 || n > 1<<15 {
		return false
	}
	text, ok := m.Read(g.words.Out+8, n)
	if ok {
		m.WriteUint32Le(g.words.Out, 0)
		g.run.print(text, op == opStderr)
	}
	return ok
}

// Print implements wasi.Host.
func (g *guest) Print(p []byte, stderr bool) {
	g.drain()
	g.run.print(p, stderr)
	g.obey()
}

// Sleep implements wasi.Host.
func (g *guest) Sleep(d time.Duration) {
	g.drain()
	if g.run.sleep(d) {
		g.interrupt()
	}
	g.obey()
}

// Yield implements wasi.Host.
func (g *guest) Yield() { g.tick() }

// Exit implements wasi.Host.
func (g *guest) Exit(code uint32) { panic(exited{code}) }

// exited is the panic of proc_exit: os._exit, or a fatal error of the interpreter.
type exited struct{ code uint32 }

func (e exited) Error() string { return fmt.Sprintf("the interpreter exited with status %d", e.code) }

// Random implements wasi.Host. What it gives follows from the session's seed.
func (g *guest) Random(p []byte) { _, _ = g.random.Read(p) }

// Clock implements wasi.Host: the present time while a step runs, recorded; between steps time stands still.
func (g *guest) Clock() (wall, mono int64) {
	c := g.clock
	if g.run != nil && g.run.tape != nil {
		c = g.run.tape.look()
	}
	return c.wall, c.mono
}

// now gives the times of files.
func (g *guest) now() time.Time {
	wall, _ := g.Clock()
	return time.Unix(0, wall)
}
