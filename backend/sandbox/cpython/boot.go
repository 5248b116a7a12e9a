package cpython

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython/internal/linmem"
	"sandglass/backend/sandbox/cpython/internal/memfs"
	"sandglass/backend/sandbox/cpython/internal/wasi"
	"sandglass/backend/sandbox/cpython/internal/wasm"
)

const (
	bootMemory  = 512 << 20
	bootTimeout = 2 * time.Minute
)

// boot starts an interpreter from nothing and gives its memory.
func boot(p *prepared, data []wasm.Segment) (img image, mem []byte, err error) {
	var initial []byte
	lowest := math.MaxUint32
	for _, s := range data {
		lowest = min(lowest, int(s.Offset))
		if end := int(s.Offset) + len(s.Data); end > len(initial) {
			initial = append(initial, make([]byte, end-len(initial))...)
		}
		copy(initial[s.Offset:], s.Data)
	}
	size := (len(initial) + 1<<16 - 1) &^ (1<<16 - 1)
	first, err := linmem.NewImage(initial, size)
	if err != nil {
		return img, nil, err
	}
	defer first.Close()
	store := linmem.NewStore(first, bootMemory)
	defer store.Close()

	g := newGuest(p, store)
	g.proc = newProcess(p, g, sandbox.Limits{}.WithDefaults())
	if err := g.start(); err != nil {
		return img, nil, err
	}
	defer g.stop()
	r := newRun(context.Background(), sandbox.Limits{Step: bootTimeout}.WithDefaults(), nil)
	fail := func(what string, rc int32, err error) error {
		return fmt.Errorf("%s: status %d, %v; it said: %s%s", what, rc, err, r.stdout.text(), r.stderr.text())
	}
	g.run = r // _initialize may call host functions
	if _, err := g.mod.ExportedFunction("_initialize").Call(g.ctx); err != nil {
		return img, nil, fail("_initialize", 0, err)
	}
	var paths []string
	for _, lib := range p.libs {
		paths = append(paths, libDir+"/"+lib.Name)
	}
	// The standard library comes first: nothing may stand in for it.
	paths = append([]string{libDir + "/stdlib.zip"}, without(paths, libDir+"/stdlib.zip")...)
	if rc, err := g.invoke(r, g.mod.ExportedFunction("sb_init"), []byte(strings.Join(paths, "\n"))); err != nil || rc != 0 {
		return img, nil, fail("start the interpreter", rc, err)
	}
	res, err := g.mod.ExportedFunction("sb_info").Call(g.ctx)
	if err != nil {
		return img, nil, fail("sb_info", 0, err)
	}
	if g.words, err = readWords(g, uint32(res[0])); err != nil {
		return img, nil, err
	}
	for _, name := range driverOrder {
		source, err := driverFiles.ReadFile("driver/" + name)
		if err != nil {
			return img, nil, err
		}
		request := append([]byte("<sandglass>/"+name+"\x00"), source...)
		if rc, err := g.invoke(r, g.mod.ExportedFunction("sb_boot"), request); err != nil || rc != 0 {
			return img, nil, fail("run "+name, rc, err)
		}
	}
	m, ok := g.mod.Memory().Read(0, g.mod.Memory().Size())
	if !ok {
		return img, nil, errors.New("read the memory")
	}
	stack := int(g.stack.Get())
	if stack > lowest {
		return img, nil, errors.New("the stack does not lie below the data: the runtime was linked without --stack-first")
	}
	m = bytes.Clone(m)
	clear(m[:stack&^(linmem.PageSize-1)]) // left over from calls that have returned
	img = image{Python: strings.TrimSpace(r.stdout.text()), Size: len(m), Stack: uint32(stack), Words: g.words}
	img.ID = imageID(p, img, m)
	return img, m, nil
}

// imageID names what a booted interpreter is. Boots are alike to the byte: clock and randomness are set.
func imageID(p *prepared, img image, mem []byte) string {
	h := sha256.New()
	fmt.Fprintln(h, img.Size, img.Stack)
	for _, lib := range p.libs {
		fmt.Fprintf(h, "%s %x\n", lib.Name, sha256.Sum256(lib.Data))
	}
	for _, r := range linmem.NonZero(mem) {
		fmt.Fprintln(h, r.From, r.To)
		h.Write(mem[r.From:r.To])
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

func without(list []string, drop string) []string {
	var out []string
	for _, s := range list {
		if s != drop {
			out = append(out, s)
		}
	}
	return out
}

func readWords(g *guest, at uint32) (w words, err error) {
	for i, to := range []*uint32{&w.EvalBreaker, &w.SignalBit, &w.IsTripped, &w.Sigint, &w.Out} {
		v, ok := g.mod.Memory().ReadUint32Le(at + uint32(4*i))
		if !ok || v == 0 {
			return w, errors.New("the runtime does not tell its interrupt words: it is of another version")
		}
		*to = v
	}
	return w, nil
}

const libDir = "/lib"

// environment is all that os.environ shows.
var environment = []string{"HOME=" + sandbox.ScratchDir, "TMPDIR=/tmp"}

// newProcess makes the files and descriptors of an interpreter: those of the image and of each session are alike.
func newProcess(p *prepared, g *guest, lim sandbox.Limits) *wasi.Process {
	fs := memfs.New(lim.ScratchBytes, lim.ScratchFiles, g.now, strings.TrimPrefix(sandbox.ScratchDir, "/"), "tmp")
	fs.AddDir(strings.TrimPrefix(sandbox.InputDir, "/"))
	for _, lib := range p.libs {
		fs.AddFile(libDir+"/"+lib.Name, bytes.NewReader(lib.Data), int64(len(lib.Data)))
	}
	return wasi.New(fs, environment, g)
}
