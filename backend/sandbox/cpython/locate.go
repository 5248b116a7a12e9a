package cpython

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sandglass/backend/fault"
)

const moduleFile = "python.wasm"

// FindRuntime looks for the folder of the Python runtime: $SANDGLASS_RUNTIME, then "runtime" beside the executable (an
// installed app), then what `make runtime` built into the cache. The fault is RuntimeMissing.
func FindRuntime() (string, error) {
	if dir := os.Getenv("SANDGLASS_RUNTIME"); dir != "" {
		return dir, checkRuntime(dir)
	}
	if exe, err := os.Executable(); err == nil {
		if exe, err = filepath.EvalSymlinks(exe); err == nil {
			if dir := filepath.Join(filepath.Dir(exe), "runtime"); checkRuntime(dir) == nil {
				return dir, nil
			}
		}
	}
	cache, err := DefaultCacheDir()
	if err != nil {
		return "", missing(err.Error())
	}
	name, err := os.ReadFile(filepath.Join(cache, "runtime-current"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", missing("it was not built on this computer yet")
	}
	if err != nil {
		return "", missing(err.Error())
	}
	dir := filepath.Join(cache, filepath.Base(strings.TrimSpace(string(name))))
	return dir, checkRuntime(dir)
}

// DefaultCacheDir is the folder that both the recipe of the runtime (build/python) and this package cache in:
// $SANDGLASS_CACHE, $XDG_CACHE_HOME/sandglass, or ~/.cache/sandglass.
func DefaultCacheDir() (string, error) {
	if dir := os.Getenv("SANDGLASS_CACHE"); dir != "" {
		return dir, nil
	}
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "sandglass"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".cache", "sandglass"), nil
}

func checkRuntime(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, moduleFile)); err != nil {
		return missing("there is no " + moduleFile + " in " + dir)
	}
	return nil
}

func missing(why string) error {
	return fault.New(fault.RuntimeMissing, "The Python runtime is missing", why,
		"Run `make runtime` in Sandglass's source folder (about 10 minutes, once), or reinstall Sandglass.")
}
