package cpython_test

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/sandbox"
)

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

func text(s string) func() (io.ReadSeekCloser, error) {
	return func() (io.ReadSeekCloser, error) { return nopCloser{strings.NewReader(s)}, nil }
}

func gone() (io.ReadSeekCloser, error) { return nil, fs.ErrNotExist }

func TestInputFiles(t *testing.T) {
	csv := "a,b\n1,2\n3,4\n"
	s := open(t, sandbox.Config{Imports: []string{"*"}, Files: []sandbox.File{
		{Name: "data.csv", Var: "path", Size: int64(len(csv)), Open: text(csv)},
		{Name: "dir/größe.txt", Open: text(strings.Repeat("0123456789", 100_000))},
	}}, nil)
	for _, c := range []struct{ code, want string }{
		{"path", "'/input/data.csv'"},
		{"open(path).read()", `'a,b\n1,2\n3,4\n'`},
		{"import csv\nwith open(path, newline='') as f: rows = list(csv.DictReader(f))\nrows", "[{'a': '1', 'b': '2'}, {'a': '3', 'b': '4'}]"},
		{"f = open(path, 'rb'); f.seek(4); f.read(3), f.tell(), f.seek(-2, 2), f.read()", `(b'1,2', 7, 10, b'4\n')`},
		{"import os; sorted(os.listdir('/input')), os.path.getsize(path), os.listdir('/input/dir')", "(['data.csv', 'dir'], 12, ['größe.txt'])"},
		{"d = open('/input/dir/größe.txt').read(); len(d), d[-5:]", "(1000000, '56789')"},
		{"open(path, 'a')", "OSError: [Errno 69] Read-only file system: '/input/data.csv' (only /scratch and /tmp can be written to) (line 1)"},
		{"open('/input/new', 'w')", "OSError: [Errno 69] Read-only file system: '/input/new' (only /scratch and /tmp can be written to) (line 1)"},
		{"os.remove(path)", "OSError: [Errno 69]"}, {"os.rename(path, '/scratch/x')", "OSError: [Errno 69]"},
		{"os.mkdir('/input/x')", "OSError: [Errno 69]"}, {"os.utime(path, (0, 0))", "OSError: [Errno 69]"},
		{"open('/lib/stdlib.zip', 'ab')", "OSError: [Errno 69]"}, {"os.symlink(path, 'l')", "PermissionError: [Errno 63]"},
		{"os.link(path, 'l')", "PermissionError: [Errno 63]"}, {"os.readlink(path)", "OSError: [Errno 28]"},
		{"open('/input/../input/./data.csv').read(3)", "'a,b'"}, {"open('../input/data.csv').read(3)", "'a,b'"},
	} {
		if got := show(run(t, s, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}

func TestBrokenInputFile(t *testing.T) {
	s := open(t, sandbox.Config{Files: []sandbox.File{{Name: "x", Open: func() (io.ReadSeekCloser, error) {
		return nopCloser{brokenReader{strings.NewReader("abc")}}, nil
	}}}}, nil)
	if got := show(run(t, s, "open('/input/x').read()")); !strings.HasPrefix(got, "OSError: [Errno 29]") {
		t.Errorf("got %s", got)
	}
}

type brokenReader struct{ io.Seeker }

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the disk broke") }

func TestScratch(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	for _, c := range []struct {
		code, want string
		written    []string
	}{
		{"import os; os.getcwd()", "'/scratch'", nil},
		{"open('a.txt', 'w').write('hällo')", "5", []string{"a.txt"}},
		{"open('a.txt').read()", "'hällo'", nil},
		{"with open('a.txt', 'a') as f: f.write('!')\nopen('a.txt').read()", "'hällo!'", []string{"a.txt"}},
		{"with open('a.txt', 'r+') as f: f.seek(1); f.write('A')\nopen('a.txt', 'rb').read()", `b'hA\xa4llo!'`, []string{"a.txt"}},
		{"os.makedirs('d/e'); open('/scratch/d/e/x', 'wb').write(bytes(3)); sorted((r, f) for r, _, f in os.walk('.'))", "[('.', ['a.txt']), ('./d', []), ('./d/e', ['x'])]", []string{"d/e/x"}},
		{"import shutil; shutil.copy('a.txt', 'd/copy'); os.rename('d', 'moved'); os.listdir('moved')", "['copy', 'e']", []string{"moved/copy", "moved/e/x"}},
		{"os.rename('a.txt', 'b.txt'); os.path.exists('a.txt')", "False", []string{"b.txt"}},
		{"shutil.rmtree('moved'); os.listdir()", "['b.txt']", nil},
		{"import tempfile\nwith tempfile.NamedTemporaryFile('w+') as f: f.write('t'); r = f.name.startswith('/tmp/')\nr", "True", nil},
		{"with tempfile.TemporaryDirectory() as d: r = os.path.isdir(d)\nr, os.path.exists(d)", "(True, False)", nil},
		{"import sqlite3\nc = sqlite3.connect('t.db'); c.execute('create table t(a)'); c.executemany('insert into t values(?)', [(1,), (2,)]); c.commit(); c.close()\nsqlite3.connect('t.db').execute('select sum(a) from t').fetchall()", "[(3,)]", []string{"t.db"}},
		{"import pathlib; p = pathlib.Path('p.txt'); p.write_text('zz'); p.stat().st_size, [q.name for q in pathlib.Path('.').glob('*.txt')]", "(2, ['b.txt', 'p.txt'])", []string{"p.txt"}},
		{"import zipfile\nwith zipfile.ZipFile('z.zip', 'w') as z: z.write('p.txt')\nzipfile.ZipFile('z.zip').namelist()", "['p.txt']", []string{"z.zip"}},
		{"f = open('p.txt', 'r+'); f.truncate(1), f.seek(0), f.read()", "(1, 0, 'z')", []string{"p.txt"}},
		{"f.close(); os.remove('p.txt'); open('p.txt')", "FileNotFoundError: [Errno 44] No such file or directory: 'p.txt' (line 1)", nil},
		{"open(os.devnull, 'w').write('x'), open('/dev/null').read()", "(1, '')", nil},
		{"open('/scratch', 'w')", "IsADirectoryError: [Errno 31] Is a directory: '/scratch' (line 1)", nil},
		{"os.rmdir('/scratch')", "OSError: [Errno 69]", nil}, {"os.rename('/scratch', '/other')", "OSError: [Errno 69]", nil},
		{"os.mkdir('b.txt')", "FileExistsError", nil}, {"open('b.txt/x')", "NotADirectoryError", nil},
		{"os.makedirs('m/n'); os.rename('m', 'm/n/o')", "OSError: [Errno 28]", nil},
		{"open('x' * 300, 'w')", "OSError: [Errno 37]", nil},
		{"os.path.expanduser('~/x'), pathlib.Path.home()", "('/scratch/x', PosixPath('/scratch'))", nil},
	} {
		out := run(t, s, c.code)
		if got := show(out); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q\n got %s\nwant %s", c.code, got, c.want)
		}
		if d := cmp.Diff(c.written, out.Written); d != "" {
			t.Errorf("%q: written (-want +got):\n%s", c.code, d)
		}
	}
	if err := fstest.TestFS(s.Scratch(), "b.txt", "t.db", "z.zip", "m/n"); err != nil {
		t.Error(err)
	}
	if b, err := fs.ReadFile(s.Scratch(), "b.txt"); string(b) != "hA\xa4llo!" {
		t.Errorf("b.txt: %q, %v", b, err)
	}
}

func TestQuotas(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}, Limits: sandbox.Limits{ScratchBytes: 1 << 20, ScratchFiles: 50}}, nil)
	const full = "OSError: [Errno 51] No space left on device"
	for _, c := range []struct{ code, want string }{
		{"open('huge', 'wb').write(bytes(2 << 20))", full},
		{"f = open('grow', 'wb')\nwhile True: f.write(bytes(10_000))", full + " (files in /scratch and /tmp may hold 1 MiB in 50 files) (line 2)"},
		{"f.close()", ""},
		{"import os; os.path.getsize('grow') <= 1 << 20", "True"},
		{"open('/tmp/more', 'wb').write(b'x' * 100_000)", full},
		// A file without a name counts as long as it is open.
		{"os.remove('grow'); os.remove('huge'); os.remove('/tmp/more'); g = open('g', 'wb', buffering=0); g.write(bytes(1 << 20))", "1048576"},
		{"os.remove('g'); open('h', 'wb', buffering=0).write(b'x')", full},
		{"g.close(); open('h', 'wb').write(b'x' * 1000)", "1000"},
		{"for i in range(100): open(f'n{i}', 'w').close()", full},
		{"for p in os.listdir(): os.remove(p)\nos.listdir()", "[]"},
		{"os.makedirs('/'.join('d' * 60))", full},
		{"import shutil; shutil.rmtree('d'); g = open('s', 'wb'); g.seek(1 << 40); g.write(b'x'); g.flush()", full},
	} {
		if got := show(run(t, s, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}
