package agent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sandglass/backend/llm"
	"sandglass/backend/tools"
)

// callMarks are the ways in which models write tool calls into text. Each pattern's first group is the payload; the
// second, where there is one, the tool's name is in group "name".
var callMarks = []*regexp.Regexp{
	regexp.MustCompile(`(?s)<tool_call>\s*(.*?)\s*(?:</tool_call>|$)`),
	regexp.MustCompile(`(?s)<function=(?P<name>[\w.-]+)>\s*(.*?)\s*(?:</function>|$)`),
	regexp.MustCompile(`(?s)\[TOOL_CALLS\]\s*(.*)`),
	regexp.MustCompile("(?s)```json\\s*\n(.*?)\n?\\s*(?:```|$)"),
	regexp.MustCompile(`(?s)(?:^|\n)\s*Action:\s*(\{.*)`),
	regexp.MustCompile(`(?s)^\s*([\[{].*[\]}])\s*$`),
}

func hasCalls(text string) bool {
	return slices.ContainsFunc(callMarks[:5], func(re *regexp.Regexp) bool { return re.MatchString(text) }) ||
		(callMarks[5].MatchString(text) && strings.Contains(text, `"name"`))
}

// callsInText reads tool calls out of a text and gives what is left of it.
func callsInText(text string) (calls []llm.Call, rest string) {
	for _, re := range callMarks {
		found := re.FindAllStringSubmatchIndex(text, -1)
		if found == nil {
			continue
		}
		name, payload := re.SubexpIndex("name"), 1
		if name > 0 {
			payload = 2
		}
		last := 0
		for _, m := range found {
			body := text[m[2*payload]:m[2*payload+1]]
			if name > 0 {
				if args, ok := readArgs([]byte(body)); ok {
					calls = append(calls, llm.Call{Name: text[m[2*name]:m[2*name+1]], Args: args})
				}
			} else {
				calls = append(calls, readCalls(body)...)
			}
			rest += text[last:m[0]]
			last = m[1]
		}
		if len(calls) > 0 {
			return calls, rest + text[last:]
		}
		rest = ""
	}
	return nil, text
}

// readCalls decodes one JSON object, a list of them, or several one after the other; what follows is ignored.
func readCalls(body string) (calls []llm.Call) {
	dec := json.NewDecoder(strings.NewReader(body))
	for {
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return calls
		}
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		for _, one := range list {
			if c, ok := readCall(one); ok {
				calls = append(calls, c)
			}
		}
	}
}

// readCall accepts the shapes that are about: {"name","arguments"}, with "parameters", "args", "action_input" or
// "input" for the latter, "tool", "tool_name", "function" or "action" for the former, and {"function":{…}} (OpenAI).
func readCall(raw json.RawMessage) (llm.Call, bool) {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return llm.Call{}, false
	}
	var fn map[string]json.RawMessage
	if json.Unmarshal(m["function"], &fn) == nil && fn != nil {
		m = fn
	}
	var c llm.Call
	for _, k := range []string{"name", "tool", "tool_name", "action", "function"} {
		if json.Unmarshal(m[k], &c.Name) == nil && c.Name != "" {
			break
		}
	}
	if c.Name == "" {
		return c, false
	}
	c.Args = json.RawMessage("{}")
	for _, k := range []string{"arguments", "parameters", "args", "action_input", "input"} {
		if v, ok := m[k]; ok {
			if args, ok := readArgs(v); ok {
				c.Args = args
			} else {
				c.Args, _ = json.Marshal(map[string]json.RawMessage{"": v}) // one value: the first parameter's
			}
			break
		}
	}
	return c, true
}

// readArgs accepts an object, or a JSON string that holds one.
func readArgs(raw []byte) (json.RawMessage, bool) {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		raw = []byte(s)
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return json.RawMessage("{}"), true
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil || m == nil {
		return nil, false
	}
	return raw, true
}

// isOnlyCalls says that a block is JSON and not Python that happens to hold some.
func isOnlyCalls(code string) bool {
	code = strings.TrimSpace(code)
	return strings.HasPrefix(code, "{") || strings.HasPrefix(code, "[") || strings.HasPrefix(code, "<")
}

// callAction turns tool calls into the Python that makes them, so that both kinds of models drive one agent.
func callAction(thought string, calls []llm.Call, specs []tools.Spec, mended []string) Action {
	var code []string
	for i, c := range calls {
		line, ok := callToPython(c, specs, i, len(calls))
		if !ok {
			reason := unknownCall(c.Name, append([]tools.Spec{tools.FinalAnswerSpec()}, specs...))
			return Action{Kind: Broken, Thought: thought, Reason: reason, Advice: "Observation:\n" + reason + "."}
		}
		code = append(code, line)
	}
	return Action{Kind: Code, Thought: cleanThought(thought), Code: strings.Join(code, "\n"), Mended: mended}
}

// callToPython writes the i-th of n calls as Python; it is false if there is no such tool.
func callToPython(c llm.Call, specs []tools.Spec, i, n int) (string, bool) {
	name := matchName(c.Name, specs)
	var args map[string]json.RawMessage
	if json.Unmarshal(c.Args, &args) != nil {
		args = nil
	}
	if isPythonTool(c.Name) && name == "" {
		if code := codeOf(c.Args); code != "" {
			return code, true
		}
	}
	if name == "" {
		return "", false
	}
	keys := make([]string, 0, len(args))
	for k := range args {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var list []string
	for _, k := range keys {
		value := tools.PythonLiteral(args[k])
		if k == "" || (name == "final_answer" && len(args) == 1) {
			list = append(list, value)
		} else {
			list = append(list, k+"="+value)
		}
	}
	call := name + "(" + strings.Join(list, ", ") + ")"
	if name == "final_answer" {
		return call, true
	}
	v := "result"
	if n > 1 {
		v += strconv.Itoa(i + 1)
	}
	return fmt.Sprintf("%s = %s\nprint(%s)", v, call, v), true
}

// matchName finds a tool by its name, forgiving case and - for _.
func matchName(name string, specs []tools.Spec) string {
	norm := func(s string) string {
		s = s[strings.LastIndexAny(s, ".:")+1:]
		return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "-", "_")
	}
	want := norm(name)
	if want == "final_answer" || want == "finalanswer" {
		return "final_answer"
	}
	for _, s := range specs {
		if norm(s.Name) == want {
			return s.Name
		}
	}
	return ""
}

func isPythonTool(name string) bool {
	switch strings.ToLower(name) {
	case "python", "python_interpreter", "code", "code_interpreter", "execute", "execute_python", "ipython", "run_python":
		return true
	}
	return false
}
