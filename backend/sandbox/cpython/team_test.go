package cpython_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/sandbox"
)

// TestFramesTravel: a data frame is the same after it went from one session to another as an answer and a variable: its
// types, missing values, index and names.
func TestFramesTravel(t *testing.T) {
	from := openPandas(t)
	config := sandbox.Config{Imports: append(sandbox.DefaultImports(), engine.Packages()...)}
	for _, c := range []string{
		"df", "sales", "days", "df.set_index('g')", "sales.set_index(['shop', 'year'])", "sales.pivot(index='shop', columns='year', values='n')",
		"pd.DataFrame()", "pd.DataFrame(index=range(3))", "df.iloc[:0]", "df.iloc[1:]", "df.convert_dtypes()",
		"pd.DataFrame({'c': pd.Categorical(['a', None, 'a']), 'b': pd.array([True, None, False], 'boolean'), 't': pd.to_timedelta([1, None, 3], unit='s'), 'o': ['x', None, b'y'], 'i': np.array([1, 2, 3], 'int8')})",
		"pd.DataFrame({'z': pd.to_datetime(['2024-03-30T12:00Z', None, '2024-04-01T12:00Z']).tz_convert('Europe/Berlin'), 'f': [float('inf'), None, -float('inf')]})",
		"pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([('a', 1), ('a', 2)]))", "pd.Series([1.5, None], name='s')",
	} {
		if out := run(t, from, "final_answer("+c+")"); out.Final == nil {
			t.Fatalf("%s: %s", c, show(out))
		}
		data, err := from.Answer(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		cfg := config
		cfg.Vars = map[string]json.RawMessage{"got": data}
		to := open(t, cfg, nil)
		out := run(t, to, `import io, numpy as np, pandas as pd
df = pd.DataFrame({'g': ['a', 'b', 'a', 'c'], 'x': [1, 2, 3, 4], 'y': [1.5, None, 2.5, 4.0]})
sales = pd.DataFrame({'shop': ['N', 'N', 'S', 'S'], 'year': [2023, 2024, 2023, 2024], 'n': [10, 20, 30, 40]})
days = pd.Series(range(6), pd.date_range('2024-02-27', periods=6, freq='D'))
want = `+c+`
if isinstance(want, pd.Series):
    pd.testing.assert_series_equal(got, want, check_freq=False)
else:
    pd.testing.assert_frame_equal(got, want, check_freq=False, check_column_type=False)`)
		if out.Error != nil {
			t.Errorf("%s: %s\n%s", c, out.Error.Message, data)
		}
		to.Close()
	}
}

// TestAnswer: what else an answer may hold, and what cannot be handed on.
func TestAnswer(t *testing.T) {
	s := open(t, sandbox.Config{}, nil)
	for c, want := range map[string]string{
		"{'a': (1, {2}), 'b': b'x'}": `{"a":[1,[2]],"b":{"__bytes__":"eA=="}}`,
		"None":                       "null", "'ä'": `"ä"`,
		"object()": "TypeError: object", "float('nan')": "ValueError",
	} {
		run(t, s, "final_answer("+c+")")
		got, err := s.Answer(t.Context())
		if err != nil {
			got = []byte(err.Error())
		}
		if !strings.HasPrefix(string(got), want) {
			t.Errorf("%s: %s", c, got)
		}
	}
}

// TestPut: files come into the scratch folder between steps, and count.
func TestPut(t *testing.T) {
	s := open(t, sandbox.Config{Limits: sandbox.Limits{ScratchBytes: 1 << 10}}, nil)
	if err := s.Put(t.Context(), "a/b/c.txt", []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "a/b/c.txt", []byte("hi")); err != nil {
		t.Fatal(err)
	}
	if out := run(t, s, "open('/scratch/a/b/c.txt').read()"); out.Value == nil || out.Value.Repr != "'hi'" {
		t.Error(show(out))
	}
	if data, err := fs.ReadFile(s.Scratch(), "a/b/c.txt"); err != nil || string(data) != "hi" {
		t.Error(string(data), err)
	}
	if err := s.Put(t.Context(), "big", make([]byte, 1<<11)); !fault.Is(err, fault.DiskFull) {
		t.Error(err)
	}
	for _, name := range []string{"", ".", "../x", "/x", "a", "a/b/c.txt/d"} {
		if err := s.Put(t.Context(), name, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
