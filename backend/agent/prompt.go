package agent

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"sandglass/backend/tools"
)

//go:embed prompts/*.tmpl
var promptFiles embed.FS

// The texts that a person can replace for an agent, by name.
const (
	promptCode   = "code"   // system prompt of an agent that writes Python
	promptTools  = "tools"  // system prompt of an agent that calls tools
	promptPlan   = "plan"   // asks for the first plan
	promptReplan = "replan" // asks for a new one
	promptFinal  = "final"  // asks for the answer when the steps are spent
	// Of an agent that another one calls:
	promptManaged = "managed" // tells it the task
	promptReport  = "report"  // tells its manager the answer
)

// PromptNames are the names of the texts, the system prompts first.
func PromptNames() []string {
	return []string{promptCode, promptTools, promptPlan, promptReplan, promptFinal, promptManaged, promptReport}
}

// Placeholders are what a system prompt's template is filled with; the other texts have none.
func Placeholders() []string {
	return []string{"Tools", "Team", "Imports", "Instructions", "Network", "Structured", "Short", "InText", "Python", "Example"}
}

// ownSpecs are the agent's tools without its team, which is told apart.
func (a *Agent) ownSpecs() []tools.Spec {
	_, own := membersOf(a.Tools)
	return (&Agent{Tools: own}).specs()
}

// isSystem says that a text is the template of a system prompt.
func isSystem(name string) bool { return name == promptCode || name == promptTools }

// DefaultPrompt is a text as it is unless an agent has its own.
func DefaultPrompt(name string) string {
	switch name {
	case promptPlan:
		return planAdvice
	case promptReplan:
		return replanAdvice
	case promptFinal:
		return concedeAdvice
	case promptManaged:
		return managedAdvice
	case promptReport:
		return reportAdvice
	}
	text, err := promptFiles.ReadFile("prompts/" + name + ".tmpl")
	if err != nil { // they are embedded; a test renders each
		panic(err)
	}
	return string(text)
}

// maxPrompt bounds a rendered prompt, in bytes: a template can loop.
const maxPrompt = 256 << 10

// ValidPrompt says what is wrong with a text of the agent's own: a template that cannot be read, a placeholder that
// there is not, or one that must be there.
func (a *Agent) ValidPrompt(name, text string) error {
	if !slices.Contains(PromptNames(), name) {
		return fmt.Errorf("there is no prompt %q; the prompts are %s", name, strings.Join(PromptNames(), ", "))
	}
	if name == promptManaged || name == promptReport {
		return a.validManaged(name, text)
	}
	if !isSystem(name) {
		return nil
	}
	trial := *a
	trial.Prompts = map[string]string{name: text}
	mark := "«the tools stand here»"
	got, err := trial.render(name, map[string]any{"Tools": mark, "Structured": false, "InText": true, "Python": true, "Example": callExample})
	if err != nil {
		return err
	}
	if !strings.Contains(got, mark) {
		return fmt.Errorf("the prompt lacks {{.Tools}}: the agent would not know what it can call")
	}
	return nil
}

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
	return a.render(promptCode, map[string]any{"Structured": structured, "Tools": stubs(append([]tools.Spec{tools.FinalAnswerSpec()}, a.ownSpecs()...))})
}

// toolsPrompt lists the tools only for a model that is not offered them natively.
func (a *Agent) toolsPrompt(inText bool) (string, error) {
	data := map[string]any{"InText": inText, "Python": !a.NoPython, "Example": callExample, "Tools": ""}
	if inText {
		data["Tools"] = stubs(a.callableOf(a.ownSpecs()))
	}
	return a.render(promptTools, data)
}

// render fills the template of a system prompt, the agent's own or the default.
func (a *Agent) render(name string, data map[string]any) (string, error) {
	data["Network"], data["Short"] = a.Network, a.Short
	text := cmp.Or(a.Prompts[name], DefaultPrompt(name))
	if team := teamStubs(a.Tools); !strings.Contains(text, ".Team") && data["Tools"] != "" {
		data["Tools"] = strings.TrimSpace(fmt.Sprint(data["Tools"], "\n\n", team)) // a text of the agent's own from before it had a team
	} else {
		data["Team"] = team
	}
	data["Imports"], data["Instructions"] = importList(a.imports()), strings.TrimSpace(a.Instructions)
	for _, p := range Placeholders() { // each may stand in any of them
		if _, ok := data[p]; !ok {
			data[p] = ""
		}
	}
	t, err := template.New(name).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("the prompt %q is no template: %w", name, err)
	}
	b := &bounded{most: maxPrompt}
	if err := t.Execute(b, data); err != nil {
		var exec template.ExecError
		if errors.As(err, &exec) && strings.Contains(err.Error(), "map has no entry for key") {
			return "", fmt.Errorf("the prompt %q has a placeholder that there is not; there are {{.%s}}: %w", name, strings.Join(Placeholders(), "}}, {{."), err)
		}
		return "", fmt.Errorf("render the prompt %q: %w", name, err)
	}
	return b.String(), nil
}

// bounded is a Builder that does not grow for ever.
type bounded struct {
	strings.Builder
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, fmt.Errorf("it is longer than %d bytes", b.most)
	}
	return b.Builder.Write(p)
}

// Tokens estimates how many tokens a text has: English and code have about 3.5 characters for one, scripts without
// spaces nearly one for each character. Servers count; this is for before they did. Of the start of an agent, the tokenizers
// of today's models make 3 to 21 % less, Mistral 7B's up to 10 % more (bench/tokens).
func Tokens(text string) int {
	wide, other := 0, 0
	for _, r := range text {
		if r >= 0x2E80 {
			wide++
		} else {
			other++
		}
	}
	return wide + (other*2+6)/7
}

func stubs(specs []tools.Spec) string {
	out := make([]string, 0, len(specs))
	for _, s := range specs {
		out = append(out, strings.TrimSpace(tools.PythonStub(s)))
	}
	return strings.Join(out, "\n\n")
}

// importList names the modules that a model is likely to want; of the others it is told how many there are. All of them
// would take a tenth of the prompt; the ImportError of a module that is not allowed lists them.
func importList(imports []string) string {
	var names []string
	for _, m := range imports {
		if m == "*" {
			return "any module of the standard library."
		}
		if m = strings.TrimSuffix(m, ".*"); !slices.Contains(seldom, m) {
			names = append(names, m)
		}
	}
	if more := len(imports) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ") + "."
}

// seldom are modules of the default list and of the runtime that models hardly ever import, or take for granted.
var seldom = strings.Fields(`queue stat unicodedata base64 bisect calendar dataclasses decimal enum fractions hashlib heapq
	html http.client http.cookiejar operator sqlite3 string textwrap typing uuid xml.etree zoneinfo
	altair charset_normalizer dateutil html5lib jinja2 jsonschema mpmath pytz six tabulate urllib3 xlrd xlsxwriter`)
