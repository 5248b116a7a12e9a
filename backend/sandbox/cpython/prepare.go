package cpython

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"sandglass/backend/sandbox/cpython/internal/linmem"
	"sandglass/backend/sandbox/cpython/internal/wasm"
)

//go:embed driver/*.py
var driverFiles embed.FS

// driverOrder is the order in which the driver's files run; later ones use the earlier ones' names.
var driverOrder = []string{
	"values.py", "standins.py", "tls.py", "network.py", "imports.py", "variables.py", "pages.py", "display.py", "holds.py", "team.py", "attached.py", "parquet.py", "driver.py",
}

// layout changes when this package writes or expects something else in its cache.
const layout = "4"

const (
	// The recipe in build/python keeps python-*, runtime-* and others in the same folder.
	cachePrefix = "sandbox-" // an image; another one for each change of the driver or the libraries
	codePrefix  = "machine-" // machine code; only the module itself determines it
	cacheKept   = 2          // of each: the present one and one before, for going back and forth between versions
	fuelGlobal  = "__fuel"
	stackGlobal = "__stack_pointer"
)

// prepared is all that sessions share.
type prepared struct {
	key    string
	code   string // folder in the cache for machine code
	rt     wazero.Runtime
	module wazero.CompiledModule
	libs   []library
	image  image
	memory *linmem.Image
	spares *spares

	plain    bool     // Config.Uninterruptible
	packages []string // besides the standard library

	id    string // in shared, "" if it is not there
	users int    // engines
}

// library is a zip file of Python modules, seen by the interpreter at /lib/Name.
type library struct {
	Name string
	Data []byte
}

// prepare does the work of an engine; keyed is told the key as soon as it is known.
func prepare(cfg Config, progress, keyed func(string)) (*prepared, error) {
	dir := cfg.RuntimeDir
	var err error
	if dir == "" {
		if dir, err = FindRuntime(); err != nil {
			return nil, err
		}
	} else if err := checkRuntime(dir); err != nil {
		return nil, err
	}
	cache := cfg.CacheDir
	if cache == "" {
		if cache, err = DefaultCacheDir(); err != nil {
			return nil, err
		}
	}
	id := identity(dir, cache, cfg.Uninterruptible)
	if p := takeShared(id); p != nil {
		keyed(p.key)
		progress("Python is ready")
		return p, nil
	}
	source, libs, key, err := readRuntime(dir)
	if err != nil {
		return nil, fmt.Errorf("read the Python runtime: %w", err)
	}
	keyOfCode := codeKey(source)
	if cfg.Uninterruptible {
		key, keyOfCode = codeKey([]byte(key)), codeKey([]byte(keyOfCode))
	}
	keyed(key)
	entry, code := filepath.Join(cache, cachePrefix+key), filepath.Join(cache, codePrefix+keyOfCode)
	p := &prepared{key: key, code: code, libs: libs, packages: packagesOf(dir), plain: cfg.Uninterruptible}
	if err := p.load(entry, progress); err != nil {
		if !errors.Is(err, errNoImage) {
			progress("The cached image is damaged; making it again")
		}
		if err := p.build(entry, source, progress); err != nil {
			return nil, err
		}
		debug.FreeOSMemory() // the compiler used some 300 MiB, and will not again
	}
	cleanCache(cache, cachePrefix, entry)
	cleanCache(cache, codePrefix, code)
	p.share(id)
	progress("Python is ready")
	return p, nil
}

// readRuntime reads the runtime and hashes all that determines what an image looks like.
func readRuntime(dir string) (module []byte, libs []library, key string, err error) {
	module, err = os.ReadFile(filepath.Join(dir, moduleFile))
	if err != nil {
		return nil, nil, "", err
	}
	h := sha256.New()
	part := func(name string, b []byte) {
		fmt.Fprintf(h, "%s %d\n", name, len(b))
		h.Write(b)
	}
	part(moduleFile, module)
	zips, err := filepath.Glob(filepath.Join(dir, "*.zip"))
	if err != nil {
		return nil, nil, "", err
	}
	sort.Strings(zips)
	for _, z := range zips {
		b, err := os.ReadFile(z)
		if err != nil {
			return nil, nil, "", err
		}
		libs = append(libs, library{filepath.Base(z), b})
		part(filepath.Base(z), b)
	}
	for _, name := range driverOrder {
		b, err := driverFiles.ReadFile("driver/" + name)
		if err != nil {
			return nil, nil, "", err
		}
		part(name, b)
	}
	part("layout", []byte(platform))
	return module, libs, hex.EncodeToString(h.Sum(nil))[:16], nil
}

const platform = layout + " " + runtime.GOOS + " " + runtime.GOARCH

func codeKey(module []byte) string {
	h := sha256.New()
	h.Write([]byte(platform + "\n"))
	h.Write(module)
	return hex.EncodeToString(h.Sum(nil))[:16]
}

const (
	moduleName = "module.wasm" // rewritten, without data segments
	imageName  = "image"
)

// load takes module and image from the cache.
func (p *prepared) load(entry string, progress func(string)) error {
	img, mem, err := readImage(filepath.Join(entry, imageName))
	if err != nil {
		return err
	}
	module, err := os.ReadFile(filepath.Join(p.code, moduleName))
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(module); img.Module != hex.EncodeToString(sum[:]) || img.Key != p.key {
		return errors.New("module and image do not belong together")
	}
	progress("Loading Python")
	if err := p.compile(module); err != nil {
		return err
	}
	return p.adopt(img, mem)
}

func (p *prepared) adopt(img image, mem []byte) (err error) {
	p.image = img
	if p.memory, err = linmem.NewImage(mem, img.Size); err == nil {
		p.spares = newSpares(p)
	}
	return err
}

// build rewrites and compiles the module, boots an interpreter and keeps its memory.
func (p *prepared) build(entry string, source []byte, progress func(string)) error {
	progress("Compiling Python for this computer (once, a few seconds)")
	m, err := wasm.Parse(source)
	if err != nil {
		return fmt.Errorf("read %s: %w", moduleFile, err)
	}
	data, err := p.rewrite(m)
	if err != nil {
		return fmt.Errorf("rewrite %s: %w", moduleFile, err)
	}
	module := m.Encode()
	if err := p.compile(module); err != nil {
		return err
	}
	progress("Starting Python for the first time")
	img, mem, err := boot(p, data)
	if err != nil {
		p.rt.Close(context.Background())
		return fmt.Errorf("boot: %w", err)
	}
	sum := sha256.Sum256(module)
	img.Key, img.Module = p.key, hex.EncodeToString(sum[:])
	err = writeFile(filepath.Join(p.code, moduleName), module)
	if err == nil {
		err = os.MkdirAll(entry, 0o700)
	}
	if err == nil {
		err = writeImage(filepath.Join(entry, imageName), img, mem)
	}
	if err != nil {
		progress("Python works, but its start could not be cached: " + err.Error())
	}
	return p.adopt(img, mem)
}

func (p *prepared) rewrite(m *wasm.Module) ([]wasm.Segment, error) {
	var err error
	if p.plain {
		_, err = m.AddCounter(fuelGlobal)
	} else {
		_, err = m.InjectFuel("host", "fuel", fuelGlobal)
	}
	if err != nil {
		return nil, err
	}
	globals, err := m.MutableGlobals()
	if err != nil {
		return nil, err
	}
	if got := strings.Join(globals, " "); got != stackGlobal+" "+fuelGlobal {
		return nil, fmt.Errorf("mutable globals are %q: the state would be more than memory and stack pointer", got)
	}
	return m.TakeData()
}

// compile fills in rt and module. A cache that cannot be written to costs time at every start, but is no failure.
func (p *prepared) compile(module []byte) error {
	ctx := experimental.WithCompilationWorkers(context.Background(), min(runtime.GOMAXPROCS(0), 4))
	cfg := wazero.NewRuntimeConfigCompiler().WithDebugInfoEnabled(false).WithCoreFeatures(api.CoreFeaturesV2)
	err := os.MkdirAll(p.code, 0o700)
	if err == nil {
		var cache wazero.CompilationCache
		if cache, err = wazero.NewCompilationCacheWithDir(filepath.Join(p.code, "code")); err == nil {
			if err = p.compileWith(ctx, cfg.WithCompilationCache(cache), module); err == nil {
				return nil
			}
		}
	}
	if err2 := p.compileWith(ctx, cfg, module); err2 != nil {
		return fmt.Errorf("compile Python: %w", errors.Join(err2, err))
	}
	return nil
}

func (p *prepared) compileWith(ctx context.Context, cfg wazero.RuntimeConfig, module []byte) (err error) {
	p.rt = wazero.NewRuntimeWithConfig(ctx, cfg)
	if p.module, err = p.rt.CompileModule(ctx, module); err == nil {
		err = registerHost(ctx, p.rt, p.module)
	}
	if err != nil {
		p.rt.Close(ctx)
	}
	return err
}

// writeFile replaces a file at once, so that another process never reads half of it.
func writeFile(path string, parts ...[]byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = io.Copy(f, io.MultiReader(readers(parts)...))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the cache: %w", err)
	}
	return nil
}

func readers(parts [][]byte) []io.Reader {
	var out []io.Reader
	for _, p := range parts {
		out = append(out, bytes.NewReader(p))
	}
	return out
}

// cleanCache marks an entry as used now, and removes all but those used last. Machine code takes tens of megabytes, and
// every change of the runtime or of wazero makes a new one.
func cleanCache(cache, prefix, present string) {
	now := time.Now()
	_ = os.Chtimes(present, now, now) // only orders the entries by use
	entries, _ := filepath.Glob(filepath.Join(cache, prefix+"????????????????"))
	type used struct {
		path string
		at   time.Time
	}
	var old []used
	for _, path := range entries {
		if st, err := os.Stat(path); err == nil && path != present {
			old = append(old, used{path, st.ModTime()})
		}
	}
	sort.Slice(old, func(i, j int) bool { return old[i].at.After(old[j].at) })
	for i, u := range old {
		if i >= cacheKept-1 {
			_ = os.RemoveAll(u.path) // another process may still use it; it then compiles anew next time
		}
	}
}
