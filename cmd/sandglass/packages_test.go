package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// wheel packs a pure Python wheel.
func wheel(t *testing.T, name, requires string, files map[string]string) []byte {
	t.Helper()
	info := name + "-1.0.dist-info/"
	files[info+"WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
	files[info+"METADATA"] = "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\nRequires-Dist: " + requires + "\n"
	record := info + "RECORD,,\n"
	for name, text := range files {
		sum := sha256.Sum256([]byte(text))
		record += fmt.Sprintf("%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(text))
	}
	files[info+"RECORD"] = record
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range files {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestPackages(t *testing.T) {
	home(t)
	path := file(t, "greet-1.0-py3-none-any.whl", wheel(t, "greet", "lxml", map[string]string{
		// It may import what steps may not; its data comes out of the archive.
		"greet/__init__.py": "import os, pkgutil\ndef hello(): return pkgutil.get_data('greet', 'who.txt').decode() + os.sep\n", "greet/who.txt": "you",
	}))
	run := func(want int, stdin string, args ...string) (string, string) {
		t.Helper()
		code, out, errs := sandglass(t, stdin, args...)
		if code != want {
			t.Fatalf("%q: exit %d\n%s%s", args, code, out, errs)
		}
		return out, errs
	}
	const code = "import greet\nprint(greet.hello(), greet.__file__)"
	if _, errs := run(1, code, "exec"); !strings.Contains(errs, "greet") {
		t.Error(errs)
	}
	out, errs := run(0, "", "packages", "add", path)
	if out != "greet 1.0\n" || !strings.Contains(errs, "Code may import: greet") || !strings.Contains(errs, "may need them: lxml") {
		t.Errorf("%s%s", out, errs)
	}
	if out, _ := run(0, code, "exec"); out != "you/ /lib/greet.whl/greet/__init__.py\n" {
		t.Error(out)
	}
	if out, _ := run(0, "", "packages", "list"); !strings.Contains(out, "added; not there: lxml") || !strings.Contains(out, "plotly") {
		t.Error(out)
	}
	// Only those who name it.
	run(0, "", "packages", "add", "--by-name", path)
	if _, errs := run(1, code, "exec"); !strings.Contains(errs, "not authorized") {
		t.Error(errs)
	}
	if out, _ := run(0, code, "exec", "--import", "greet"); !strings.HasPrefix(out, "you/") {
		t.Error(out)
	}
	run(0, "", "packages", "remove", "Greet")
	if _, errs := run(1, code, "exec", "--import", "greet"); !strings.Contains(errs, "No module named 'greet'") {
		t.Error(errs)
	}
	run(1, "", "packages", "remove", "greet")
	bad := file(t, "bad.whl", wheel(t, "bad", "x", map[string]string{"bad/fast.so": "x"}))
	if _, errs := run(2, "", "packages", "add", bad); !strings.Contains(errs, "compiled code") || !strings.Contains(errs, "py3-none-any") {
		t.Error(errs)
	}
	run(2, "", "packages", "add")
}

// TestTablesWithoutReader: a model is told at once that there is no library for a file.
func TestTablesWithoutReader(t *testing.T) {
	home(t)
	for name, told := range map[string]bool{"a.parquet": true, "a.feather": true, "a.bin": false} {
		replies := file(t, "replies.json", []byte(`["Thought: done\n<code>\nfinal_answer(1)\n</code>"]`))
		code, out, errs := sandglass(t, "", "run", "--events", "--replies", replies, "--file", file(t, name, []byte("PAR1\x00\xff\x00")), "Look")
		if code != 0 || strings.Contains(out, "cannot be read by the Python here: ask for it as CSV or Excel") != told {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errs)
		}
	}
}
