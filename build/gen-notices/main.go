// Command gen-notices writes docs/third-party-modules.md: every Go module that is linked into the programs and every
// npm package that is bundled into the interface, with version and licence. With -check it only compares.
//
//	go run ./build/gen-notices [-check]
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const target = "docs/third-party-modules.md"

// part is one piece of other people's software.
type part struct{ name, version, licence string }

func main() {
	check := flag.Bool("check", false, "compare with the file, write nothing")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "gen-notices:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	var b strings.Builder
	b.WriteString("# Linked and bundled modules\n\nWritten by `go run ./build/gen-notices`; what is built from C sources is in [third-party.md](third-party.md).\n")
	modules, err := goModules()
	if err != nil {
		return err
	}
	packages, err := npmPackages()
	if err != nil {
		return err
	}
	table(&b, "Go modules in the programs (Linux)", modules)
	table(&b, "npm packages in the interface", packages)
	if !check {
		return os.WriteFile(target, []byte(b.String()), 0o644)
	}
	old, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	if string(old) != b.String() {
		return fmt.Errorf("%s is not up to date: run go run ./build/gen-notices", target)
	}
	return nil
}

func table(b *strings.Builder, title string, parts []part) {
	fmt.Fprintf(b, "\n## %s\n| module | version | licence |\n|---|---|---|\n", title)
	slices.SortFunc(parts, func(x, y part) int {
		return cmp.Or(strings.Compare(x.name, y.name), strings.Compare(x.version, y.version))
	})
	for _, p := range slices.Compact(parts) {
		fmt.Fprintf(b, "| %s | %s | %s |\n", p.name, p.version, p.licence)
	}
}

// goModules lists the modules of the packages that the two programs import, tests aside.
func goModules() ([]part, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=Module", "-tags", "desktop,production,sqlite_fts5,webkit2_41", ".", "./cmd/sandglass")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the Go modules: %w", err)
	}
	var parts []part
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return parts, nil
		} else if err != nil {
			return nil, err
		}
		if m := p.Module; m != nil && !m.Main {
			licence, err := licenceIn(m.Dir)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part{m.Path, m.Version, licence})
		}
	}
}

// npmPackages walks the dependencies (not those for development) in the lock file.
func npmPackages() ([]part, error) {
	data, err := os.ReadFile("frontend/package-lock.json")
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Version, License string
			Dev, Optional    bool
		}
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		return nil, fmt.Errorf("read the lock file: %w", err)
	}
	var parts []part
	for path, p := range lock.Packages {
		_, name, found := strings.Cut(path, "node_modules/")
		if i := strings.LastIndex(name, "node_modules/"); i >= 0 { // a package inside a package
			name = name[i+len("node_modules/"):]
		}
		if !found || p.Dev || p.Optional || strings.HasPrefix(name, "@types/") {
			continue
		}
		parts = append(parts, part{name, p.Version, p.License})
	}
	return parts, nil
}

// licenceIn names the licence of a module by the words of its licence file.
func licenceIn(dir string) (string, error) {
	for _, name := range []string{"LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "COPYING", "License", "license"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			return identify(string(data)), nil
		}
	}
	return "", fmt.Errorf("%s has no licence file", dir)
}

func identify(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, l := range []struct{ id, words string }{
		{"Apache-2.0", "Apache License"},
		{"MPL-2.0", "Mozilla Public License"},
		{"BSD-3-Clause", "Neither the name"},
		{"BSD-3-Clause", "contributors may be used to endorse or promote products"},
		{"BSD-2-Clause", "Redistribution and use in source and binary forms"},
		{"ISC", "Permission to use, copy, modify, and/or distribute"},
		{"ISC", "Permission to use, copy, modify, and distribute"},
		{"MIT", "Permission is hereby granted, free of charge"},
	} {
		if strings.Contains(text, l.words) {
			return l.id
		}
	}
	return "see its repository"
}
