package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/tools"
)

// pythonTool is the tool that runs code in the run's sandbox. Like final_answer it is none of the host's: the loop
// runs it, so that variables, files and errors are recorded as those of any code.
const pythonTool = "python"

func pythonSpec(imports []string, network bool) tools.Spec {
	reach := "There is no internet and no shell; files "
	if network {
		reach = "Web addresses can be read with urllib.request, the user decides which hosts; there is no shell. Files "
	}
	doc := "Runs Python in a sandbox and gives what it printed, the value of its last line, or its error. Variables, functions " +
		"and imports stay from call to call. Use it to compute, to count and to read data. " + reach +
		"given with the task are in /input, and what is written to the current folder goes to the user. The other tools can be " +
		"called in it as functions. It may import: " + importList(imports)
	schema, err := json.Marshal(map[string]any{
		"type":       "object",
		"properties": map[string]any{"code": map[string]any{"type": "string", "description": "the code; print() what you need to see"}},
		"required":   []string{"code"}, "additionalProperties": false,
	})
	if err != nil { // constants always encode
		panic(err)
	}
	return tools.Spec{
		Name: pythonTool, Doc: doc, In: schema, Out: json.RawMessage(`{"type":"string"}`), Return: "str",
		Params: []tools.Param{{Name: "code", Type: "str", Doc: "the code; print() what you need to see", Required: true}},
	}
}

const (
	adviceOtherCalls = "The answer was not taken, because other tools were called in the same reply. Look at their results, then call " +
		"final_answer alone."
	adviceToolProse = "Your reply held no tool call. If that was your final answer, give it by calling final_answer with it. Otherwise " +
		"call the tool for the next step."
	adviceBadCall = "Your tool call could not be read, so nothing was done. Write it as JSON, in this form:\n" + callExample
	callExample   = "<tool_call>\n{\"name\": \"tool_name\", \"arguments\": {\"argument\": \"value\"}}\n</tool_call>"
	answerTaken   = "The answer was given."
)

// atOnce bounds the calls of one reply that go on at the same time.
const atOnce = 8

// readToolCalls finds the calls in a reply: native ones, those that a model wrote into its text, or code, which it
// means to be run.
func readToolCalls(reply llm.Reply, inText, python bool, parses func(string) bool) Action {
	text, mended := normalise(reply.Text)
	if len(reply.Calls) > 0 {
		return Action{Kind: Calling, Thought: cleanThought(text), Calls: reply.Calls, Mended: mended}
	}
	if cut := imitation.FindStringIndex(text); cut != nil {
		text, mended = text[:cut[0]], append(mended, "an observation that the model made up was cut off")
	}
	if hasCalls(text) {
		calls, rest := callsInText(text)
		if len(calls) > 0 {
			if !inText {
				mended = append(mended, "a tool call in the text was taken as one")
			}
			return Action{Kind: Calling, Thought: cleanThought(rest), Calls: calls, Mended: mended}
		}
		if strings.Contains(text, "<tool_call>") || strings.Contains(text, "<function=") || strings.Contains(text, "[TOOL_CALLS]") {
			return broken("a tool call that could not be read", observed(adviceBadCall))
		}
	}
	if blocks, prose, open := codeBlocks(text); python && len(blocks) > 0 {
		if code, _ := joinBlocks(blocks); strings.TrimSpace(code) != "" && (!open || parses(code)) {
			call := llm.Call{Name: pythonTool, Args: codeArgs(code)}
			return Action{Kind: Calling, Thought: cleanThought(prose), Calls: []llm.Call{call}, Mended: append(mended, "code in the text was taken as a call of python")}
		}
	}
	return Action{Kind: Prose, Thought: cleanThought(text), Reason: "The reply holds no tool call", Advice: observed(adviceToolProse)}
}

func observed(text string) string { return "Observation:\n" + text }

func codeArgs(code string) json.RawMessage {
	data, err := json.Marshal(map[string]string{"code": code})
	if err != nil { // a string always encodes
		return json.RawMessage(`{}`)
	}
	return data
}

// call makes the calls of a reply and gives the answer, if one was given. All run at the same time, but for Python:
// its calls follow each other, because there is one session. An error is ours or the user's Stop.
func (r *run) call(ctx context.Context, span int64, action Action) (*event.Value, error) {
	calls := r.named(withIDs(action.Calls, r.steps))
	if _, err := r.record(ctx, span, event.CallsMade{Thought: action.Thought, Calls: calls, Mended: action.Mended}); err != nil {
		return nil, err
	}
	outcomes := make([]callOutcome, len(calls))
	free := make(chan struct{}, atOnce)
	var python []int
	var wg sync.WaitGroup
	for i, c := range calls {
		if r.isPython(c) {
			python = append(python, i)
			continue
		}
		p := r.prepare(c, calls)
		id, err := r.record(ctx, span, event.ToolStarted{Name: p.name, Args: p.args, Call: c.ID})
		if err != nil {
			outcomes[i].err = err
			break
		}
		if p.tool == nil {
			outcomes[i] = r.carryOut(ctx, id, p)
			continue
		}
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			outcomes[i] = r.carryOut(ctx, id, p)
		})
	}
	for _, i := range python {
		if outcomes[i] = r.callPython(ctx, span, calls[i]); outcomes[i].err != nil {
			break
		}
	}
	wg.Wait()
	return r.weigh(ctx, span, calls, outcomes)
}

// callOutcome is what came of one call: the text that the model gets, an answer, or why the run cannot go on.
type callOutcome struct {
	text   string
	answer *event.Value
	err    error
}

// weigh looks at all calls of a reply together: the first answer counts, and repetition is noticed.
func (r *run) weigh(ctx context.Context, span int64, calls []llm.Call, outcomes []callOutcome) (*event.Value, error) {
	var answer *event.Value
	var did, got strings.Builder
	for i, o := range outcomes {
		if o.err != nil {
			return nil, o.err
		}
		if answer == nil {
			answer = o.answer
		}
		fmt.Fprintf(&did, "%s(%s)\n", calls[i].Name, calls[i].Args)
		fmt.Fprintf(&got, "%s\n", o.text)
	}
	if answer != nil {
		return answer, nil
	}
	return nil, r.watchForLoop(ctx, span, did.String(), got.String(), callLoopAdvice)
}

func (r *run) isPython(c llm.Call) bool {
	return !r.agent.NoPython && c.Name == pythonTool && strings.TrimSpace(codeOf(c.Args)) != ""
}

// named puts tools and parameters into the calls as they are really called: what is retold is what a model imitates.
func (r *run) named(calls []llm.Call) []llm.Call {
	for i, c := range calls {
		switch name := matchName(c.Name, r.agent.specs()); {
		case name == "final_answer":
			calls[i].Name = name
		case name != "":
			calls[i].Name, calls[i].Args = name, byName(c.Args, r.agent.tool(name).Spec())
		case isPythonTool(c.Name) && !r.agent.NoPython:
			calls[i].Name = pythonTool
			if code := codeOf(c.Args); code != "" {
				calls[i].Args = codeArgs(code)
			}
		}
	}
	return calls
}

// callPython runs the code of a call in the session.
func (r *run) callPython(ctx context.Context, span int64, c llm.Call) callOutcome {
	out, err := r.act(ctx, span, Action{Code: codeOf(c.Args)}, c.ID)
	return callOutcome{text: Observe(out, ""), answer: out.Final, err: err}
}

// codeOf finds the code among the names that models give it.
func codeOf(args json.RawMessage) string {
	var named map[string]json.RawMessage
	if json.Unmarshal(args, &named) != nil {
		return ""
	}
	for _, k := range []string{"code", "python", "source", "script", "input", "query", ""} {
		var code string
		if json.Unmarshal(named[k], &code) == nil && code != "" {
			return code
		}
	}
	return ""
}

// prepared is a call about to be made: by tool, unless it is refused or gives the answer.
type prepared struct {
	name    string
	args    json.RawMessage
	tool    tools.Tool
	refused string // why it is not made
	answer  *event.Value
}

// prepare finds what a call means, and whether it can be made.
func (r *run) prepare(c llm.Call, all []llm.Call) prepared {
	p := prepared{name: c.Name, args: c.Args}
	tool := r.agent.tool(c.Name)
	switch {
	case c.Name == "final_answer" && !allAnswers(all):
		p.refused = adviceOtherCalls
	case c.Name == "final_answer":
		var err error
		if p.answer, err = answerOf(c.Args); err != nil {
			p.refused = err.Error()
		}
	case tool != nil:
		args, err := tool.Spec().Validate(c.Args)
		if err != nil {
			p.refused = err.Error()
			break
		}
		p.tool, p.args = tool, args
	case c.Name == pythonTool && !r.agent.NoPython:
		p.refused = "python() misses the argument \"code\" (str: the code)"
	default:
		p.refused = unknownCall(c.Name, r.agent.callable())
	}
	return p
}

// carryOut makes a prepared call, whose ToolStarted is id, and records what came of it.
func (r *run) carryOut(ctx context.Context, id int64, p prepared) callOutcome {
	begun := time.Now()
	done := event.ToolFinished{Name: p.name, Error: p.refused}
	whole := "" // the result, if it was cut
	switch {
	case p.tool != nil:
		result, err := safely(withSpan(ctx, id), p.tool, p.args)
		if ctx.Err() != nil {
			return callOutcome{err: ctx.Err()}
		}
		text := ""
		if err == nil {
			text = told(p.tool, result, resultText)
		}
		done.Result, done.Bytes = cutWhole(text, maxLogs, r.whereWhole(id)), int64(len(text))
		if len(done.Result) != len(text) {
			whole = text
		}
		if err != nil {
			whole, done.Result, done.Error = "", "", cutMiddle(err.Error(), maxError)
		}
	case p.answer != nil:
		done.Result = answerTaken
	}
	done.DurationMS = time.Since(begun).Milliseconds()
	if _, err := r.record(ctx, id, done); err != nil {
		return callOutcome{err: err}
	}
	if whole != "" {
		if err := r.keepWhole(ctx, id, []byte(whole)); err != nil {
			return callOutcome{err: err}
		}
		done.Result = cutMiddle(whole, maxLogs) // without the number, for those who compare
	}
	return callOutcome{text: toolText(done), answer: p.answer}
}

// safely makes a crash of a tool its error. It runs in a goroutine of its own, where nobody else would catch it.
func safely(ctx context.Context, t tools.Tool, args json.RawMessage) (result json.RawMessage, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, &tools.Crash{Tool: t.Spec().Name, Panic: p, Stack: string(debug.Stack())}
		}
	}()
	return t.Call(ctx, args)
}

// resultText is a tool's result in words: a string as it is, anything else as JSON.
func resultText(result json.RawMessage) string {
	var s string
	if json.Unmarshal(result, &s) == nil {
		return s
	}
	return string(result)
}

// byName names the one value that a model gave without a name (see readCall).
func byName(args json.RawMessage, spec tools.Spec) json.RawMessage {
	var named map[string]json.RawMessage
	if json.Unmarshal(args, &named) != nil || len(named) != 1 || named[""] == nil || len(spec.Params) == 0 {
		return args
	}
	out, err := json.Marshal(map[string]json.RawMessage{spec.Params[0].Name: named[""]})
	if err != nil {
		return args
	}
	return out
}

// unknownCall is the error for a tool that is not there; it lists those that are.
func unknownCall(name string, specs []tools.Spec) string {
	names := make([]string, 0, len(specs))
	for _, s := range specs {
		names = append(names, s.Name)
	}
	return fmt.Sprintf("There is no tool %q; the tools are: %s", name, strings.Join(names, ", "))
}

// allAnswers says that a reply holds one answer, perhaps several times (some models repeat themselves), and no other call.
func allAnswers(calls []llm.Call) bool {
	return !slices.ContainsFunc(calls, func(c llm.Call) bool {
		return c.Name != "final_answer" || string(c.Args) != string(calls[0].Args)
	})
}

// withIDs gives an ID to calls that have none, or one that another has.
func withIDs(calls []llm.Call, step int) []llm.Call {
	out := slices.Clone(calls)
	seen := map[string]bool{}
	for i := range out {
		if out[i].ID == "" || seen[out[i].ID] {
			out[i].ID = fmt.Sprintf("step%d_call%d", step, i+1)
		}
		seen[out[i].ID] = true
	}
	return out
}

// answerOf is the answer that final_answer was called with, however its argument is called.
func answerOf(args json.RawMessage) (*event.Value, error) {
	var named map[string]json.RawMessage
	if err := json.Unmarshal(args, &named); err != nil {
		return nil, fmt.Errorf("the arguments of final_answer() are not a JSON object: %w", err)
	}
	if v, ok := named["answer"]; ok && len(named) == 1 {
		return valueOf(v), nil
	}
	switch len(named) {
	case 0:
		return nil, fmt.Errorf("final_answer() misses the argument \"answer\" (Any: the answer)")
	case 1:
		for _, v := range named {
			return valueOf(v), nil
		}
	}
	return valueOf(args), nil
}
