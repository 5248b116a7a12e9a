package wasi

import (
	"sort"
	"testing"
	"time"

	"github.com/tetratelabs/wazero/experimental/wazerotest"

	"sandglass/backend/sandbox/cpython/internal/memfs"
)

type fakeHost struct{ slept time.Duration }

func (*fakeHost) Print([]byte, bool)      {}
func (h *fakeHost) Sleep(d time.Duration) { h.slept = d }
func (*fakeHost) Yield()                  {}
func (*fakeHost) Exit(uint32)             {}
func (*fakeHost) Random(p []byte)         { clear(p) }
func (*fakeHost) Clock() (int64, int64)   { return 5_000_000_000, 1_000_000_000 }

func newProcess(h Host) *Process {
	fs := memfs.New(1<<16, 100, func() time.Time { return time.Unix(1, 0) }, "scratch")
	return New(fs, []string{"HOME=/scratch"}, h)
}

// FuzzCalls calls every function with any arguments: a guest may do that, and must only ever get an error number.
func FuzzCalls(f *testing.F) {
	var names []string
	for name := range functions {
		names = append(names, name)
	}
	sort.Strings(names)
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8}, []byte("/scratch/file"))
	for i := range names {
		f.Add([]byte{byte(i), 3, 0, 0, 10, 1, 255, 255, 0, 64}, []byte("scratch/x\x00\x00\x00\x00\x00\x00\x00"))
	}
	f.Fuzz(func(t *testing.T, calls, memory []byte) {
		if len(calls) > 2000 || len(memory) > 4096 {
			return
		}
		p := newProcess(&fakeHost{})
		m := wazerotest.NewFixedMemory(wazerotest.PageSize)
		m.Write(0, memory)
		p.Begin()
		for len(calls) > 0 {
			fn := functions[names[int(calls[0])%len(names)]]
			calls = calls[1:]
			args := make([]uint64, 9)
			for i := range fn.params {
				if i < len(calls) {
					args[i] = uint64(int64(int8(calls[i])))
					if fn.params[i] == 'i' {
						args[i] = uint64(uint32(args[i]))
					}
				}
			}
			fn.call(p, m, args)
			calls = calls[min(len(fn.params), len(calls)):]
		}
		p.Rollback()
		if len(p.files.open) != 4 {
			t.Errorf("%d descriptors after a rollback", len(p.files.open))
		}
	})
}

func TestAbsoluteClocks(t *testing.T) {
	for _, c := range []struct {
		clock, flags byte
		timeout      uint64
		want         time.Duration
	}{{0, 0, 7, 7}, {1, 0, 7, 7}, {0, 1, 5_000_000_009, 9}, {1, 1, 1_000_000_008, 8}, {1, 1, 3, 0}} {
		h := &fakeHost{slept: -1}
		p := newProcess(h)
		m := wazerotest.NewFixedMemory(wazerotest.PageSize)
		m.WriteUint64Le(0, 77)
		m.WriteByte(16, c.clock)
		m.WriteUint64Le(24, c.timeout)
		m.WriteByte(40, c.flags)
		if e := pollOneoff(p, m, []uint64{0, 100, 1, 200}); e != 0 {
			t.Fatal(e)
		}
		user, _ := m.ReadUint64Le(100)
		n, _ := m.ReadUint32Le(200)
		if h.slept != c.want || user != 77 || n != 1 {
			t.Errorf("%+v: slept %v, event of %d, %d events", c, h.slept, user, n)
		}
	}
}
