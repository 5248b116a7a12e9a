package cpython_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"sandglass/backend/sandbox"
)

func TestExplore(t *testing.T) {
	b, _ := os.ReadFile("/tmp/sgcells.json")
	var cells []string
	if err := json.Unmarshal(b, &cells); err != nil {
		t.Skip()
	}
	cfg := sandbox.Config{Imports: []string{"*"}, Limits: sandbox.Limits{Step: 2 * time.Second, Grace: time.Second, MemoryBytes: 128 << 20}}
	s := open(t, cfg, nil)
	for _, c := range cells {
		o := run(t, s, c)
		m := show(o)
		if len(m) > 300 {
			m = m[:300] + "…"
		}
		out := o.Stdout + "!" + o.Stderr
		if len(out) > 200 {
			out = out[:200] + "…"
		}
		t.Logf("%q\n   -> %s | %q trunc %d %v", c, m, out, o.Truncated, o.Duration.Round(time.Millisecond))
		if o.Killed != "" && o.Error != nil {
			t.Log(strings.TrimSpace(o.Error.Traceback))
		}
		if r := run(t, s, "6*7"); show(r) != "42" {
			t.Errorf("dead: %s", show(r))
		}
	}
}
