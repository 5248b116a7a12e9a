package agent

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/sandbox"
)

// The longest pieces of an observation, in characters. What is beyond is cut from the middle, with a note: the ends
// of an output say most.
const (
	maxLogs  = 8_000
	maxValue = 4_000
	maxError = 3_000
)

// Observe is what the model is told of a step: prints, the last value, the error with its line, and what to do. whole says
// how code gets at all that was printed; "" if it cannot.
func Observe(out sandbox.Output, whole string) string {
	var s strings.Builder
	s.WriteString("Observation:\n")
	if logs := joinLines(out.Stdout, out.Stderr); logs != "" {
		fmt.Fprintf(&s, "Printed:\n%s\n", cutWhole(logs, maxLogs, whole))
	}
	if out.Truncated > 0 {
		fmt.Fprintf(&s, "(%d more bytes were printed)\n", out.Truncated)
	}
	switch {
	case out.Killed == sandbox.Refused:
		fmt.Fprintf(&s, "The code was not run: %s\n", refusal(out.Error))
	case out.Killed != "":
		fmt.Fprintf(&s, "The code was stopped%s: %s All variables are as they were before this step.\n", atLine(out.Error), killedText[out.Killed])
	case out.Error != nil:
		fmt.Fprintf(&s, "Error:\n%s\n%s\n", cutMiddle(strings.TrimSpace(out.Error.Traceback), maxError), adviceFor(out.Error))
	case out.Final != nil:
		s.WriteString("The answer was given.\n")
	case out.Value != nil:
		fmt.Fprintf(&s, "Last value:\n%s\n", cutWhole(out.Value.Repr, maxValue, wholeValue))
	case out.Stdout == "" && out.Stderr == "" && len(out.Displayed) == 0:
		s.WriteString("The code ran without output. Use print() to see a value.\n")
	}
	if shown := displayedNames(out); len(shown) > 0 {
		fmt.Fprintf(&s, "Shown to the user: %s\n", strings.Join(shown, ", "))
	}
	if len(out.Written) > 0 {
		fmt.Fprintf(&s, "Files written: %s\n", strings.Join(out.Written, ", "))
	}
	return strings.TrimRight(s.String(), "\n")
}

// displayedNames are what display() showed: of a last value and an answer, their own text tells it.
func displayedNames(out sandbox.Output) []string {
	var names []string
	for _, d := range out.Displayed {
		if out.Value != nil && out.Value.Display == d.Name || out.Final != nil && out.Final.Display == d.Name {
			continue
		}
		names = append(names, fmt.Sprintf("%s (%s)", path.Base(d.Name), d.MediaType))
	}
	return names
}

func atLine(e *event.PyError) string {
	if e == nil || e.Line == 0 {
		return ""
	}
	return fmt.Sprintf(" at line %d", e.Line)
}

const (
	errorAdvice  = "Variables set before the failing line are kept. Correct the cause; do not repeat the same code."
	syntaxAdvice = "The code does not parse, so none of it was run. Correct the line, and write the whole code again."
)

// adviceFor tells code that broke off from code that did not begin: only the former has a stack.
func adviceFor(e *event.PyError) string {
	switch e.Type {
	case "SyntaxError", "IndentationError", "TabError":
		if !strings.HasPrefix(e.Traceback, "Traceback") {
			return syntaxAdvice
		}
	}
	return errorAdvice
}

func refusal(e *event.PyError) string {
	if e == nil || e.Message == "" {
		return "it was refused. Do without it."
	}
	return e.Message
}

var killedText = map[string]string{
	"time":   "it ran longer than the time limit.",
	"memory": "it needed more memory than the limit.",
	"output": "it printed far more than the output limit.",
	"exit":   "it tried to exit the interpreter.",
	"crash":  "it crashed the interpreter (too deep recursion, or an abort).",
}

// AnswerText is an answer in words: a string as it is, anything else as JSON or repr.
func AnswerText(v *event.Value) string {
	if v == nil {
		return ""
	}
	if len(v.JSON) > 0 {
		var s string
		if json.Unmarshal(v.JSON, &s) == nil {
			return s
		}
		return string(v.JSON)
	}
	return v.Repr
}

// textValue makes an answer of what a model said without code.
func textValue(text string) *event.Value {
	text = strings.TrimSpace(text)
	data, err := json.Marshal(text)
	if err != nil { // a string always encodes
		data = []byte(`""`)
	}
	return &event.Value{Type: "str", Repr: text, JSON: data}
}

func emptyReply(r llm.Reply) error {
	why := "the reply held no text and no call"
	if r.Thinking != "" {
		why = fmt.Sprintf("it only thought (%d characters) and then stopped", utf8.RuneCountInString(r.Thinking))
	}
	do := "Try again, or choose another model."
	if r.Finish == llm.FinishLength {
		why += "; its limit of tokens was reached"
		do = "Allow more tokens, a larger context, or switch thinking off."
	}
	return fault.New(fault.ModelFailed, "The model answered with nothing, twice", why, do)
}

func joinLines(a, b string) string {
	a, b = strings.TrimRight(a, "\n"), strings.TrimRight(b, "\n")
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// wholeValue is said of a last value that was cut: the driver keeps one with a long text in this variable.
const wholeValue = "the variable _ holds the whole value"

// cutMiddle keeps both ends of a long text.
func cutMiddle(s string, most int) string { return cutWhole(s, most, "") }

// cutNote matches what cutWhole says of the whole.
var cutNote = regexp.MustCompile(`left out; [^\n]* …\n`)

// withoutNumber is an observation as it would be without that: equal ones differ in it.
func withoutNumber(observation string) string {
	return cutNote.ReplaceAllString(observation, "left out …\n")
}

// cutWhole is cutMiddle, and says in the note how the whole can be had.
func cutWhole(s string, most int, whole string) string {
	if whole != "" {
		whole = "; " + whole
	}
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s
	}
	r := []rune(s)
	head, tail := most*2/3, most/3
	return fmt.Sprintf("%s\n… %d characters left out%s …\n%s", string(r[:head]), n-head-tail, whole, string(r[n-tail:]))
}
