package script

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sandglass/backend/llm"
)

// talk is a conversation as the demo reads it.
type talk struct {
	task    string
	files   []input
	said    []string // the demo's turns, oldest first
	seen    []string // the observation after each turn; "" while it is awaited
	concede bool     // the agent wants an answer in words now
	images  bool     // it was shown some
}

// input is a file that the task comes with: the variable that holds its path, and the path in the sandbox.
type input struct{ name, path string }

// inputLine is how a prompt lists a file: - `sales`: '/input/sales.csv' (61 kB …)
var inputLine = regexp.MustCompile("(?m)^\\s*[-*]\\s*`([A-Za-z_]\\w*)`\\s*[:=]\\s*['\"](/input/[^'\"\\n]+)['\"]")

// readTalk finds the task, which is the last user message that is neither an observation nor the wish for a
// closing word, and what happened since.
func readTalk(messages []llm.Message) talk {
	var t talk
	images := false
	for _, m := range messages {
		images = images || slices.ContainsFunc(m.Parts, func(p llm.Part) bool { _, ok := p.(llm.Image); return ok })
		switch m.Role {
		case llm.User:
			text := strings.TrimSpace(m.Content())
			switch {
			case strings.HasPrefix(text, "Observation"):
				t.see(text)
			case t.task == "" || strings.HasPrefix(text, "Task:"):
				t = talk{files: t.files}
				t.begin(text)
			default:
				t.concede = true
			}
		case llm.Tool:
			for _, p := range m.Parts {
				if r, ok := p.(llm.Result); ok {
					t.see(r.Text)
				}
			}
		case llm.Assistant:
			said := m.Content()
			for _, p := range m.Parts {
				if c, ok := p.(llm.Call); ok {
					said += string(c.Args)
				}
			}
			t.said, t.seen, t.concede = append(t.said, said), append(t.seen, ""), false
		}
	}
	t.images = images
	return t
}

func (t *talk) begin(text string) {
	task := strings.TrimSpace(strings.TrimPrefix(text, "Task:"))
	for _, m := range inputLine.FindAllStringSubmatch(task, -1) {
		t.files = append(t.files, input{m[1], m[2]})
	}
	// Only the words of the task are matched against the samples, not what is said of its files.
	if i := inputLine.FindStringIndex(task); i != nil {
		task = task[:i[0]]
	}
	if i := strings.Index(task, "\nThese Python variables"); i >= 0 {
		task = task[:i]
	}
	t.task = strings.TrimSpace(task)
	if t.task == "" {
		t.task = text
	}
}

func (t *talk) see(text string) {
	if n := len(t.seen); n > 0 {
		t.seen[n-1] = strings.TrimSpace(t.seen[n-1] + "\n" + text)
	}
}

// last is the newest turn of the demo and what was observed after it; empty at the start.
func (t talk) last() (said, seen string) {
	if n := len(t.said); n > 0 {
		return t.said[n-1], t.seen[n-1]
	}
	return "", ""
}

// ever says whether any turn of the demo held this text.
func (t talk) ever(part string) bool {
	for _, s := range t.said {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// file is the first input whose path ends like this, nil if there is none.
func (t talk) file(like *regexp.Regexp) *input {
	for i := range t.files {
		if like.MatchString(t.files[i].path) {
			return &t.files[i]
		}
	}
	return nil
}

// pyError finds the line of a traceback that names the exception, in an observation.
var pyError = regexp.MustCompile(`(?m)^\s*((?:\w+\.)*\w*(?:Error|Exception|Interrupt|Timeout|StopIteration)\b[^\n]*)$`)

// failed says what an observation's error is: "ValueError: …", "" if there is none.
func failed(seen string) string {
	if !strings.Contains(seen, "Error:\n") && !strings.Contains(seen, "Traceback") {
		if strings.Contains(seen, "The code was stopped:") {
			return "the code was stopped"
		}
		return ""
	}
	if m := pyError.FindAllString(seen, -1); len(m) > 0 {
		return strings.TrimSpace(m[len(m)-1])
	}
	return "an error"
}

// giveUp ends the run honestly.
func (t talk) giveUp(why string) act {
	_, seen := t.last()
	if e := failed(seen); e != "" {
		why += " The last step failed with: " + e + "."
	}
	return answer("My script does not know how to go on from here, so I say so.", why+" "+aboutDemo)
}

// conceded is the closing word when the steps are spent.
func (t talk) conceded() string {
	var seen string
	for _, s := range t.seen {
		if s = strings.TrimSpace(strings.TrimPrefix(s, "Observation:")); s != "" {
			seen = s
		}
	}
	if r := []rune(seen); len(r) > 400 {
		seen = string(r[:400]) + " …"
	}
	if seen == "" {
		seen = "(nothing)"
	}
	return fmt.Sprintf("I had not finished. The last thing that I saw was:\n\n%s\n\nThis demo follows a script; allow it more steps.", seen)
}
