package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
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

// TestTables: Parquet and Feather files that are given with a task or to exec are there for pandas, and for verifying.
func TestTables(t *testing.T) {
	home(t)
	parquet, feather := "../../backend/tables/testdata/mixed.zstd.parquet", "../../backend/tables/testdata/mixed.arrow"
	half := file(t, "half.parquet", []byte("PAR1 and no end"))
	code := `import pandas as pd
df = pd.read_parquet(mixed_zstd, columns=["id", "price"])
same = df.equals(pd.read_feather(mixed)[["id", "price"]])
try:
    pd.read_parquet(half)
except ValueError as e:
    print(e, open(half, "rb").read()[:4])
final_answer([same, str(df.price.sum()), df.index.name])`
	reply, err := json.Marshal([]string{"Thought: read\n<code>\n" + code + "\n</code>"})
	if err != nil {
		t.Fatal(err)
	}
	exit, out, errs := sandglass(t, "", "run", "--events", "--replies", file(t, "replies.json", reply), "--file", parquet, "--file", feather, "--file", half, "Read")
	for _, want := range []string{
		`[true,"10000012.28","the key"]`, "read it with pd.read_parquet, 19 columns: id int64, n int32", "read it with pd.read_feather, 19 columns",
		"its end is missing: pandas cannot read it", "its end is missing. Write it again, or give the table as CSV. The bytes of the file can be read all the same. b'PAR1'",
	} {
		if exit != 0 || !strings.Contains(out, want) {
			t.Errorf("exit %d, no %q\n%s%s", exit, want, out, errs)
		}
	}
	run := regexp.MustCompile(`"run":"([^"]+)"`).FindStringSubmatch(out)
	if exit, out, errs := sandglass(t, "", "replay", run[1], "--verify"); exit != 0 {
		t.Errorf("verify: exit %d\n%s%s", exit, out, errs)
	}
	if exit, out, errs := sandglass(t, "import pandas as pd; len(pd.read_feather(mixed))", "exec", "--file", feather); exit != 0 || strings.TrimSpace(out) != "5" {
		t.Errorf("exec: exit %d\n%s%s", exit, out, errs)
	}
}
