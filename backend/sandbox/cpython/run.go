package cpython

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	chacha "math/rand/v2"
	"time"
	"unicode/utf8"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
)

// floodFactor times Limits.OutputBytes is what a step may print before it is killed.
const floodFactor = 64

// maxResult bounds what the driver may report of one step: a value with its JSON, or an error.
const maxResult = 256 << 20

// maxArguments bounds what code may hand to a tool at once: the host copies it, and the guest's memory may be large.
const maxArguments = 64 << 20

// run is one call into the guest: its limits, and what it printed and reported.
type run struct {
	ctx     context.Context
	step    int // number of the step, 0 if the call is none
	lim     sandbox.Limits
	host    sandbox.Host // nil at boot: nothing can be called
	tools   map[string]bool
	drawer  drawFunc // nil: figures cannot be drawn
	started time.Time
	soft    time.Time // StepTimeout is raised
	hard    time.Time // the step is killed

	stop        string // why the guest must be stopped at once
	line        int    // of the step's code, if the interpreter fell in the middle of it
	interrupted bool   // StepTimeout was asked for
	lastPrint   time.Time
	printed     int64
	stdout      output
	stderr      output

	result []byte
	final  *event.Value
	shown  []sandbox.Displayed

	tables  tablesFunc
	columns []*io.SectionReader // of the table that code opened last

	random *chacha.ChaCha8 // what code draws from; nil to go on with that of the call before
	tape   *tape           // what comes in from outside; nil in calls that are no steps
}

func newRun(ctx context.Context, lim sandbox.Limits, host sandbox.Host) *run {
	now := time.Now()
	return &run{
		ctx: ctx, lim: lim, host: host, started: now, lastPrint: now,
		soft: now.Add(lim.Step), hard: now.Add(lim.Step + lim.Grace),
		stdout: output{limit: lim.OutputBytes}, stderr: output{limit: lim.OutputBytes},
	}
}

// tick looks at the limits, and sets stop if one is passed. It says whether the step is to be interrupted politely, and
// whether text that waits to be printed is to be fetched.
func (r *run) tick(now time.Time) (interrupt, drain bool) {
	if r.tape == nil {
		return r.look(now), now.Sub(r.lastPrint) > liveEvery
	}
	r.tape.moment++
	if r.tape.replay {
		r.lookReplaying(now)
		_, interrupt = r.tape.at(tapeInterrupt)
		_, drain = r.tape.at(tapeDrain)
		r.interrupted = r.interrupted || interrupt
		if _, kill := r.tape.at(tapeKill); kill {
			r.stop = killTime
		}
		return interrupt, drain
	}
	if interrupt = r.look(now); interrupt {
		r.tape.write(tapeInterrupt)
	}
	drain = now.Sub(r.lastPrint) > liveEvery
	if r.stop == killTime {
		drain = false
		r.tape.write(tapeKill)
	}
	return interrupt, drain
}

// drained notes that a tick fetched printed text.
func (r *run) drained() {
	r.lastPrint = time.Now()
	if r.tape != nil && !r.tape.replay {
		r.tape.write(tapeDrain)
	}
}

// look looks at the limits, and sets stop if one is passed; true means that the step is to be interrupted politely.
func (r *run) look(now time.Time) bool {
	switch {
	case r.ctx.Err() != nil:
		r.stop = killCancel
	case now.After(r.hard):
		r.stop = killTime
	case now.After(r.soft) && !r.interrupted:
		r.interrupted = true
		return true
	}
	return false
}

// lookReplaying minds the limits of a step whose end is on its tape: only a person's Stop, and a step that goes another
// way than before and does not end.
func (r *run) lookReplaying(now time.Time) {
	switch {
	case r.ctx.Err() != nil:
		r.stop = killCancel
	case now.After(r.hard):
		r.stop = killTime
		if r.tape.diverged == "" {
			r.tape.diverged = "it went on for much longer than it did before"
		}
	}
}

// sleep waits for d, at most until a limit; true means that the guest is to be interrupted. A replay does not wait.
func (r *run) sleep(d time.Duration) bool {
	if r.tape == nil {
		return r.wait(d)
	}
	r.tape.moment++
	if r.tape.replay {
		r.lookReplaying(time.Now())
		if _, interrupt := r.tape.at(tapeInterrupt); interrupt {
			r.interrupted = true
			return true
		}
		if _, kill := r.tape.at(tapeKill); kill {
			r.stop = killTime
			return false
		}
		r.tape.now.add(int64(d))
		return false
	}
	interrupt := r.wait(d)
	switch {
	case interrupt:
		r.tape.write(tapeInterrupt)
	case r.stop == killTime:
		r.tape.write(tapeKill)
	default:
		r.tape.now.add(int64(d))
	}
	return interrupt
}

func (r *run) wait(d time.Duration) bool {
	until := time.Now().Add(d)
	if d > time.Until(r.hard) {
		until = r.hard.Add(time.Millisecond)
	}
	if !r.interrupted && until.After(r.soft) {
		until = r.soft.Add(time.Millisecond)
	}
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.ctx.Done():
	}
	return r.look(time.Now())
}

// print keeps printed text as far as the limit goes, and tells the host. p is only valid during the call.
func (r *run) print(p []byte, stderr bool) {
	r.printed += int64(len(p))
	out := &r.stdout
	if stderr {
		out = &r.stderr
	}
	if kept := out.add(p); len(kept) > 0 && r.host != nil {
		r.host.Output(string(kept), stderr)
	}
	if r.printed > floodFactor*r.lim.OutputBytes {
		r.stop = killOutput
	}
}

// output is a stream up to its limit.
type output struct {
	limit int64
	buf   []byte
	rest  []byte // what was printed behind it, up to maxRest
	lost  int64  // bytes beyond the limit
}

// maxRest bounds what is kept beyond the limit of a stream, in bytes.
const maxRest = 32 << 20

func (o *output) add(p []byte) []byte {
	room := o.limit - int64(len(o.buf))
	if o.lost > 0 {
		room = 0 // no holes
	}
	kept := p
	if int64(len(p)) > room {
		kept = p[:room]
		for len(kept) > 0 && !utf8.RuneStart(p[len(kept)]) { // not in the middle of a character
			kept = kept[:len(kept)-1]
		}
	}
	o.lost += int64(len(p) - len(kept))
	o.rest = append(o.rest, p[len(kept):min(len(p), len(kept)+maxRest-len(o.rest))]...)
	o.buf = append(o.buf, kept...)
	return kept
}

func (o *output) text() string { return string(bytes.ToValidUTF8(o.buf, []byte("\uFFFD"))) }

// ask handles the driver's operations; false means that the guest asked for nonsense. What the host answers is kept on
// the tape, and taken from there when the step is executed again.
func (r *run) ask(op int32, data []byte) ([]byte, bool) {
	if r.tape == nil || !asksHost(op) {
		return r.answer(op, data)
	}
	r.tape.moment++
	request := question(op, data)
	if r.tape.replay {
		return r.tape.recorded(request, describeQuestion(op, data))
	}
	answer, ok := r.answer(op, data)
	r.tape.record(request, answer, ok)
	return answer, ok
}

// asksHost says whether an operation's answer comes from outside of the sandbox.
func asksHost(op int32) bool {
	switch op {
	case opResult, opFinal, opDisplay, opTable, opColumn:
		return false
	}
	return true
}

func describeQuestion(op int32, data []byte) string {
	if op == opTool {
		name, _, _ := bytes.Cut(data, []byte{0})
		return "called " + cut(string(name), 100)
	}
	return fmt.Sprintf("asked the host (operation %d)", op)
}

// answer handles the driver's operations; false means that the guest asked for nonsense. data is only valid during the
// call, and comes from code that is not trusted.
func (r *run) answer(op int32, data []byte) ([]byte, bool) {
	switch op {
	case opResult:
		if len(data) > maxResult {
			return nil, false
		}
		r.result = bytes.Clone(data)
		return nil, true
	case opFinal:
		if len(data) > maxResult {
			return nil, false
		}
		// The first call counts: a bare `except:` around it often holds a second one, for the failure.
		if r.final == nil {
			v, err := decodeValue(data)
			if err != nil {
				return nil, false
			}
			r.final = v
		}
		return nil, true
	case opTool:
		return r.callTool(data)
	case opImport:
		return r.askImport(data)
	case opFetch:
		return r.fetch(data)
	case opDisplay:
		return r.display(data)
	case opTable:
		return r.openTable(data)
	case opColumn:
		return r.columnOf(data)
	case opDraw:
		return r.draw(data)
	}
	return nil, false
}

// callTool lets the host run a tool. The step's clock stands still meanwhile: tools have limits of their own, and one
// of them asks a person.
func (r *run) callTool(data []byte) ([]byte, bool) {
	if len(data) > maxArguments {
		return fmt.Appendf(nil, "ethe arguments are larger than %d MiB: write them to a file in %s, or pass less",
			maxArguments>>20, sandbox.ScratchDir), true
	}
	name, args, err := decodeToolCall(data)
	if err != nil || r.host == nil || !r.tools[name] {
		return []byte("ethere is no such tool in this session"), true
	}
	var res json.RawMessage
	err = r.outside("tool", func() (err error) {
		res, err = r.host.CallTool(r.ctx, name, args)
		return err
	})
	if err != nil {
		return append([]byte{'e'}, err.Error()...), true
	}
	if len(res) == 0 {
		res = json.RawMessage("null")
	}
	if !json.Valid(res) {
		return []byte("ethe tool's result is not JSON"), true
	}
	return append([]byte{'v'}, res...), true
}

// outside lets the host do something for the code, and keeps the time that it takes off the step's clock. A panic
// becomes a failure: wazero would take it for a crash of the interpreter.
func (r *run) outside(what string, do func() error) (err error) {
	began := time.Now()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the %s broke down: %v", what, p)
		}
		waited := time.Since(began)
		r.soft, r.hard = r.soft.Add(waited), r.hard.Add(waited)
		if r.ctx.Err() != nil {
			r.stop = killCancel
		}
	}()
	return do()
}
