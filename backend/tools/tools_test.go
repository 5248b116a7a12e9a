package tools_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"sandglass/backend/tools"
)

type everything struct {
	Text   string            `json:"text" doc:"some text"`
	Count  int               `json:"count" default:"3" doc:"how many"`
	Ratio  *float64          `json:"ratio" doc:"left out: guessed"`
	On     bool              `json:"on,omitempty"`
	Names  []string          `json:"names"`
	Map    map[string]int    `json:"map,omitempty"`
	Nested struct{ N int }   `json:"nested,omitzero"`
	Mode   string            `json:"mode" default:"auto"`
	Any    any               `json:"any,omitempty"`
	Raw    json.RawMessage   `json:"raw,omitempty"`
	Hidden string            `json:"-"`
	Deep   []map[string]bool `json:"deep,omitempty"`
}

func echo() tools.Tool {
	return tools.New("echo", "Gives back what it got.", func(_ context.Context, in everything) (everything, error) { return in, nil })
}

func TestSpec(t *testing.T) {
	s := echo().Spec()
	want := []tools.Param{
		{Name: "text", Type: "str", Doc: "some text", Required: true},
		{Name: "names", Type: "list[str]", Required: true},
		{Name: "count", Type: "int", Doc: "how many", Default: json.RawMessage("3")},
		{Name: "ratio", Type: "float", Doc: "left out: guessed"},
		{Name: "on", Type: "bool"},
		{Name: "map", Type: "dict"},
		{Name: "nested", Type: "dict"},
		{Name: "mode", Type: "str", Default: json.RawMessage(`"auto"`)},
		{Name: "any", Type: "Any"},
		{Name: "raw", Type: "Any"},
		{Name: "deep", Type: "list[dict]"},
	}
	if diff := cmp.Diff(want, s.Params); diff != "" {
		t.Errorf("params:\n%s", diff)
	}
	var in jsonschema.Schema
	if err := json.Unmarshal(s.In, &in); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"text", "names"}, in.Required); diff != "" {
		t.Errorf("required:\n%s", diff)
	}
	if in.Type != "object" || in.Properties["text"].Description != "some text" || string(in.Properties["count"].Default) != "3" {
		t.Errorf("schema %s", s.In)
	}
	if err := json.Unmarshal([]byte(`{"x":1}`), &struct{}{}); err != nil {
		t.Fatal(err)
	}
}

func TestValidate(t *testing.T) {
	for name, c := range map[string]struct{ args, want, err string }{
		"defaults":            {args: `{"text":"a","names":[]}`, want: `{"count":3,"mode":"auto","names":[],"text":"a"}`},
		"number as string":    {args: `{"text":"a","names":[],"count":" 7 ","ratio":"0.5"}`, want: `{"count":7,"mode":"auto","names":[],"ratio":0.5,"text":"a"}`},
		"integral float":      {args: `{"text":"a","names":[],"count":7.0}`, want: `{"count":7,"mode":"auto","names":[],"text":"a"}`},
		"bool as string":      {args: `{"text":"a","names":[],"on":"True"}`, want: `{"count":3,"mode":"auto","names":[],"on":true,"text":"a"}`},
		"number for a string": {args: `{"text":2024,"names":["x",1]}`, want: `{"count":3,"mode":"auto","names":["x","1"],"text":"2024"}`},
		"list as string":      {args: `{"text":"a","names":"[\"x\"]"}`, want: `{"count":3,"mode":"auto","names":["x"],"text":"a"}`},
		"null for optional":   {args: `{"text":"a","names":[],"count":null,"ratio":null}`, want: `{"count":3,"mode":"auto","names":[],"text":"a"}`},
		"object as string":    {args: `"{\"text\":\"a\",\"names\":[]}"`, want: `{"count":3,"mode":"auto","names":[],"text":"a"}`},
		"big integers stay":   {args: `{"text":"a","names":[],"count":9007199254740993}`, want: `{"count":9007199254740993,"mode":"auto","names":[],"text":"a"}`},
		"nested":              {args: `{"text":"a","names":[],"nested":{"N":"4"},"map":{"a":1}}`, want: `{"count":3,"map":{"a":1},"mode":"auto","names":[],"nested":{"N":4},"text":"a"}`},

		"missing":         {args: `{"text":"a"}`, err: `echo() misses the argument "names" (list[str])`},
		"empty":           {args: ``, err: `misses the argument "text" (str: some text)`},
		"null":            {args: `null`, err: `misses the argument "text"`},
		"required null":   {args: `{"text":null,"names":[]}`, err: `the argument "text" must be str: some text, got None`},
		"unknown":         {args: `{"txt":"a"}`, err: `echo() has no parameter "txt"; it takes text, names, count`},
		"no number":       {args: `{"text":"a","names":[],"count":"many"}`, err: `the argument "count" must be int: how many, got the string "many"`},
		"fraction":        {args: `{"text":"a","names":[],"count":1.5}`, err: `the argument "count" must be int: how many, got the number 1.5`},
		"not a list":      {args: `{"text":"a","names":"x"}`, err: `the argument "names" must be list[str], got the string "x"`},
		"inside a list":   {args: `{"text":"a","names":[{}]}`, err: `the argument "names" is not as it must be (list[str])`},
		"positional":      {args: `["a"]`, err: `must be a JSON object by parameter name, got the list ["a"]`},
		"broken":          {args: `{"text":`, err: `are not valid JSON`},
		"trailing":        {args: `{} {}`, err: `are not valid JSON`},
		"infinite number": {args: `{"text":"a","names":[],"ratio":"inf"}`, err: `the argument "ratio" must be float`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := echo().Spec().Validate(json.RawMessage(c.args))
			switch {
			case c.err == "" && err != nil:
				t.Fatal(err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Fatalf("error %v, want %s", err, c.err)
			case c.err == "" && string(got) != c.want:
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Schemas of other makers (MCP servers) use what reflection does not.
func TestValidateForeignSchema(t *testing.T) {
	s := tools.Spec{Name: "f", Params: []tools.Param{{Name: "n", Type: "int | None"}, {Name: "unit", Type: "str"}},
		In: json.RawMessage(`{"type":"object","properties":{
			"n":{"anyOf":[{"type":"integer","minimum":1},{"type":"null"}]},
			"unit":{"$ref":"#/$defs/unit"}},"$defs":{"unit":{"enum":["c","f"]}}}`)}
	for args, want := range map[string]string{
		`{"n":"5","unit":"c"}`: `{"n":5,"unit":"c"}`,
		`{"n":null}`:           `{"n":null}`,
		`{"n":0}`:              `"n" is not as it must be`,
		`{"n":1,"unit":"k"}`:   `"unit" is not as it must be`,
	} {
		got, err := s.Validate(json.RawMessage(args))
		if err != nil {
			got = json.RawMessage(err.Error())
		}
		if !strings.Contains(string(got), want) {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
}

func TestCall(t *testing.T) {
	got, err := echo().Call(t.Context(), json.RawMessage(`{"text":"a","names":["x"],"count":"4","raw":{"b":[1]}}`))
	want := `{"text":"a","count":4,"ratio":null,"names":["x"],"mode":"auto","raw":{"b":[1]}}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
	type none struct{}
	list := tools.New("f", "", func(context.Context, none) ([]string, error) { return nil, nil })
	if got, err := list.Call(t.Context(), nil); err != nil || string(got) != "[]" {
		t.Errorf("nil list: %s, %v", got, err)
	}
	nan := tools.New("f", "", func(context.Context, none) (float64, error) { return math.NaN(), nil })
	if _, err := nan.Call(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "f() gave a result that JSON cannot hold") {
		t.Errorf("NaN: %v", err)
	}
	bad := tools.New("f", "", func(context.Context, none) (string, error) { panic("oops") })
	var crash *tools.Crash
	if _, err := bad.Call(t.Context(), nil); !errors.As(err, &crash) || err.Error() != "f() crashed: oops" {
		t.Errorf("panic: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, name := range []string{"", "1a", "a-b", "a b", "class", "näme", strings.Repeat("a", 65)} {
		if tools.CheckName(name) == nil {
			t.Errorf("%q passed", name)
		}
	}
	defer func() {
		if p := recover(); p == nil || !strings.Contains(p.(string), "keyword") {
			t.Errorf("panic %v", p)
		}
	}()
	tools.New("import", "", func(context.Context, struct{}) (string, error) { return "", nil })
}

func TestPythonStub(t *testing.T) {
	type entry struct {
		Path string `json:"path"`
		Size int    `json:"size" doc:"x" jsonschema:"bytes"`
	}
	list := tools.New("list_files", "Lists files.", func(context.Context, struct{}) ([]entry, error) { return nil, nil })
	plain := tools.New("now", "Tells the time.", func(context.Context, struct{}) (string, error) { return "", nil })
	hostile := tools.Spec{Name: "f", Doc: `Ends """ here\ and "now"`, Return: "str",
		Params: []tools.Param{{Name: "x", Type: "dict", Doc: "one\ntwo", Default: json.RawMessage(`{"a":[true,null,"<é\u2028"]}`)}}}
	got := tools.PythonStub(echo().Spec()) + "\n" + tools.PythonStub(list.Spec()) + "\n" + tools.PythonStub(plain.Spec()) + "\n" +
		tools.PythonStub(hostile) + "\n" + tools.PythonStub(tools.FinalAnswerSpec())
	want := `def echo(text: str, names: list[str], count: int = 3, ratio: float = None, on: bool = None, map: dict = None, nested: dict = None, mode: str = "auto", any: Any = None, raw: Any = None, deep: list[dict] = None) -> dict:
    """Gives back what it got.

    Args:
        text: some text
        count: how many
        ratio: left out: guessed

    Returns:
        a dict with "any": Any, "count": int, "deep": list[dict] | None, "map": dict, "mode": str, "names": list[str] | None, "nested": dict, "on": bool, "ratio": float | None, "raw": Any, "text": str
    """

def list_files() -> list[dict]:
    """Lists files.

    Returns:
        each a dict with "path": str, "size": int (bytes)
    """

def now() -> str:
    """Tells the time."""

def f(x: dict = {"a": [True, None, "<é\u2028"]}) -> str:
    """Ends ''' here\\ and "now" 

    Args:
        x: one
            two
    """

def final_answer(answer: Any) -> None:
    """Gives the final answer to the task and ends the run.

    Args:
        answer: the answer: a text, a number, a list, a dict, a table …
    """
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTimeout(t *testing.T) {
	type none struct{}
	stubborn := tools.New("slow", "", func(context.Context, none) (string, error) { select {} })
	if _, err := tools.Timeout(stubborn, time.Millisecond).Call(t.Context(), nil); err == nil || err.Error() != "slow() did not finish within 1ms" {
		t.Errorf("err = %v", err)
	}
	polite := tools.New("slow", "", func(ctx context.Context, _ none) (string, error) { <-ctx.Done(); return "", ctx.Err() })
	if _, err := tools.Timeout(polite, time.Millisecond).Call(t.Context(), nil); err == nil || err.Error() != "slow() did not finish within 1ms" {
		t.Errorf("err = %v", err)
	}
	// The run's own end is not the tool's failure.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tools.Timeout(polite, time.Hour).Call(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	quick := tools.New("quick", "", func(context.Context, none) (string, error) { return "ok", nil })
	if got, err := tools.Timeout(quick, time.Hour).Call(t.Context(), nil); err != nil || string(got) != `"ok"` {
		t.Errorf("%s, %v", got, err)
	}
}

func TestTruncate(t *testing.T) {
	type none struct{}
	text := tools.New("text", "", func(context.Context, none) (string, error) { return strings.Repeat("ä", 100), nil })
	if got, err := tools.Truncate(text, 10).Call(t.Context(), nil); err != nil || string(got) != `"ääääääääää\n… [cut: 10 of 100 characters shown]"` {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := tools.Truncate(text, 100).Call(t.Context(), nil); err != nil || strings.Contains(string(got), "cut") {
		t.Errorf("%s, %v", got, err)
	}
	list := tools.New("list", "", func(context.Context, none) ([]int, error) { return make([]int, 100), nil })
	if _, err := tools.Truncate(list, 10).Call(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "only 10 are allowed") {
		t.Errorf("err = %v", err)
	}
}

func TestScopeThroughWrappers(t *testing.T) {
	inner := tools.WithScope(echo(), func(json.RawMessage) tools.Scope { return tools.Scope{Kind: "host", Value: "x"} })
	s, ok := tools.As[tools.Scoper](tools.Truncate(tools.Timeout(inner, time.Second), 10))
	if !ok || s.Scope(nil).Value != "x" {
		t.Error("the wrappers hide the scope")
	}
	if _, ok := tools.As[tools.Scoper](tools.Timeout(echo(), time.Second)); ok {
		t.Error("a scope out of nothing")
	}
}

func FuzzValidate(f *testing.F) {
	f.Add([]byte(`{"text":"a","names":[],"count":"1e400","nested":{"N":[]}}`))
	f.Add([]byte(`{"text":1e999,"names":null}`))
	f.Fuzz(func(t *testing.T, args []byte) {
		s := echo().Spec()
		out, err := s.Validate(args)
		if err != nil {
			return
		}
		var in everything
		if err := json.Unmarshal(out, &in); err != nil {
			t.Fatalf("%s passed as %s, and Go cannot decode it: %v", args, out, err)
		}
		if again, err := s.Validate(out); err != nil || string(again) != string(out) {
			t.Fatalf("not stable: %s, then %s, %v", out, again, err)
		}
	})
}
