package main

import (
	"strings"
	"testing"
)

// TestTeamFlag: a saved agent is added to a run's team; a script speaks for each by name; what the agents do is told apart,
// also when the run is shown again and verified.
func TestTeamFlag(t *testing.T) {
	home(t)
	sandglass(t, "", "agents", "import", file(t, "helper.json", []byte(`{"sandglass_agent": 1, "agent": {"name": "Word counter", "tools": [], "options": {}}}`)))
	replies := file(t, "replies.json", []byte(`{
		"Analyst": ["`+"```python\\nword_counter('Remember')\\nfinal_answer(word_counter('Count', text='a b'))\\n```"+`"],
		"word_counter": ["`+"```python\\nn = 40\\nfinal_answer(n)\\n```"+`", "`+"```python\\nprint('inside')\\nfinal_answer(n + len(text.split()))\\n```"+`"]}`))
	code, out, errs := sandglass(t, "", "run", "--replies", replies, "--team", "word counter:memory", "Count")
	if code != 0 || out != "42\n" {
		t.Fatalf("%d %q %s", code, out, errs)
	}
	_, again, _ := sandglass(t, "", "replay", firstRun(t))
	for _, text := range []string{errs, again} {
		if !strings.Contains(text, "┌ word_counter · Word counter · script/replies.json") || !strings.Contains(text, "\n│ inside\n") || !strings.Contains(text, "└ word_counter: finished · 2 steps") {
			t.Errorf("it is not told apart:\n%s", text)
		}
	}
	if code, out, _ := sandglass(t, "", "replay", "--verify", firstRun(t)); code != 0 || !strings.Contains(out, "step 2 of word_counter  same") {
		t.Errorf("verify: %d %s", code, out)
	}
	// What it had at each step can be looked at; a run cannot go on from there, and says from where.
	run := firstRun(t)
	if code, out, errs := sandglass(t, "print(n, 'text' in globals())", "exec", "--fork", run+":word_counter.1", "-"); code != 0 || out != "40 False\n" {
		t.Errorf("looking around: %d %q %s", code, out, errs)
	}
	if code, out, errs := sandglass(t, "print(n, text)", "exec", "--fork", run+":word_counter#1.2", "-"); code != 0 || out != "40 a b\n" {
		t.Errorf("looking around: %d %q %s", code, out, errs)
	}
	for at, want := range map[string]string{
		":word_counter.2": "Go on from step 0 of the run, before that call, or from step 1, after it", ":word_counter.3": "no step 3", ":word_counter#2.1": "no call",
		":nobody.1": "it called: word_counter", ":.1": "RUN:NAME.STEP",
	} {
		if code, _, errs := sandglass(t, "", "run", "--replies", replies, "--fork", run+at); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%s: %d %s", at, code, errs)
		}
	}
	for _, bad := range []string{"", ":memory", "word counter:always"} {
		if code, _, errs := sandglass(t, "", "run", "--replies", replies, "--team", bad, "Count"); code != 2 || !strings.Contains(errs, "--team") {
			t.Errorf("%q: %d %s", bad, code, errs)
		}
	}
	if code, _, errs := sandglass(t, "", "run", "--replies", replies, "--team", "nobody", "Count"); code != 2 || !strings.Contains(errs, "not here: nobody") {
		t.Errorf("%d %s", code, errs)
	}
}

// firstRun is the newest run's id.
func firstRun(t *testing.T) string {
	t.Helper()
	_, out, _ := sandglass(t, "", "runs", "list", "-n", "1", "--json")
	_, rest, _ := strings.Cut(out, `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}
