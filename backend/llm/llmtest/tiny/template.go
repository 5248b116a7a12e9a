package tiny

import (
	"fmt"
	"strings"
)

// Line is a line of a script: if the conversation fits, the model says Reply. The first line that fits counts.
type Line struct {
	First string // the first user message begins with this; "" fits any
	Last  string // the last message begins with this
	Exact bool   // the last message is Last, as a whole
	Reply string
}

// chatML is a Modelfile TEMPLATE with system, tools, calls and results. The text before .ToolCalls' range, "<tool_call>",
// is the tag that the server's parser looks for in replies; %s takes the place for past thoughts, by which the server
// tells that a model can think, and with which tags (source: thinking.InferTags of v0.17.4).
const chatML = `{{- if or .System .Tools }}<|im_start|>system
{{ .System }}
{{- if .Tools }}
# Tools
{{ .Tools }}
{{- end }}<|im_end|>
{{ end }}
{{- range .Messages }}
{{- if eq .Role "user" }}<|im_start|>user
{{ .Content }}<|im_end|>
{{ else if eq .Role "assistant" }}<|im_start|>assistant
%s{{ .Content }}
{{- if .ToolCalls }}<tool_call>
{{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}{{ end }}
</tool_call>
{{- end }}<|im_end|>
{{ else if eq .Role "tool" }}<|im_start|>user
<tool_response>
{{ .Content }}
</tool_response><|im_end|>
{{ end }}
{{- end }}<|im_start|>assistant
`

// Plain is the template of models without tools.
const Plain = `{{- if .System }}<|im_start|>system
{{ .System }}<|im_end|>
{{ end }}
{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`

// template ends the prompt with the cue of the line that fits.
func template(lines []Line, none string, thinking bool) string {
	thoughts := ""
	if thinking {
		thoughts = "{{ if .Thinking }}<think>\n{{ .Thinking }}\n</think>\n{{ end }}"
	}
	var b strings.Builder
	fmt.Fprintf(&b, chatML, thoughts)
	b.WriteString(`{{ $first := "" }}{{ $last := "" }}{{ range .Messages }}{{ $last = .Content }}`)
	b.WriteString(`{{ if and (eq $first "") (eq .Role "user") }}{{ $first = .Content }}{{ end }}{{ end }}`)
	if len(lines) == 0 {
		return b.String() + none
	}
	b.WriteString("{{ ")
	for i, l := range lines {
		test := begins("$last", l.Last)
		if l.Exact {
			test = fmt.Sprintf("(eq $last %q)", l.Last)
		}
		if l.First != "" {
			test = "(and " + begins("$first", l.First) + " " + test + ")"
		}
		fmt.Fprintf(&b, "if %s }}%s{{ else ", test, cue(i))
	}
	b.WriteString("}}" + none + "{{ end }}")
	return b.String()
}

// begins is a test in the template's language, whose and stops at the first false.
func begins(variable, prefix string) string {
	return fmt.Sprintf("(and (ge (len %[1]s) %[2]d) (eq (slice %[1]s 0 %[2]d) %[3]q))", variable, len(prefix), prefix)
}
