package agent

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"sandglass/backend/tools"
)

//go:embed prompts/*.tmpl
var promptFiles embed.FS

var prompts = template.Must(template.New("").Option("missingkey=error").ParseFS(promptFiles, "prompts/*.tmpl"))

// What a call of the model is for.
const (
	purposeAct     = "act"
	purposeConcede = "concede"
	purposeJudge   = "judge"
	purposePlan    = "plan"
)

// concedeAnswer is for an answer that is checked: words would fail most checks.
const concedeAnswer = "You have used all your steps. Do not go on working: call final_answer now, with the best answer that you can " +
	"give from what you have seen."

const concedeAdvice = "You have used all your steps. Do not go on working: give the best answer to the task that you can " +
	"from what you have seen, in a few sentences, and say what remains unsure. Answer in words, without code."

// SystemPrompt is what the model is told first: how to act, which functions or tools it can call, which modules it may
// import, and the agent's instructions.
func (a *Agent) SystemPrompt() (string, error) { return styleOf(a.Mode).system(a) }

// codePrompt shows the tools as Python signatures with docstrings.
func (a *Agent) codePrompt(structured bool) (string, error) {
	return a.render("code.tmpl", map[string]any{"Structured": structured, "Tools": stubs(append([]tools.Spec{tools.FinalAnswerSpec()}, a.specs()...))})
}

// toolsPrompt lists the tools only for a model that is not offered them natively.
func (a *Agent) toolsPrompt(inText bool) (string, error) {
	data := map[string]any{"InText": inText, "Python": !a.NoPython, "Example": callExample, "Tools": ""}
	if inText {
		data["Tools"] = stubs(a.callable())
	}
	return a.render("tools.tmpl", data)
}

func (a *Agent) render(name string, data map[string]any) (string, error) {
	data["Network"] = a.Network
	data["Imports"], data["Instructions"] = importList(a.imports()), strings.TrimSpace(a.Instructions)
	var b strings.Builder
	if err := prompts.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render the system prompt: %w", err)
	}
	return b.String(), nil
}

func stubs(specs []tools.Spec) string {
	out := make([]string, 0, len(specs))
	for _, s := range specs {
		out = append(out, strings.TrimSpace(tools.PythonStub(s)))
	}
	return strings.Join(out, "\n\n")
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
