package memfs

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func newFS(bytes int64, files int) *FS {
	f := New(bytes, files, func() time.Time { return time.Unix(1_700_000_000, 0) }, "scratch", "tmp")
	f.AddFile("/input/a.txt", strings.NewReader("input"), 5)
	return f
}

// dump writes the tree below /scratch and /tmp as text: names, contents, and what is used of the quotas.
func dump(f *FS) string {
	var b strings.Builder
	for _, top := range []string{"/scratch", "/tmp"} {
		err := fs.WalkDir(f.Sub(top), ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s/%s", top, p)
			if !d.IsDir() {
				data, err := fs.ReadFile(f.Sub(top), p)
				if err != nil {
					return err
				}
				fmt.Fprintf(&b, "=%x", data)
			}
			b.WriteByte(' ')
			return nil
		})
		if err != nil {
			panic(err)
		}
	}
	fmt.Fprintf(&b, "%+v", f.counts)
	return b.String()
}

// change does something at random; it may fail.
func change(f *FS, r *rand.Rand, handles *[]*Node) {
	paths := []string{"/scratch/a", "/scratch/b", "/scratch/d", "/scratch/d/a", "/scratch/d/e", "/tmp/x", "/input/a.txt", "/scratch", "/nowhere/x"}
	path := func() string { return paths[r.IntN(len(paths))] }
	data := func() []byte { return []byte(strings.Repeat(string(rune('a'+r.IntN(26))), r.IntN(30))) }
	root := f.Root()
	switch r.IntN(9) {
	case 0:
		f.Mkdir(root, path())
	case 1:
		f.Unlink(root, path())
	case 2:
		f.Rmdir(root, path())
	case 3:
		f.Rename(root, path(), root, path())
	case 4, 5:
		n, e := f.Open(root, path(), OpenFlags{Write: true, Create: true, Truncate: r.IntN(3) == 0})
		if e == 0 {
			f.Retain(n, +1)
			*handles = append(*handles, n)
		}
	case 6:
		if len(*handles) > 0 {
			i := r.IntN(len(*handles))
			f.Retain((*handles)[i], -1)
			*handles = append((*handles)[:i], (*handles)[i+1:]...)
		}
	case 7:
		if len(*handles) > 0 {
			f.WriteAt((*handles)[r.IntN(len(*handles))], data(), int64(r.IntN(40)))
		}
	case 8:
		if len(*handles) > 0 {
			f.Truncate((*handles)[r.IntN(len(*handles))], int64(r.IntN(40)))
		}
	}
}

// TestRollbackIsExact: whatever was done since Begin, Rollback leaves not a byte of it.
func TestRollbackIsExact(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		f := newFS(400, 12)
		var handles []*Node
		for round := range 20 {
			for range r.IntN(15) {
				change(f, r, &handles)
			}
			f.Begin()
			before := dump(f)
			kept := append([]*Node(nil), handles...)
			for range r.IntN(15) {
				change(f, r, &handles)
			}
			if r.IntN(2) == 0 {
				continue // as a good step
			}
			for _, n := range handles {
				f.Recount(n, -1)
			}
			f.Rollback()
			for _, n := range kept {
				f.Recount(n, +1)
			}
			handles = kept
			if after := dump(f); after != before {
				t.Fatalf("seed %d, round %d:\nbefore %s\nafter  %s", seed, round, before, after)
			}
			f.Begin()
		}
		for _, n := range handles {
			f.Retain(n, -1)
		}
		var sum int64
		for _, top := range []string{"/scratch", "/tmp"} {
			if err := fs.WalkDir(f.Sub(top), ".", func(_ string, d fs.DirEntry, err error) error {
				if in, err := d.Info(); err == nil && !d.IsDir() {
					sum += in.Size()
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if f.used != sum {
			t.Fatalf("seed %d: %d bytes counted, %d there", seed, f.used, sum)
		}
	}
}

func TestViewKeepsWhatItOpened(t *testing.T) {
	f := newFS(1000, 10)
	n, _ := f.Open(f.Root(), "/scratch/a", OpenFlags{Write: true, Create: true})
	f.WriteAt(n, []byte("old"), 0)
	file, err := f.Sub("/scratch").Open("a")
	if err != nil {
		t.Fatal(err)
	}
	f.WriteAt(n, []byte("new and longer"), 0)
	b := make([]byte, 20)
	if k, _ := file.Read(b); string(b[:k]) != "old" {
		t.Errorf("read %q", b[:k])
	}
	if err := fstest.TestFS(f.Sub("/scratch"), "a"); err != nil {
		t.Error(err)
	}
	if _, err := f.Sub("/scratch").Open("../input/a.txt"); err == nil {
		t.Error("the view leads out of its folder")
	}
}

func TestQuotaCountsNamelessFiles(t *testing.T) {
	f := newFS(100, 10)
	n, _ := f.Open(f.Root(), "/scratch/a", OpenFlags{Write: true, Create: true})
	f.Retain(n, +1)
	f.Unlink(f.Root(), "/scratch/a")
	if _, e := f.WriteAt(n, make([]byte, 100), 0); e != 0 {
		t.Fatal(e)
	}
	m, _ := f.Open(f.Root(), "/scratch/b", OpenFlags{Write: true, Create: true})
	if _, e := f.WriteAt(m, []byte("x"), 0); e != ENOSPC {
		t.Errorf("a byte too many: %d", e)
	}
	f.Retain(n, -1)
	if _, e := f.WriteAt(m, make([]byte, 100), 0); e != 0 {
		t.Errorf("after the last handle: %d", e)
	}
}
