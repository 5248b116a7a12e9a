// Package wasm rewrites a WebAssembly module so that its instances can be interrupted and restored: it injects a fuel
// counter into every loop, takes the data segments out, and checks that an instance's whole state is its linear memory
// plus its exported mutable globals. It knows the binary format of the WebAssembly core specification 2.0 as far as
// clang and lld emit it; anything else is an error, never a panic.
package wasm

import (
	"bytes"
	"errors"
	"fmt"
)

// Section ids of the core specification, chapter 5.5.2.
const (
	secCustom = 0
	secType   = 1
	secImport = 2
	secGlobal = 6
	secExport = 7
	secCode   = 10
	secData   = 11
)

const (
	kindFunc   = 0
	kindGlobal = 3

	typeI32 = 0x7f
)

var magic = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}

// ErrNotWasm says that the bytes do not begin like a WebAssembly module of version 1.
var ErrNotWasm = errors.New("not a WebAssembly module of version 1")

type section struct {
	id   byte
	body []byte
}

// Module is a parsed module. Its sections stay encoded until something is changed.
type Module struct {
	sections []section
}

// Parse splits a module into sections; custom sections (names, debug information) are dropped.
func Parse(b []byte) (*Module, error) {
	if !bytes.HasPrefix(b, magic) {
		return nil, ErrNotWasm
	}
	m := &Module{}
	r := reader{b: b, i: len(magic)}
	seen := map[byte]bool{}
	for r.more() {
		id := r.byte()
		body := r.bytes(r.u32())
		if r.err != nil {
			return nil, fmt.Errorf("read section %d: %w", id, r.err)
		}
		if id == secCustom {
			continue
		}
		if seen[id] {
			return nil, fmt.Errorf("section %d occurs twice", id)
		}
		seen[id] = true
		m.sections = append(m.sections, section{id, body})
	}
	return m, nil
}

// Encode writes the module.
func (m *Module) Encode() []byte {
	n := len(magic)
	for _, s := range m.sections {
		n += len(s.body) + 6
	}
	out := append(make([]byte, 0, n), magic...)
	for _, s := range m.sections {
		out = append(out, s.id)
		out = appendU(out, uint64(len(s.body)))
		out = append(out, s.body...)
	}
	return out
}

func (m *Module) get(id byte) *section {
	for i := range m.sections {
		if m.sections[i].id == id {
			return &m.sections[i]
		}
	}
	return nil
}

func (m *Module) reader(id byte) reader {
	if s := m.get(id); s != nil {
		return reader{b: s.body}
	}
	return reader{b: []byte{0}} // an absent section is an empty vector
}

// importedFunc finds the index of an imported function of type () -> ().
func (m *Module) importedFunc(module, name string) (uint32, error) {
	r := m.reader(secImport)
	index := uint32(0)
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		mod, field, kind := string(r.name()), string(r.name()), r.byte()
		if kind != kindFunc {
			return 0, fmt.Errorf("import %s.%s is not a function", mod, field)
		}
		typ := r.u32()
		if r.err == nil && mod == module && field == name {
			return index, m.checkNoArgs(typ)
		}
		index++
	}
	if r.err != nil {
		return 0, fmt.Errorf("read imports: %w", r.err)
	}
	return 0, fmt.Errorf("the module does not import %s.%s", module, name)
}

func (m *Module) checkNoArgs(typ uint32) error {
	r := m.reader(secType)
	n := r.u32()
	for i := uint32(0); i < n && r.err == nil; i++ {
		form, params, results := r.byte(), r.name(), r.name()
		if form != 0x60 {
			return fmt.Errorf("type %d is not a function type", i)
		}
		if i == typ && r.err == nil {
			if len(params)+len(results) > 0 {
				return errors.New("the fuel import must take nothing and give nothing")
			}
			return nil
		}
	}
	return fmt.Errorf("no type %d", typ)
}

// AddCounter appends a mutable i32 global of value 1 under an exported name and gives its index.
func (m *Module) AddCounter(export string) (uint32, error) {
	globals, exports := m.get(secGlobal), m.get(secExport)
	if globals == nil || exports == nil {
		return 0, errors.New("the module has no globals or no exports")
	}
	r := reader{b: globals.body}
	n := r.u32()
	e := reader{b: exports.body}
	ne := e.u32()
	if r.err != nil || e.err != nil {
		return 0, errShort
	}
	body := append(appendU(nil, uint64(n)+1), globals.body[r.i:]...)
	body = append(body, typeI32, 1, 0x41)
	body = append(appendS(body, 1), 0x0b)
	globals.body = body

	body = append(appendU(nil, uint64(ne)+1), exports.body[e.i:]...)
	body = append(appendU(body, uint64(len(export))), export...)
	body = append(body, kindGlobal)
	exports.body = appendU(body, uint64(n))
	return n, nil
}

// Segment is initial content of linear memory.
type Segment struct {
	Offset uint32
	Data   []byte
}

// TakeData removes the data segments from the module and returns them, so that instances can start from another
// content. Only active segments at constant offsets exist in a module without threads.
func (m *Module) TakeData() ([]Segment, error) {
	s := m.get(secData)
	if s == nil {
		return nil, nil
	}
	r := reader{b: s.body}
	var out []Segment
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		if mode := r.u32(); mode != 0 {
			return nil, fmt.Errorf("data segment of mode %d", mode)
		}
		if op := r.byte(); op != 0x41 && r.err == nil {
			return nil, fmt.Errorf("data segment with opcode %#x as its offset", op)
		}
		off := r.s64()
		if end := r.byte(); end != 0x0b && r.err == nil {
			return nil, errors.New("data segment with a computed offset")
		}
		data := r.name()
		if r.err == nil {
			out = append(out, Segment{uint32(int32(off)), data})
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("read data segments: %w", r.err)
	}
	kept := m.sections[:0:0]
	for _, s := range m.sections {
		// The data count (id 12) only matters to memory.init, which inject refuses.
		if s.id != secData && s.id != 12 {
			kept = append(kept, s)
		}
	}
	m.sections = kept
	return out, nil
}

// MutableGlobals gives the exported name of each mutable global, "" for one that is not exported. All must be i32:
// that and the linear memory is what a snapshot holds.
func (m *Module) MutableGlobals() ([]string, error) {
	names := map[uint32]string{}
	e := m.reader(secExport)
	for n := e.u32(); n > 0 && e.err == nil; n-- {
		name, kind, index := e.name(), e.byte(), e.u32()
		if kind == kindGlobal {
			names[index] = string(name)
		}
	}
	if e.err != nil {
		return nil, fmt.Errorf("read exports: %w", e.err)
	}
	var out []string
	r := m.reader(secGlobal)
	n := r.u32()
	for i := uint32(0); i < n && r.err == nil; i++ {
		typ, mutable := r.byte(), r.byte()
		if op := r.byte(); r.err == nil && (op < 0x41 || op > 0x42) {
			return nil, fmt.Errorf("global %d starts with opcode %#x", i, op)
		}
		r.s64()
		if end := r.byte(); r.err == nil && end != 0x0b {
			return nil, fmt.Errorf("global %d has a computed value", i)
		}
		if mutable == 0 || r.err != nil {
			continue
		}
		if typ != typeI32 {
			return nil, fmt.Errorf("mutable global %d is not an i32", i)
		}
		out = append(out, names[i])
	}
	if r.err != nil {
		return nil, fmt.Errorf("read globals: %w", r.err)
	}
	return out, nil
}
