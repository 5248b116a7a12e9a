package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/permit"
	"sandglass/backend/workbench"
)

// TestPermissionFlags: what code may import and reach, by the flags, without a terminal.
func TestPermissionFlags(t *testing.T) {
	home(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "page") }))
	defer server.Close()
	at := strings.TrimPrefix(server.URL, "http://")
	read := fmt.Sprintf("import urllib.request\nurllib.request.urlopen(%q).read().decode()", server.URL)
	for _, c := range []struct {
		code  string
		flags string
		want  string // of stdout; else of stderr, with exit 1
	}{
		{"import os; os.sep", "", "!import of 'os' is not authorized: nobody is there to allow it: do without it (to allow it: --allow import:os"},
		{"import os; os.sep", "--allow import:os", "'/'"},
		{"import os; os.sep", "--yes", "'/'"},
		{"import os; os.sep", "--yes --deny import:os", "!import of 'os' is not authorized: import:os is denied for this run"},
		{"import json; 1", "--deny import:json", "!import of 'json' is not authorized"},
		{read, "", "!nobody is there to allow it"},
		{read, "--allow host:" + at, "'page'"},
		{read, "--allow host:127.0.0.1", "'page'"},
		{read, "--allow host:127.0.0.1 --deny host:" + at, "!is denied for this run"},
		{read, "--yes", "!is not one of the web's"}, // everything, but not one's own network
		{read, "--offline --allow host:" + at, "!the offline lock is on"},
	} {
		code, out, errs := sandglass(t, c.code, append([]string{"exec"}, strings.Fields(c.flags)...)...)
		refusal, refused := strings.CutPrefix(c.want, "!")
		if refused && (code != 1 || !strings.Contains(errs, refusal)) || !refused && (code != 0 || out != c.want+"\n") {
			t.Errorf("%q with %q: exit %d, %q, %q\nwant %s", c.code, c.flags, code, out, errs, c.want)
		}
	}
}

// TestTerminalDecides: a person at the terminal is told what code needs, and nothing that code says moves the cursor.
func TestTerminalDecides(t *testing.T) {
	host := permit.Request{
		Scope: event.Scope{Kind: event.ScopeHost, Value: "nas.local"}, Detail: "GET http://nas.local/\x1b[2J", Local: true, Line: 3, Source: "get('\u009bx')",
	}
	for _, c := range []struct {
		agent, typed string
		want         permit.Decision
	}{
		{"", "\nwhat?\no\n", permit.Decision{Allow: true, For: event.Once}},
		{"", "a\nRun\n", permit.Decision{Allow: true, For: event.ThisRun}}, // there is no agent to allow it for
		{"Analyst", "a\n", permit.Decision{Allow: true, For: event.ForAgent}},
		{"Analyst", "w\n", permit.Decision{Allow: true, For: event.Always}},
		{"Analyst", "n\n", permit.Decision{For: event.ThisRun}},
		{"Analyst", " never \n", permit.Decision{For: event.Always}},
	} {
		var out bytes.Buffer
		got, err := (&terminal{in: strings.NewReader(c.typed), out: &out}).Decide(t.Context(), host, c.agent)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v", c.typed, got, err)
		}
		if s := out.String(); !strings.Contains(s, "wants to reach nas.local: GET http://nas.local/?[2J") || !strings.Contains(s, "line 3: get('?x')") ||
			!strings.Contains(s, "its own network") || strings.Contains(s, "[a]gent") != (c.agent != "") {
			t.Errorf("it was told: %s", s)
		}
	}
	if _, err := (&terminal{in: strings.NewReader("maybe\n"), out: &bytes.Buffer{}}).Decide(t.Context(), host, ""); err == nil {
		t.Error("the end of the input decided")
	}
}

// TestPermissionsCommand: a decision for good can be seen and forgotten without a window.
func TestPermissionsCommand(t *testing.T) {
	dir := home(t)
	w, err := workbench.Open(workbench.Config{Version: "test", Home: dir})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.OpenSandbox(t.Context(), workbench.Spec{Decider: &terminal{in: strings.NewReader("w\n"), out: &bytes.Buffer{}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := s.Run(t.Context(), "import os"); err != nil || out.Error != nil {
		t.Fatal(err, out.Error)
	}
	s.Close()
	w.Close()
	if code, out, _ := sandglass(t, "", "permissions", "list"); code != 0 || out != "import:os  allowed  every agent\n" {
		t.Errorf("exit %d, %q", code, out)
	}
	if code, _, errs := sandglass(t, "", "permissions", "revoke", "import:sys"); code != 1 || !strings.Contains(errs, "Nothing was decided on import:sys") {
		t.Errorf("exit %d, %q", code, errs)
	}
	if code, _, _ := sandglass(t, "", "permissions", "revoke", "import:os"); code != 0 {
		t.Errorf("exit %d", code)
	}
	if code, out, _ := sandglass(t, "", "permissions", "list", "--json"); code != 0 || out != "[]\n" {
		t.Errorf("exit %d, %q", code, out)
	}
}
