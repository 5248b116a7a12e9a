// Package wasi implements the part of WASI preview 1 that CPython imports, over an in-memory file system and a host
// that decides about time, entropy and output. Unlike a runtime's own WASI, its table of open files takes part in
// transactions, so a step can be undone together with what it opened and closed.
//
// Layouts and numbers are those of preview 1 (source: WebAssembly/WASI, legacy/preview1/docs.md).
package wasi

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"sandglass/backend/sandbox/cpython/internal/memfs"
)

// ModuleName is the name that guests import the functions from.
const ModuleName = "wasi_snapshot_preview1"

// Errno is an error number; see memfs for those that concern files.
type Errno = memfs.Errno

// Further error numbers.
const (
	efault Errno = 21
	emfile Errno = 33
	enosys Errno = 52
	eperm  Errno = 63
	espipe Errno = 70
)

// Host is what a process needs from outside.
type Host interface {
	// Print gets what is written to descriptor 1 or 2. p is only valid during the call.
	Print(p []byte, stderr bool)
	// Sleep waits, but may come back early: the interpreter looks for signals then.
	Sleep(d time.Duration)
	// Yield is called when the guest gives way.
	Yield()
	// Exit ends the guest's call; it does not return.
	Exit(code uint32)
	// Random fills p with cryptographic randomness.
	Random(p []byte)
	// Clock gives the wall clock and a monotonic clock, in nanoseconds.
	Clock() (wall, mono int64)
}

// Process is the state of one guest besides its memory.
type Process struct {
	FS      *memfs.FS
	Environ []string // "NAME=value"
	Host    Host

	files files
}

// New makes a process whose descriptors 0 to 2 are the standard streams and 3 is the folder "/".
func New(fs *memfs.FS, environ []string, host Host) *Process {
	p := &Process{FS: fs, Environ: environ, Host: host}
	p.files.init(fs)
	return p
}

// Begin makes the present files and descriptors the state that Rollback returns to.
func (p *Process) Begin() {
	p.FS.Begin()
	p.files.begin()
}

// Rollback undoes all that happened to files and descriptors since Begin.
func (p *Process) Rollback() {
	p.FS.Rollback()
	p.files.rollback(p.FS)
}

type function struct {
	params string // i: i32, I: i64
	call   func(p *Process, m api.Memory, a []uint64) Errno
}

// Register defines the functions that `needed` names in the module ModuleName; of finds the process of a call. A
// function that preview 1 has but CPython has no use for here answers ENOSYS.
func Register(rt wazero.Runtime, of func(context.Context) *Process, needed []api.FunctionDefinition) wazero.HostModuleBuilder {
	b := rt.NewHostModuleBuilder(ModuleName)
	for _, def := range needed {
		module, name, ok := def.Import()
		if !ok || module != ModuleName {
			continue
		}
		f, known := functions[name]
		results := def.ResultTypes()
		if !known || f.params != signature(def.ParamTypes()) {
			f.call = func(*Process, api.Memory, []uint64) Errno { return enosys }
		}
		b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, st []uint64) {
			e := f.call(of(ctx), m.Memory(), st)
			if len(results) > 0 {
				st[0] = uint64(e)
			}
		}), def.ParamTypes(), results).Export(name)
	}
	return b
}

func signature(types []api.ValueType) string {
	var s []byte
	for _, t := range types {
		switch t {
		case api.ValueTypeI32:
			s = append(s, 'i')
		case api.ValueTypeI64:
			s = append(s, 'I')
		default:
			s = append(s, '?')
		}
	}
	return string(s)
}

var functions = map[string]function{
	"args_get":                {"ii", func(*Process, api.Memory, []uint64) Errno { return 0 }},
	"args_sizes_get":          {"ii", func(_ *Process, m api.Memory, a []uint64) Errno { return put2(m, a[0], a[1], 0, 0) }},
	"environ_get":             {"ii", environGet},
	"environ_sizes_get":       {"ii", environSizes},
	"clock_res_get":           {"ii", func(_ *Process, m api.Memory, a []uint64) Errno { return put64(m, a[1], 1000) }},
	"clock_time_get":          {"iIi", clockTime},
	"random_get":              {"ii", randomGet},
	"poll_oneoff":             {"iiii", pollOneoff},
	"proc_exit":               {"i", func(p *Process, _ api.Memory, a []uint64) Errno { p.Host.Exit(uint32(a[0])); return 0 }},
	"sched_yield":             {"", func(p *Process, _ api.Memory, _ []uint64) Errno { p.Host.Yield(); return 0 }},
	"fd_advise":               {"iIIi", func(p *Process, _ api.Memory, a []uint64) Errno { return p.files.check(a[0]) }},
	"fd_close":                {"i", fdClose},
	"fd_datasync":             {"i", func(p *Process, _ api.Memory, a []uint64) Errno { return p.files.check(a[0]) }},
	"fd_sync":                 {"i", func(p *Process, _ api.Memory, a []uint64) Errno { return p.files.check(a[0]) }},
	"fd_fdstat_get":           {"ii", fdStat},
	"fd_fdstat_set_flags":     {"ii", fdSetFlags},
	"fd_filestat_get":         {"ii", fdFileStat},
	"fd_filestat_set_size":    {"iI", fdSetSize},
	"fd_filestat_set_times":   {"iIIi", fdSetTimes},
	"fd_pread":                {"iiiIi", fdPread},
	"fd_prestat_get":          {"ii", fdPrestat},
	"fd_prestat_dir_name":     {"iii", fdPrestatName},
	"fd_pwrite":               {"iiiIi", fdPwrite},
	"fd_read":                 {"iiii", fdRead},
	"fd_readdir":              {"iiiIi", fdReaddir},
	"fd_renumber":             {"ii", fdRenumber},
	"fd_seek":                 {"iIii", fdSeek},
	"fd_tell":                 {"ii", fdTell},
	"fd_write":                {"iiii", fdWrite},
	"path_create_directory":   {"iii", pathMkdir},
	"path_filestat_get":       {"iiiii", pathFileStat},
	"path_filestat_set_times": {"iiiiIIi", pathSetTimes},
	"path_link":               {"iiiiiii", func(*Process, api.Memory, []uint64) Errno { return eperm }},
	"path_open":               {"iiiiiIIii", pathOpen},
	"path_readlink":           {"iiiiii", pathReadlink},
	"path_remove_directory":   {"iii", pathRmdir},
	"path_rename":             {"iiiiii", pathRename},
	"path_symlink":            {"iiiii", func(*Process, api.Memory, []uint64) Errno { return eperm }},
	"path_unlink_file":        {"iii", pathUnlink},
}

func put32(m api.Memory, at uint64, v uint32) Errno {
	if !m.WriteUint32Le(uint32(at), v) {
		return efault
	}
	return 0
}

func put64(m api.Memory, at uint64, v uint64) Errno {
	if !m.WriteUint64Le(uint32(at), v) {
		return efault
	}
	return 0
}

func put2(m api.Memory, at1, at2 uint64, v1, v2 uint32) Errno {
	if e := put32(m, at1, v1); e != 0 {
		return e
	}
	return put32(m, at2, v2)
}

func environSizes(p *Process, m api.Memory, a []uint64) Errno {
	n := 0
	for _, s := range p.Environ {
		n += len(s) + 1
	}
	return put2(m, a[0], a[1], uint32(len(p.Environ)), uint32(n))
}

func environGet(p *Process, m api.Memory, a []uint64) Errno {
	list, buf := uint32(a[0]), uint32(a[1])
	for i, s := range p.Environ {
		if !m.WriteUint32Le(list+uint32(4*i), buf) || !m.WriteString(buf, s) || !m.WriteByte(buf+uint32(len(s)), 0) {
			return efault
		}
		buf += uint32(len(s)) + 1
	}
	return 0
}

func clockTime(p *Process, m api.Memory, a []uint64) Errno {
	wall, mono := p.Host.Clock()
	if uint32(a[0]) == 0 {
		return put64(m, a[2], uint64(wall))
	}
	return put64(m, a[2], uint64(mono))
}

func randomGet(p *Process, m api.Memory, a []uint64) Errno {
	b, ok := m.Read(uint32(a[0]), uint32(a[1]))
	if !ok {
		return efault
	}
	p.Host.Random(b)
	return 0
}

const (
	subscriptionSize = 48
	eventSize        = 32
	maxSubscriptions = 1024
)

// pollOneoff sleeps until the earliest clock; a file is always ready. Clocks may be absolute: CPython's time.sleep uses
// such ones where clock_nanosleep exists.
func pollOneoff(p *Process, m api.Memory, a []uint64) Errno {
	in, out, n, result := uint32(a[0]), uint32(a[1]), uint32(a[2]), a[3]
	if n == 0 || n > maxSubscriptions {
		return memfs.EINVAL
	}
	subs, ok := m.Read(in, n*subscriptionSize)
	if !ok {
		return efault
	}
	wait, ready := int64(-1), false
	for s := subs; len(s) > 0; s = s[subscriptionSize:] {
		if s[8] != 0 {
			ready = true
			continue
		}
		t := int64(binary.LittleEndian.Uint64(s[24:]))
		if t < 0 {
			t = 1<<63 - 1
		}
		if binary.LittleEndian.Uint16(s[40:])&1 != 0 {
			wall, mono := p.Host.Clock()
			if binary.LittleEndian.Uint32(s[16:]) != 0 {
				wall = mono
			}
			t -= wall
		}
		if wait < 0 || t < wait {
			wait = max(t, 0)
		}
	}
	if !ready {
		// Never EINTR: wasi-libc's nanosleep would make "not supported" of it.
		p.Host.Sleep(time.Duration(wait))
	}
	count := uint32(0)
	for i := uint32(0); i < n; i++ {
		s := subs[i*subscriptionSize:]
		if ready == (s[8] == 0) {
			continue
		}
		var ev [eventSize]byte
		copy(ev[:8], s[:8])
		ev[10] = s[8]
		if !m.Write(out+count*eventSize, ev[:]) {
			return efault
		}
		count++
	}
	return put32(m, result, count)
}
