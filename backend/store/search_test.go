package store

import (
	"strings"
	"testing"
	"time"

	"sandglass/backend/event"
)

func searchable(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for id, bodies := range map[event.RunID][]event.Body{
		"01A": story("Which region sold most in 2024?"),
		"01B": {event.RunStarted{Task: "Zähle die Größe von Straßen; I said \"don't\" stop"}, event.CodeStarted{Code: "df.group_by('region_name').sum()"}},
		"01C": {event.RunStarted{Task: "東京の天気を調べてください"}, event.RunFinished{Status: event.Finished, Text: "晴れです"}},
		"01D": {event.RunStarted{Task: "C++ \ue000fake\ue001 mark\x00s OR AND NOT NEAR"}, event.ToolFinished{Name: "x", Result: "résumé naïve"}},
	} {
		for i, b := range bodies {
			if _, err := s.Append(bg, id, 0, b, time.UnixMilli(int64(i))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

func TestSearch(t *testing.T) {
	s := searchable(t)
	for query, want := range map[string]string{
		"region":                 "01B 01A",
		"REGION":                 "01B 01A",
		"reg":                    "01B 01A", // the beginning of a word
		"egion":                  "",        // not its middle
		"region sold":            "01A",
		"sold Bavaria":           "01A", // the task and the answer
		"turnover":               "01A", // output
		"columns":                "01A", // thought
		"read_rows":              "01A", // code
		"chart.png":              "01A",
		"example.org":            "01A",
		"Domain":                 "01A",
		"Which year":             "01A",
		"sales.csv":              "01A",
		`"sold most"`:            "01A",
		`"most sold"`:            "",
		`"sold mos"`:             "", // between quotes nothing is a beginning
		"group_by":               "01B",
		"groupe":                 "",
		"grosse":                 "",
		"GRÖSSE":                 "",
		"größe":                  "01B",
		"zahle":                  "01B", // accents do not matter
		"resume naive":           "01D",
		"don't":                  "01B",
		`don"t`:                  "01B",
		`"don't" stop`:           "01B",
		"東京":                     "01C",
		"天気":                     "01C",
		"気天":                     "",
		"晴れ":                     "01C",
		"OR":                     "01D 01A", // and example.org
		"AND NOT":                "01D",
		"NEAR(":                  "01D",
		"C++":                    "01B 01C 01D 01A",
		"fake":                   "01D",
		"":                       "01D 01C 01B 01A",
		"   ":                    "01D 01C 01B 01A",
		"***":                    "",
		`"`:                      "",
		`""`:                     "",
		`"region`:                "01B 01A",
		"text:region":            "",
		"-region":                "01B 01A",
		"region*":                "01B 01A",
		"^region":                "01B 01A",
		"{text}: region":         "",
		"region\x00":             "01B 01A",
		"\xff\xfe":               "",
		"region\n\tsold":         "01A",
		"' OR 1=1 --":            "",
		strings.Repeat("a ", 99): "01D 01A",
	} {
		hits, total, err := s.Runs(t.Context(), Query{Search: query})
		if err != nil {
			t.Errorf("%q: %v", query, err)
			continue
		}
		var got []string
		for _, h := range hits {
			got = append(got, string(h.ID))
		}
		if query == "C++" { // one letter: many words begin with it
			if total == 0 || !strings.Contains(strings.Join(got, " "), "01D") {
				t.Errorf("%q: %v", query, got)
			}
			continue
		}
		if strings.Join(got, " ") != want || total != len(got) {
			t.Errorf("%q: %v of %d, want %q", query, got, total, want)
		}
		for _, h := range hits {
			if strings.TrimSpace(query) != "" && (!strings.Contains(h.Snippet, MatchStart) || !strings.Contains(h.Snippet, MatchEnd)) {
				t.Errorf("%q: snippet %q", query, h.Snippet)
			}
		}
	}
}

func TestSnippets(t *testing.T) {
	s := searchable(t)
	for query, want := range map[string]string{
		"sold most": "Bavaria \ue000sold\ue001 \ue000most\ue001",
		"天気":        "東京の\ue000天気\ue001を調べてください",
		"fake":      "C++ \ue000fake\ue001 marks OR AND NOT NEAR",
	} {
		hits, _, err := s.Runs(t.Context(), Query{Search: query})
		if err != nil || len(hits) != 1 || hits[0].Snippet != want {
			t.Errorf("%q: %+v, %v; want %+q", query, hits, err, want)
		}
	}
}

// FuzzSearch: whatever is typed, the search answers.
func FuzzSearch(f *testing.F) {
	s := searchable(f)
	for _, q := range []string{`"`, `a"b"c*`, "NEAR(a b)", "東", "\x00\u200b\ue000", "a AND", "-", "{", "col:x", "ª²", "\U0001F600", "a\u0301", "'", "İ"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if _, _, err := s.Runs(bg, Query{Search: query}); err != nil {
			t.Errorf("%q as %q: %v", query, searchTerms(query), err)
		}
		if n := len(searchTerms(query)); n > maxTerms {
			t.Errorf("%d terms", n)
		}
	})
}
