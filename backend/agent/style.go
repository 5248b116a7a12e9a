package agent

import (
	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/tools"
)

// style is a way of acting: what a model is told of it, what a request for it looks like, and what a reply means.
// The loop, the memory and the log are the same for all.
type style interface {
	// system renders the system prompt.
	system(a *Agent) (string, error)
	// prepare completes a request for an action, or for the answer after the last step: tools, schema, stop strings.
	prepare(a *Agent, req *llm.Request, purpose string)
	read(a *Agent, reply llm.Reply, parses func(string) bool) Action
	// show makes what streams in readable for those who watch; nil to leave it as it comes.
	show() *freely
	// simpler is what to try when the model refuses this; "" if there is nothing simpler.
	simpler() event.Mode
}

func styleOf(m event.Mode) style {
	switch m {
	case event.ModeStructured:
		return structuredStyle{}
	case event.ModeTools:
		return callStyle{}
	case event.ModeToolsInText:
		return callStyle{inText: true}
	}
	return codeStyle{}
}

// codeStyle acts by a block of Python.
type codeStyle struct{}

func (codeStyle) system(a *Agent) (string, error)              { return a.codePrompt(false) }
func (codeStyle) prepare(_ *Agent, req *llm.Request, _ string) { req.Stop = stops }
func (codeStyle) simpler() event.Mode                          { return "" }
func (codeStyle) show() *freely                                { return nil }
func (codeStyle) read(a *Agent, reply llm.Reply, parses func(string) bool) Action {
	return Read(reply, a.specs(), parses)
}

// callStyle acts by tool calls: the model's native ones, or such that it writes into its text.
type callStyle struct{ inText bool }

func (s callStyle) system(a *Agent) (string, error) { return a.toolsPrompt(s.inText) }

func (s callStyle) prepare(a *Agent, req *llm.Request, _ string) {
	if s.inText { // a model without native calls would make up the results as well
		req.Stop = stops
		return
	}
	for _, spec := range a.callable() {
		req.Tools = append(req.Tools, llm.ToolSpec{Name: spec.Name, Description: spec.Doc, Parameters: spec.In})
	}
}

func (s callStyle) show() *freely { return nil }

func (s callStyle) simpler() event.Mode {
	if s.inText {
		return ""
	}
	return event.ModeToolsInText
}

func (s callStyle) read(a *Agent, reply llm.Reply, parses func(string) bool) Action {
	return readToolCalls(reply, s.inText, !a.NoPython, parses)
}

// callable are the tools that a model may call itself.
func (a *Agent) callable() []tools.Spec { return a.callableOf(a.specs()) }

func (a *Agent) callableOf(own []tools.Spec) []tools.Spec {
	specs := []tools.Spec{tools.FinalAnswerSpec()}
	if !a.NoPython {
		specs = append(specs, pythonSpec(a.imports(), a.Network))
	}
	return append(specs, own...)
}
