package main

import (
	"strings"
	"testing"
)

// The committed file is what the window is built against: a change of a Go type must come with its TypeScript.
func TestCommittedFileIsUpToDate(t *testing.T) {
	if err := run(true); err != nil {
		t.Fatal(err)
	}
}

func TestGenerate(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	got, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  run_started: RunStarted;\n",
		"  RunEvents(id: RunID, after: number): Promise<EventPage>;\n",
		"  Samples(): Promise<Sample[] | null>;\n",
		"export interface RunHit extends Run {\n",
		"  | \"model_unreachable\"\n",
		"  events: Event[] | null;\n",
		"  message: string;\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	if line, w, h := firstDifference("a\nb\n", "a\nc\n"); line != 2 || w != "b" || h != "c" {
		t.Errorf("got %d %q %q", line, w, h)
	}
	if line, _, _ := firstDifference("a\n", "a\n"); line != 0 {
		t.Errorf("equal files differ in line %d", line)
	}
}
