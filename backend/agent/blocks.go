package agent

import (
	"regexp"
	"strings"
)

// Tags that hold code in some models' replies, opening and closing. <|python_tag|> has no closing tag (Llama 3).
var codeTags = []struct{ open, close string }{
	{"<code>", "</code>"},
	{"<execute>", "</execute>"},
	{"<python>", "</python>"},
	{"<tool_code>", "</tool_code>"},
	{"<|python_tag|>", "<|eom_id|>"},
}

// pythonInfo are the info strings of fences that hold Python; a bare fence does too.
var pythonInfo = map[string]bool{
	"": true, "python": true, "py": true, "python3": true, "python2": true, "py3": true, "tool_code": true,
	"ipython": true, "ipython3": true, "pycon": true, "python-repl": true, "code": true,
}

var fenceLine = regexp.MustCompile("^([ \t]*(?:>[ \t]*)?)(`{3,}|~{3,})[ \t]*([^\n`]*)$")

// codeBlocks finds the blocks of Python in a text, in order, and the prose around them. open says that the last
// block has no end. Fences of other languages (json, bash, output) are neither code nor thought.
func codeBlocks(text string) (blocks []block, prose string, open bool) {
	text, tagOpen := tagsToFences(text)
	var out, cur []string
	var fence, indent string // of the block that is open
	python := false
	for line := range strings.SplitSeq(text, "\n") {
		m := fenceLine.FindStringSubmatch(line)
		switch {
		case fence == "" && m != nil:
			fence, indent, cur = m[2], m[1], nil
			python = isPython(m[3])
		case fence == "" || (m == nil && !closesInline(line, fence)):
			if fence == "" {
				out = append(out, line)
			} else {
				cur = append(cur, strings.TrimPrefix(line, indent))
			}
		case m != nil && !closes(m, fence): // a fence inside the block: the inner one of <code>```python
			if !isPython(m[3]) || len(strings.TrimSpace(strings.Join(cur, ""))) > 0 {
				cur = append(cur, strings.TrimPrefix(line, indent))
			}
		default:
			if m == nil { // code and closing fence on one line
				cur = append(cur, strings.TrimSuffix(strings.TrimRight(line, " \t"), fence))
			}
			if python {
				blocks = append(blocks, block{dedent(cur)})
			}
			fence = ""
		}
	}
	if fence != "" && python {
		blocks, open = append(blocks, block{dedent(cur)}), !tagOpen
	}
	return blocks, strings.Join(out, "\n"), open
}

func isPython(info string) bool {
	info = strings.ToLower(strings.TrimSpace(info))
	first, _, _ := strings.Cut(info, " ")
	return pythonInfo[strings.Trim(first, "{}.")]
}

func closes(m []string, fence string) bool {
	return strings.TrimSpace(m[3]) == "" && m[2][0] == fence[0] && len(m[2]) >= len(fence)
}

// closesInline is a last line such as `final_answer(1)```: the fence stands behind the code.
func closesInline(line, fence string) bool {
	line = strings.TrimRight(line, " \t")
	return fence[0] == '`' && strings.HasSuffix(line, fence) && strings.Count(line, fence) == 1
}

// tagsToFences turns code tags into fences, and drops a fence that stands just inside a tag.
func tagsToFences(text string) (_ string, unclosed bool) {
	for _, tag := range codeTags {
		for {
			i := strings.Index(text, tag.open)
			if i < 0 {
				break
			}
			before, rest := text[:i], text[i+len(tag.open):]
			body, after, closed := strings.Cut(rest, tag.close)
			if !closed {
				after = ""
				unclosed = tag.open == "<|python_tag|>" // which needs no end
			}
			body = innerFence(body)
			end := "\n~~~~~~\n"
			if !closed && !unclosed {
				end = ""
			}
			text = strings.TrimRight(before, " \t") + "\n~~~~~~python\n" + body + end + after
		}
		text = strings.ReplaceAll(text, tag.close, "")
	}
	return text, unclosed
}

var inner = regexp.MustCompile("^\\s*`{3,}[\\w ]*\n?((?s).*?)\n?`{0,}\\s*$")

// innerFence strips the fence of <code>```python … ```</code>.
func innerFence(body string) string {
	if strings.HasPrefix(strings.TrimSpace(body), "```") {
		if m := inner.FindStringSubmatch(body); m != nil {
			return m[1]
		}
	}
	return strings.Trim(body, "\n")
}

// dedent removes the indentation that all lines share, and the prompts of an interactive session.
func dedent(lines []string) string {
	shared, session := -1, false
	for _, l := range lines {
		if strings.TrimSpace(l) == "" {
			continue
		}
		n := len(l) - len(strings.TrimLeft(l, " \t"))
		if shared < 0 || n < shared {
			shared = n
		}
		session = session || strings.HasPrefix(strings.TrimSpace(l), ">>> ")
	}
	var out []string
	for _, l := range lines {
		if shared > 0 && len(l) >= shared {
			l = l[shared:]
		}
		if session {
			if !strings.HasPrefix(l, ">>>") && !strings.HasPrefix(l, "...") {
				continue // output of the session
			}
			l = strings.TrimPrefix(l[3:], " ")
		}
		out = append(out, l)
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}
