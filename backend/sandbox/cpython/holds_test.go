package cpython_test

import (
	"encoding/json"
	"testing"
	"time"

	"sandglass/backend/sandbox"
)

// TestHolds: an expression sees the answer and the variables, in whatever scope; it changes nothing; and what is wrong
// with it is told, an endless one included.
func TestHolds(t *testing.T) {
	s := open(t, sandbox.Config{Limits: sandbox.Limits{Step: 500 * time.Millisecond, Grace: 10 * time.Second}}, nil)
	run(t, s, "import math\nseen = [1, 2]\nfinal_answer({3, 4})")
	tests := []struct {
		expr, answer string // "" for the object
		want         bool
		err          string
	}{
		{"answer == {3, 4} and len(seen) == 2", "", true, ""},
		{"all(x in answer for x in seen)", "", false, ""},
		{"seen.append(answer) or len(seen) == 3", "5", true, ""},
		{"len(seen) == 2", "5", true, ""},
		{"math.isclose(answer, 2.5)", "2.5", true, ""},
		{"answer['n']\n == 4", `{"n": 4}`, true, ""},
		{"answer.n", `{"n": 4}`, false, "AttributeError"},
		{"answer +", "1", false, "SyntaxError"},
		{"[0 for _ in iter(int, 1)]", "1", false, "StepTimeout"},
		{"answer is not None", "", true, ""},
	}
	for _, tt := range tests {
		var answer json.RawMessage
		if tt.answer != "" {
			answer = json.RawMessage(tt.answer)
		}
		got, bad, err := s.Holds(t.Context(), tt.expr, answer)
		if err != nil {
			t.Fatal(err)
		}
		if got != tt.want || (bad == nil) != (tt.err == "") || (bad != nil && bad.Type != tt.err) {
			t.Errorf("%s of %s: %v, %+v", tt.expr, tt.answer, got, bad)
		}
	}
	if out := run(t, s, "seen"); out.Value == nil || out.Value.Repr != "[1, 2]" {
		t.Errorf("afterwards: %+v", out)
	}
}
