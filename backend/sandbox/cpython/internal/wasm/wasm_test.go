package wasm

import (
	"bytes"
	"context"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

func vec(items ...[]byte) []byte {
	out := appendU(nil, uint64(len(items)))
	for _, it := range items {
		out = append(out, it...)
	}
	return out
}

func name(s string) []byte { return append(appendU(nil, uint64(len(s))), s...) }

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// sample is a module that imports host.fuel, and exports `count`: a loop that runs n times inside another block, with a
// br_table, constants of all types and a memory access, and gives the sum of the first data byte each time.
func sample() []byte {
	body := cat(
		vec([]byte{1, typeI32}), // one local: the sum
		[]byte{0x43, 0, 0, 0, 0, 0x1a, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a, 0x42}, appendS(nil, -1<<40), []byte{0x1a},
		[]byte{0x02, 0x40, 0x03, 0x40}, // block, loop
		[]byte{0x20, 0, 0x45, 0x0d, 1}, // if n == 0 break
		[]byte{0x20, 0, 0x41, 1, 0x6b, 0x21, 0},
		[]byte{0x20, 1, 0x41, 0x10, 0x2d, 0, 0, 0x6a, 0x21, 1}, // sum += mem[16]
		[]byte{0x41, 0, 0x0e, 1, 0, 0},                         // br_table: always the loop
		[]byte{0x0b, 0x0b, 0x20, 1, 0x0b},
	)
	sec := func(id byte, b []byte) []byte {
		return append(append([]byte{id}, appendU(nil, uint64(len(b)))...), b...)
	}
	return cat(magic,
		sec(secCustom, cat(name("producers"), []byte("clang"))),
		sec(secType, vec([]byte{0x60, 0, 0}, []byte{0x60, 1, typeI32, 1, typeI32})),
		sec(secImport, vec(cat(name("host"), name("fuel"), []byte{kindFunc, 0}))),
		sec(3, vec([]byte{1})),
		sec(5, vec([]byte{0, 1})),
		sec(secGlobal, vec([]byte{typeI32, 1, 0x41, 0x80, 8, 0x0b})),
		sec(secExport, vec(cat(name("count"), []byte{kindFunc, 1}), cat(name("__stack_pointer"), []byte{kindGlobal, 0}),
			cat(name("memory"), []byte{2, 0}))),
		sec(secCode, vec(cat(appendU(nil, uint64(len(body))), body))),
		sec(secData, vec(cat([]byte{0, 0x41, 0x10, 0x0b}, name("\x03\x04")))),
	)
}

func TestFuelIsCountedInLoops(t *testing.T) {
	m, err := Parse(sample())
	if err != nil {
		t.Fatal(err)
	}
	loops, err := m.InjectFuel("host", "fuel", "__fuel")
	if err != nil || loops != 1 {
		t.Fatalf("%d loops, %v", loops, err)
	}
	globals, err := m.MutableGlobals()
	if err != nil || len(globals) != 2 || globals[0] != "__stack_pointer" || globals[1] != "__fuel" {
		t.Fatalf("globals %q, %v", globals, err)
	}
	data, err := m.TakeData()
	if err != nil || len(data) != 1 || data[0].Offset != 16 || string(data[0].Data) != "\x03\x04" {
		t.Fatalf("data %v, %v", data, err)
	}

	ctx := context.Background()
	rt := wazero.NewRuntime(ctx)
	defer rt.Close(ctx)
	calls := 0
	_, err = rt.NewHostModuleBuilder("host").NewFunctionBuilder().WithGoModuleFunction(
		api.GoModuleFunc(func(_ context.Context, m api.Module, _ []uint64) {
			calls++
			m.ExportedGlobal("__fuel").(api.MutableGlobal).Set(100)
		}), nil, nil).Export("fuel").Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := rt.Instantiate(ctx, m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	mod.ExportedGlobal("__fuel").(api.MutableGlobal).Set(100)
	mod.Memory().Write(data[0].Offset, data[0].Data)
	res, err := mod.ExportedFunction("count").Call(ctx, 1000)
	if err != nil || res[0] != 3000 {
		t.Errorf("count gives %v, %v: want 3000", res, err)
	}
	if calls != 10 { // 1,001 times through the header
		t.Errorf("the host was called %d times, want 10", calls)
	}
}

func TestWhatCannotBeRewritten(t *testing.T) {
	m, err := Parse(sample())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.InjectFuel("host", "other", "__fuel"); err == nil {
		t.Error("an import that is not there")
	}
	for name, code := range map[string][]byte{
		"table.set": {0x26, 0}, "memory.init": {0xfc, 8, 0, 0}, "table.grow": {0xfc, 15, 0}, "vector": {0xfd, 0}, "garbage": {0xff},
		"cut": {0x41},
	} {
		body := cat([]byte{0}, code)
		m.get(secCode).body = vec(cat(appendU(nil, uint64(len(body))), body))
		if _, err := m.InjectFuel("host", "fuel", "__fuel"); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for _, b := range [][]byte{nil, []byte("\x7fELF"), magic[:5], append(bytes.Clone(magic), 1, 200), append(bytes.Clone(magic), 1, 0, 1, 0)} {
		if _, err := Parse(b); err == nil {
			t.Errorf("%q was accepted", b)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 63, 64, -64, -65, 1 << 31, -1 << 31, 1<<63 - 1, -1 << 63} {
		r := reader{b: appendS(nil, v)}
		if got := r.s64(); got != v || r.more() || r.err != nil {
			t.Errorf("%d becomes %d, %v", v, got, r.err)
		}
	}
	for _, v := range []uint64{0, 127, 128, 1<<32 - 1} {
		r := reader{b: appendU(nil, v)}
		if got := r.u32(); uint64(got) != v || r.more() || r.err != nil {
			t.Errorf("%d becomes %d, %v", v, got, r.err)
		}
	}
	for _, b := range [][]byte{{0x80}, {0xff, 0xff, 0xff, 0xff, 0x7f}, bytes.Repeat([]byte{0x80}, 12)} {
		r := reader{b: b}
		if r.u32(); r.err == nil {
			t.Errorf("%x was accepted", b)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add(sample())
	f.Add(sample()[:60])
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		_, _ = m.InjectFuel("host", "fuel", "__fuel")
		_, _ = m.MutableGlobals()
		_, _ = m.TakeData()
		if again, err := Parse(m.Encode()); err != nil || len(again.sections) != len(m.sections) {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
