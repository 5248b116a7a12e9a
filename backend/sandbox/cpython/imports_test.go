package cpython_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sandglass/backend/sandbox"
)

// askHost decides on imports; what was asked is kept.
type askHost struct {
	host
	allow func(module string) error
	asked []string
}

func (h *askHost) AskImport(ctx context.Context, req sandbox.ImportRequest) error {
	h.asked = append(h.asked, fmt.Sprintf("%s@%d: %s", req.Module, req.Place.Line, req.Place.Source))
	if h.allow == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return h.allow(req.Module)
}

// TestImportsAreAsked is about who asks: the frame that imports, whichever way, and never a library.
func TestImportsAreAsked(t *testing.T) {
	for _, c := range []struct{ code, asked, want string }{
		{"import math, json; 1", "", "1"},
		{"import shutil; 1", "shutil@1: import shutil; 1", "1"}, // it imports os, zlib … by itself
		{"1\n\n  \ndef f():\n    from os import path\n    return 2\nf()", "os@5: from os import path", "2"},
		{"import os.path as p; 1", "os.path@1: import os.path as p; 1", "1"},
		{"from xml import sax, dom; 1", "xml@1: from xml import sax, dom; 1", "1"},
		{"__import__('os'); 1", "os@1: __import__('os'); 1", "1"},
		{"__import__('os', fromlist=[]); 1", "os@1: __import__('os', fromlist=[]); 1", "1"},
		{"import builtins\ngetattr(builtins, '__import__')('os', globals(), globals(), [], 0); 1",
			"builtins@1: import builtins os@2: getattr(builtins, '__import__')('os', globals(), globals(), [], 0); 1", "1"},
		{"exec('import os'); 1", "os@1: exec('import os'); 1", "1"},
		{"eval('__import__(\"os\")'); 1", "os@1: eval('__import__(\"os\")'); 1", "1"},
		{"exec(compile('import os', 'mine.py', 'exec')); 1", "os@1: exec(compile('import os', 'mine.py', 'exec')); 1", "1"},
		{"import importlib\nimportlib.import_module('os'); 1", "importlib@1: import importlib os@2: importlib.import_module('os'); 1", "1"},
		{"import importlib\nimportlib.import_module('.sax', 'xml'); 1", "importlib@1: import importlib xml.sax@2: importlib.import_module('.sax', 'xml'); 1", "1"},
		{"import importlib\nimportlib.__import__('os'); 1", "importlib@1: import importlib os@2: importlib.__import__('os'); 1", "1"},
		{"import timeit\ntimeit.timeit('1', 'import os', number=1); 1", "timeit@1: import timeit", "1"}, // a library's own code
		{"class C:\n    import os\n1", "os@2: import os", "1"},
		{"import asyncio\nasync def f():\n    import os\n    return 3\nasyncio.run(f())", "asyncio@1: import asyncio os@3: import os", "3"},
		{"sorted([1], key=lambda _: __import__('os') and 1)", "os@1: sorted([1], key=lambda _: __import__('os') and 1)", "[1]"},
		{"import datetime; datetime.datetime.strptime('2024-01-02', '%Y-%m-%d').day", "", "2"}, // C code imports _strptime
		{"from collections import namedtuple; namedtuple('P', 'x')(1).x", "", "1"},             // exec inside of a library
		{"import nosuchthing", "", "ModuleNotFoundError: No module named 'nosuchthing': it is not part of the sandbox's Python, and nothing can be installed. Authorized imports: matplotlib; of the standard library: collections, csv, datetime,"},
		{"try:\n    import nosuchthing\nexcept ImportError:\n    x = 7\nx", "", "7"},
		{"import _ctypes", "", "ModuleNotFoundError: No module named '_ctypes': it cannot work inside WebAssembly. Authorized imports: matplotlib; of the standard library: collections, csv,"},
		{"import forbidden_fruit", "", "ModuleNotFoundError: No module named 'forbidden_fruit'"},
		{"import pickle", "pickle@1: import pickle", "ImportError: import of 'pickle' is not authorized: the user refused it. Authorized imports: matplotlib; of the standard library: collections, csv,"},
		{"import socket # \u202e\x07 " + strings.Repeat("x", 400), "socket@1: import socket #    " + strings.Repeat("x", 281) + "…", ""},
	} {
		h := &askHost{allow: func(module string) error {
			if module == "pickle" {
				return errors.New("the user refused it")
			}
			return nil
		}}
		s, err := engine.Open(context.Background(), sandbox.Config{Imports: sandbox.DefaultImports()}, h)
		if err != nil {
			t.Fatal(err)
		}
		got := show(run(t, s, c.code))
		s.Close()
		if asked := strings.Join(h.asked, " "); asked != c.asked || !strings.HasPrefix(got, c.want) {
			t.Errorf("%q\nasked %s\n want %s\n  got %s\n want %s", c.code, asked, c.asked, got, c.want)
		}
	}
}

// TestDeniedImports: what is denied is asked about even if a pattern of the list covers it.
func TestDeniedImports(t *testing.T) {
	for _, c := range []struct{ imports, denied, code, want string }{
		{"*", "os", "import sys; 1", "1"},
		{"*", "os", "import os.path", "ImportError: import of 'os.path' is not authorized. Authorized imports: *"},
		{"os", "os.path", "import os; 1", "1"},
		{"os", "os.path", "import os.path", "ImportError: import of 'os.path'"},
		{"math", "*", "import math", "ImportError: import of 'math'"},
	} {
		s := open(t, sandbox.Config{Imports: []string{c.imports}, Denied: []string{c.denied}}, nil)
		if got := show(run(t, s, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s but %s: %q\n got %s\nwant %s", c.imports, c.denied, c.code, got, c.want)
		}
	}
}

// TestWaitingForPermission: the step's clock stands still while a person decides, and Stop works meanwhile.
func TestWaitingForPermission(t *testing.T) {
	h := &askHost{allow: func(string) error { time.Sleep(300 * time.Millisecond); return nil }}
	s, err := engine.Open(context.Background(), sandbox.Config{Limits: sandbox.Limits{Step: 200 * time.Millisecond, Grace: 50 * time.Millisecond}}, h)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := show(run(t, s, "import os; 5")); got != "5" {
		t.Errorf("after waiting longer than the step may run: %s", got)
	}
	h.allow = nil // nobody answers
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := s.Run(ctx, "import sys"); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while waiting: %v", err)
	}
	if got := show(run(t, s, "os.sep")); got != "'/'" {
		t.Errorf("the state after it: %s", got)
	}
}
