package cpython

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
)

// floodFactor times Limits.OutputBytes is what a step may print before it is killed.
const floodFactor = 64

// maxResult bounds what the driver may report of one step: a value with its JSON, or an error.
const maxResult = 256 << 20

// run is one call into the guest: its limits, and what it printed and reported.
type run struct {
	ctx     context.Context
	step    int // number of the step, 0 if the call is none
	lim     sandbox.Limits
	host    sandbox.Host // nil at boot: nothing can be called
	tools   map[string]bool
	started time.Time
	soft    time.Time // StepTimeout is raised
	hard    time.Time // the step is killed

	stop        string // why the guest must be stopped at once
	interrupted bool   // StepTimeout was asked for
	lastPrint   time.Time
	printed     int64
	stdout      output
	stderr      output

	result []byte
	final  *event.Value
}

func newRun(ctx context.Context, lim sandbox.Limits, host sandbox.Host) *run {
	now := time.Now()
	return &run{
		ctx: ctx, lim: lim, host: host, started: now, lastPrint: now,
		soft: now.Add(lim.Step), hard: now.Add(lim.Step + lim.Grace),
		stdout: output{limit: lim.OutputBytes}, stderr: output{limit: lim.OutputBytes},
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

// sleep waits for d, at most until a limit; true means that the guest is to be interrupted.
func (r *run) sleep(d time.Duration) bool {
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
	lost  int64 // bytes
}

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
	o.buf = append(o.buf, kept...)
	return kept
}

func (o *output) text() string { return string(bytes.ToValidUTF8(o.buf, []byte("\uFFFD"))) }

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
	}
	return nil, false
}

// callTool lets the host run a tool. The step's clock stands still meanwhile: tools have limits of their own, and one
// of them asks a person.
func (r *run) callTool(data []byte) ([]byte, bool) {
	name, args, err := decodeToolCall(data)
	if err != nil || r.host == nil || !r.tools[name] {
		return []byte("ethere is no such tool in this session"), true
	}
	began := time.Now()
	res, err := r.safeCall(name, args)
	waited := time.Since(began)
	r.soft, r.hard = r.soft.Add(waited), r.hard.Add(waited)
	if r.ctx.Err() != nil {
		r.stop = killCancel
	}
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

// safeCall turns a panic of a tool into its failure: wazero would take it for a crash of the interpreter.
func (r *run) safeCall(name string, args json.RawMessage) (res json.RawMessage, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the tool broke down: %v", p)
		}
	}()
	return r.host.CallTool(r.ctx, name, args)
}
