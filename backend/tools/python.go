package tools

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// keywords of Python 3.13 (source: keyword.kwlist). The soft ones (match, case, type, _) are valid names.
var keywords = []string{
	"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
	"else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
	"pass", "raise", "return", "try", "while", "with", "yield",
}

// CheckName says why a name cannot be that of a tool or a parameter: it must be an ASCII Python identifier (the
// providers' native tool calls allow no more) of at most 64 characters, and no keyword.
func CheckName(name string) error {
	switch {
	case !identifier.MatchString(name):
		return fmt.Errorf("%q is not a Python identifier: letters, digits and _ only, no digit at the front", name)
	case slices.Contains(keywords, name):
		return fmt.Errorf("%q is a keyword of Python", name)
	case len(name) > 64:
		return fmt.Errorf("%q is longer than 64 characters", name)
	}
	return nil
}

// PythonType is the Python type of what a schema allows: "str", "list[int]", "dict", "int | None", "Any".
func PythonType(s *jsonschema.Schema) string {
	names := []string{}
	for _, t := range types(s) {
		name := map[string]string{"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict",
			"array": "list", "null": "None"}[t]
		if t == "array" && s.Items != nil {
			if item := PythonType(s.Items); item != "Any" {
				name = "list[" + item + "]"
			}
		}
		if name == "" {
			name = "Any"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "Any"
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return strings.Join(names, " | ")
}

func rank(name string) int { // None comes last
	if name == "None" {
		return 1
	}
	return 0
}

// PythonStub shows a tool as the Python function that an agent's code sees, for the system prompt:
//
//	def read_file(path: str, max_lines: int = 200) -> str:
//	    """Reads a text file.
//
//	    Args:
//	        path: which file
//	        max_lines: how many lines
//	    """
func PythonStub(s Spec) string {
	var b strings.Builder
	params := make([]string, 0, len(s.Params))
	documented := false
	for _, p := range s.Params {
		text := p.Name + ": " + p.Type
		switch {
		case p.Default != nil:
			text += " = " + PythonLiteral(p.Default)
		case !p.Required:
			text += " = None"
		}
		params = append(params, text)
		documented = documented || p.Doc != ""
	}
	ret := s.Return
	if ret == "" {
		ret = "Any"
	}
	fmt.Fprintf(&b, "def %s(%s) -> %s:\n", s.Name, strings.Join(params, ", "), ret)
	b.WriteString(`    """` + strings.ReplaceAll(docText(s.Doc), "\n", "\n    "))
	keys := resultKeys(s.Out)
	if !documented && keys == "" {
		b.WriteString("\"\"\"\n")
		return b.String()
	}
	b.WriteString("\n")
	if documented {
		b.WriteString("\n    Args:\n")
	}
	for _, p := range s.Params {
		if p.Doc != "" {
			fmt.Fprintf(&b, "        %s: %s\n", p.Name, strings.ReplaceAll(docText(p.Doc), "\n", "\n            "))
		}
	}
	if keys != "" {
		fmt.Fprintf(&b, "\n    Returns:\n        %s\n", keys)
	}
	b.WriteString("    \"\"\"\n")
	return b.String()
}

// docText makes a text safe inside a docstring: a tool from elsewhere must not be able to end it.
func docText(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), `\`, `\\`)
	s = strings.ReplaceAll(s, `"""`, `'''`)
	if strings.HasSuffix(s, `"`) { // would run into the closing quotes
		s += " "
	}
	return s
}

// resultKeys tells the keys of a result that is a dict, or a list of them; models guess them wrong otherwise.
func resultKeys(out json.RawMessage) string {
	var s jsonschema.Schema
	if len(out) == 0 || json.Unmarshal(out, &s) != nil {
		return ""
	}
	lead, obj := "a dict with ", &s
	if s.Items != nil && slices.Contains(types(&s), "array") {
		lead, obj = "each a dict with ", s.Items
	}
	if len(obj.Properties) == 0 {
		return ""
	}
	names := obj.PropertyOrder
	if len(names) == 0 {
		for name := range obj.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
	}
	for i, name := range names {
		p := obj.Properties[name]
		names[i] = fmt.Sprintf("%q: %s", name, PythonType(p))
		if p != nil && p.Description != "" {
			names[i] += " (" + docText(p.Description) + ")"
		}
	}
	return lead + strings.Join(names, ", ")
}

// PythonLiteral writes a JSON value as Python: null as None, true as True. What is no JSON becomes None.
func PythonLiteral(data json.RawMessage) string {
	v, err := decode(data)
	if err != nil {
		return "None"
	}
	return literal(v)
}

func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case []any:
		items := make([]string, len(v))
		for i, e := range v {
			items[i] = literal(e)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		items := make([]string, 0, len(v))
		for k, e := range v {
			items = append(items, literal(k)+": "+literal(e))
		}
		slices.Sort(items)
		return "{" + strings.Join(items, ", ") + "}"
	}
	var b strings.Builder
	enc := json.NewEncoder(&b) // JSON's strings and numbers are valid Python
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "None"
	}
	return strings.TrimSpace(b.String())
}

// FinalAnswerSpec describes final_answer for prompts. There is no such Tool: the sandbox's driver and the loop know
// it, because it ends the run.
func FinalAnswerSpec() Spec {
	return Spec{
		Name:   "final_answer",
		Doc:    "Gives the final answer to the task and ends the run.",
		Params: []Param{{Name: "answer", Type: "Any", Doc: "the answer: a text, a number, a list, a dict, a table …", Required: true}},
		In: json.RawMessage(`{"type":"object","properties":{"answer":{"description":"the answer: a text, a number, a list, a dict, a table …"}},` +
			`"required":["answer"],"additionalProperties":false}`),
		Out:    json.RawMessage(`{}`),
		Return: "None",
	}
}
