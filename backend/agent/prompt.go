package agent

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"sandglass/backend/tools"
)

//go:embed prompts/code.tmpl
var codePrompt string

var codeTemplate = template.Must(template.New("code").Option("missingkey=error").Parse(codePrompt))

const concedeAdvice = "You have used all your steps. Do not go on working: give the best answer to the task that you can " +
	"from what you have seen, in a few sentences, and say what remains unsure. Answer in words, without code."

// SystemPrompt is what the model is told first: how to act, which functions it can call (as Python signatures with
// docstrings), which modules it may import, and the agent's instructions.
func (a *Agent) SystemPrompt() (string, error) {
	var stubs []string
	for _, s := range append([]tools.Spec{tools.FinalAnswerSpec()}, a.specs()...) {
		stubs = append(stubs, strings.TrimSpace(tools.PythonStub(s)))
	}
	var b strings.Builder
	err := codeTemplate.Execute(&b, struct {
		Imports, Instructions, Tools string
	}{importList(a.imports()), strings.TrimSpace(a.Instructions), strings.Join(stubs, "\n\n")})
	if err != nil {
		return "", fmt.Errorf("render the system prompt: %w", err)
	}
	return b.String(), nil
}

func importList(imports []string) string {
	for _, i := range imports {
		if i == "*" {
			return "any module of the standard library."
		}
	}
	names := make([]string, len(imports))
	for i, m := range imports {
		names[i] = strings.TrimSuffix(m, ".*")
	}
	return strings.Join(names, ", ") + "."
}
