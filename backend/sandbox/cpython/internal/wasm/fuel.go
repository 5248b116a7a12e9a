package wasm

import (
	"errors"
	"fmt"
)

// InjectFuel rewrites the header of each loop so that it counts down the new mutable global `export` and calls the
// imported function module.name, of type () -> (), when it reaches zero. The host then sets the global to the number
// of iterations until the next call.
//
// The machine code that wazero makes has no safepoints: a Go garbage collection, which must stop all goroutines, would
// wait for a hot loop to end. The call is such a point, and the place where the host checks limits.
//
// It returns the number of loops. It fails if the code changes tables or uses passive segments, because an instance's
// state would then be more than its memory and globals.
func (m *Module) InjectFuel(module, name, export string) (loops int, err error) {
	fn, err := m.importedFunc(module, name)
	if err != nil {
		return 0, err
	}
	code := m.get(secCode)
	if code == nil {
		return 0, errors.New("the module has no code")
	}
	global, err := m.AddCounter(export)
	if err != nil {
		return 0, err
	}
	// global -= 1; if global == 0 { call fn }
	ins := appendU([]byte{0x23}, uint64(global))
	ins = append(ins, 0x41, 1, 0x6b, 0x24)
	ins = appendU(ins, uint64(global))
	ins = append(ins, 0x23)
	ins = appendU(ins, uint64(global))
	ins = append(ins, 0x45, 0x04, 0x40, 0x10)
	ins = append(appendU(ins, uint64(fn)), 0x0b)

	r := reader{b: code.body}
	n := r.u32()
	out := appendU(make([]byte, 0, len(code.body)+len(code.body)/16), uint64(n))
	var body []byte
	for f := uint32(0); f < n; f++ {
		src := r.name()
		if r.err != nil {
			return 0, fmt.Errorf("read function %d: %w", f, r.err)
		}
		headers, err := loopHeaders(src)
		if err != nil {
			return 0, fmt.Errorf("function %d: %w", f, err)
		}
		loops += len(headers)
		body = body[:0]
		last := 0
		for _, p := range headers {
			body = append(append(body, src[last:p]...), ins...)
			last = p
		}
		body = append(body, src[last:]...)
		out = append(appendU(out, uint64(len(body))), body...)
	}
	code.body = out
	return loops, nil
}

// loopHeaders gives the offsets just after each "loop blocktype" of a function body.
func loopHeaders(body []byte) ([]int, error) {
	r := reader{b: body}
	for locals := r.u32(); locals > 0 && r.err == nil; locals-- {
		r.u32()
		r.byte()
	}
	var out []int
	for r.more() {
		at := r.i
		op := r.byte()
		if err := r.skipImmediates(op); err != nil {
			return nil, fmt.Errorf("at byte %d: %w", at, err)
		}
		if op == opLoop {
			out = append(out, r.i)
		}
	}
	return out, r.err
}

const opLoop = 0x03

// skipImmediates walks over what follows an opcode (core specification, chapter 5.4).
func (r *reader) skipImmediates(op byte) error {
	switch {
	case op == 0x02 || op == opLoop || op == 0x04: // block, loop, if: block type
		r.s64()
	case op == 0x0c || op == 0x0d || op == 0x10 || op == 0x12 || (op >= 0x20 && op <= 0x24) || op == 0xd2:
		r.u32() // br, br_if, call, return_call, local.*, global.*, ref.func
	case op == 0x0e: // br_table
		for n := uint64(r.u32()) + 1; n > 0 && r.err == nil; n-- {
			r.u32()
		}
	case op == 0x11 || op == 0x13 || (op >= 0x28 && op <= 0x3e):
		r.u32() // call_indirect, return_call_indirect: type, table; loads and stores: align, offset
		r.u32()
	case op == 0x3f || op == 0x40 || op == 0xd0: // memory.size, memory.grow, ref.null
		r.byte()
	case op == 0x41 || op == 0x42:
		r.s64()
	case op == 0x43:
		r.bytes(4)
	case op == 0x44:
		r.bytes(8)
	case op == 0x1c: // select with types
		r.name()
	case op == 0xfc:
		return r.skipPrefixed()
	case op == 0x25 || op == 0x26:
		return errors.New("the code changes a table")
	case op <= 0x01 || op == 0x05 || op == 0x0b || op == 0x0f || op == 0x1a || op == 0x1b || (op >= 0x45 && op <= 0xc4) ||
		op == 0xd1:
		// no immediates
	default:
		return fmt.Errorf("unknown opcode %#x", op)
	}
	return r.err
}

func (r *reader) skipPrefixed() error {
	switch sub := r.u32(); {
	case sub <= 7: // saturating conversions
	case sub == 10: // memory.copy
		r.bytes(2)
	case sub == 11: // memory.fill
		r.bytes(1)
	case sub == 8 || sub == 9:
		return errors.New("the code uses passive data segments")
	case sub >= 12 && sub <= 17:
		return errors.New("the code changes a table")
	default:
		return fmt.Errorf("unknown opcode 0xfc %d", sub)
	}
	return r.err
}
