package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"sandglass/backend/event"
)

// MatchStart and MatchEnd enclose a match in a snippet. They are private-use characters: no text has them, so the
// window can cut at them without escaping.
const (
	MatchStart = "\ue000"
	MatchEnd   = "\ue001"
)

const (
	maxIndexed = 256 << 10 // bytes of one event's text that are indexed
	maxTerms   = 16        // of a query; more would only make it slow
	wordBreak  = '\u200b'  // zero-width space, see segment
)

// words is the text of an event that a person may search for; "" if there is none.
func words(b event.Body) string {
	var parts []string
	switch b := b.(type) {
	case event.RunStarted:
		parts = append(parts, b.Task)
		for _, f := range b.Files {
			parts = append(parts, f.Name)
		}
	case event.RunForked:
		parts = append(parts, b.Now.Task)
		for _, f := range b.Now.Files {
			parts = append(parts, f.Name)
		}
	case event.AgentStarted:
		parts = append(parts, b.Name, b.Now.Agent) // the task comes with the call
	case event.AgentFinished:
		parts = append(parts, b.Text)
		if b.Fault != nil {
			parts = append(parts, b.Fault.What, b.Fault.Why)
		}
	case event.CallsMade: // the calls themselves come again in ToolStarted and CodeStarted
		parts = append(parts, b.Thought)
	case event.CodeStarted:
		parts = append(parts, b.Thought, b.Code)
	case event.CodeFinished:
		parts = append(parts, b.Stdout, b.Stderr)
		if b.Value != nil {
			parts = append(parts, b.Value.Repr)
		}
		if b.Error != nil {
			parts = append(parts, b.Error.Type+": "+b.Error.Message)
		}
	case event.ToolStarted:
		parts = append(parts, b.Name, string(b.Args))
	case event.ToolFinished:
		parts = append(parts, b.Result, b.Error)
	case event.UserSteered:
		parts = append(parts, b.Text)
	case event.QuestionAsked:
		parts = append(parts, b.Question)
	case event.QuestionAnswered:
		parts = append(parts, b.Answer)
	case event.ArtefactSaved:
		parts = append(parts, b.Name)
	case event.RunFinished:
		parts = append(parts, b.Text)
	case event.RunFailed:
		parts = append(parts, b.Fault.What, b.Fault.Why)
	}
	parts = nonEmpty(parts)
	text := strings.Join(parts, "\n")
	if len(text) > maxIndexed {
		text = text[:maxIndexed]
	}
	return segment(text)
}

func nonEmpty(parts []string) []string {
	out := parts[:0]
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			out = append(out, p)
		}
	}
	return out
}

// segment prepares text for the index: it drops what could be mistaken for the marks of a match, NUL and broken
// UTF-8, and puts an invisible break around each character of a script that is written without spaces, because
// SQLite's tokenizer would take a whole Chinese sentence for one word.
func segment(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	spaceless := false
	for _, r := range strings.ToValidUTF8(s, "") {
		if r == 0 || r == '\ue000' || r == '\ue001' || r == wordBreak {
			continue
		}
		now := unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
		if (now || spaceless) && b.Len() > 0 {
			b.WriteRune(wordBreak)
		}
		spaceless = now
		b.WriteRune(r)
	}
	return b.String()
}

// searchTerms turns what a person typed into terms of FTS5's query language, each of them valid whatever was typed:
// a term is always a quoted string. A word matches words that begin with it; words between double quotes match
// exactly as they stand there, one after the other. What has no letter and no digit is dropped.
func searchTerms(query string) []string {
	var terms []string
	for i, part := range strings.Split(query, `"`) {
		quoted := i%2 == 1
		pieces := []string{part}
		if !quoted {
			pieces = strings.Fields(part)
		}
		for _, p := range pieces {
			p = strings.TrimSpace(segment(p))
			if len(p) > 256 {
				p = strings.ToValidUTF8(p[:256], "")
			}
			if !strings.ContainsFunc(p, isWord) || len(terms) == maxTerms {
				continue
			}
			term := `"` + p + `"`
			// A prefix only where the word goes on at its end: "sum(" is a whole word already.
			if last, _ := utf8.DecodeLastRuneInString(p); !quoted && isWord(last) {
				term += "*"
			}
			terms = append(terms, term)
		}
	}
	return terms
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// snippet shows where a run has the terms: the best of its events.
func snippet(ctx context.Context, q querier, run event.RunID, terms []string) (string, error) {
	var s string
	err := q.QueryRowContext(ctx, `
		SELECT snippet(search, 0, ?, ?, '…', 24) FROM search
		WHERE search.text MATCH ? AND search.rowid IN (SELECT id FROM events WHERE run = ?) ORDER BY rank LIMIT 1`,
		MatchStart, MatchEnd, strings.Join(terms, " OR "), run).Scan(&s)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	// The breaks go; matches of neighbouring characters become one.
	s = strings.ReplaceAll(s, string(wordBreak), "")
	return strings.ReplaceAll(s, MatchEnd+MatchStart, ""), err
}
