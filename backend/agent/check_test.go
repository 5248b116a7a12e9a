package agent

import (
	"encoding/json"
	"strings"
	"testing"

	"sandglass/backend/event"
)

// TestPlainChecks: what each kind of check takes and refuses, and that a refusal says what came instead.
func TestPlainChecks(t *testing.T) {
	const schema = `{"type": "array", "items": {"type": "object", "required": ["n"]}}`
	tests := []struct {
		kind   event.CheckKind
		value  string
		passes []string // as JSON
		fails  []string
	}{
		{event.CheckType, "number", []string{`1`, `-2.5`}, []string{`"1"`, `true`, `[1]`, `null`}},
		{event.CheckType, "integer", []string{`1`, `2.0`}, []string{`2.5`, `"2"`}},
		{event.CheckType, "text", []string{`""`, `"x"`}, []string{`1`}},
		{event.CheckType, "bool", []string{`false`}, []string{`0`}},
		{event.CheckType, "list", []string{`[]`}, []string{`{}`}},
		{event.CheckType, "dict", []string{`{}`}, []string{`[]`}},
		{event.CheckType, "table", []string{`[{"a": 1}, {"a": 2}]`}, []string{`[{"a": 1}, {"b": 2}]`, `[]`}},
		{event.CheckType, "NoneType", []string{`null`}, []string{`0`}},
		{event.CheckNotEmpty, "", []string{`0`, `"x"`, `[0]`, `false`}, []string{`""`, `" \n"`, `[]`, `{}`, `null`}},
		{event.CheckRange, "0..1", []string{`0`, `0.5`, `1`}, []string{`-0.1`, `1.1`, `"0.5"`}},
		{event.CheckRange, "3..", []string{`3`, `1e9`}, []string{`2`}},
		{event.CheckRange, "..-3", []string{`-3`}, []string{`-2`}},
		{event.CheckRegex, `^\d+ €$`, []string{`"12 €"`}, []string{`"€ 12"`, `12`}},
		{event.CheckRegex, `"n":\s*4`, []string{`{"n": 4}`}, []string{`{"n": 5}`}},
		{event.CheckSchema, schema, []string{`[]`, `[{"n": 1}]`}, []string{`[{}]`, `{"n": 1}`}},
	}
	for _, tt := range tests {
		c := event.Check{Kind: tt.kind, Value: tt.value}
		if err := ValidCheck(c); err != nil {
			t.Errorf("%v: %v", c, err)
		}
		for _, v := range tt.passes {
			if why := plainUnmet(c, valueOf(json.RawMessage(v))); why != "" {
				t.Errorf("%v of %s: %s", c, v, why)
			}
		}
		for _, v := range tt.fails {
			if why := plainUnmet(c, valueOf(json.RawMessage(v))); !strings.HasSuffix(why, ".") {
				t.Errorf("%v of %s passes: %q", c, v, why)
			}
		}
	}
	frame := &event.Value{Type: "DataFrame", Repr: "…"} // a value without a JSON form
	for c, want := range map[event.Check]bool{
		{Kind: event.CheckType, Value: "DataFrame"}: true, {Kind: event.CheckType, Value: "number"}: false,
		{Kind: event.CheckNotEmpty}: true, {Kind: event.CheckSchema, Value: "{}"}: false, {Kind: event.CheckRange, Value: "0.."}: false,
	} {
		if got := plainUnmet(c, frame) == ""; got != want {
			t.Errorf("%v of a data frame: %v", c, got)
		}
	}
}

// TestValidCheck: a check that can never work is refused before the run, with the reason.
func TestValidCheck(t *testing.T) {
	for _, c := range []event.Check{
		{}, {Kind: "fun"}, {Kind: event.CheckType}, {Kind: event.CheckType, Value: "a b"}, {Kind: event.CheckRange, Value: "1"},
		{Kind: event.CheckRange, Value: ".."}, {Kind: event.CheckRange, Value: "a..b"}, {Kind: event.CheckRange, Value: "2..1"},
		{Kind: event.CheckRegex, Value: "("}, {Kind: event.CheckSchema, Value: "{"}, {Kind: event.CheckSchema, Value: `{"type": 3}`},
		{Kind: event.CheckPython, Value: " "}, {Kind: event.CheckJudge},
	} {
		if err := ValidCheck(c); err == nil {
			t.Errorf("%v is taken", c)
		}
	}
}
