package agent

import (
	"encoding/json"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// structuredStyle acts by Python as well, but writes thought and code as JSON that follows a schema: a small model that
// loses itself in free text cannot miss its form. A server that takes no schema gets the free form.
type structuredStyle struct{}

var actionSchema = json.RawMessage(`{"type":"object","properties":{"thought":{"type":"string"},"code":{"type":"string"}},` +
	`"required":["thought","code"],"additionalProperties":false}`)

func (structuredStyle) system(a *Agent) (string, error) { return a.codePrompt(true) }
func (structuredStyle) show() *freely                   { return &freely{} }
func (structuredStyle) simpler() event.Mode             { return event.ModeCode }

func (structuredStyle) prepare(_ *Agent, req *llm.Request, purpose string) {
	if purpose == purposeAct {
		req.Format = actionSchema
	}
}

func (structuredStyle) read(a *Agent, reply llm.Reply, parses func(string) bool) Action {
	text, mended := normalise(reply.Text)
	said, ok := readActionJSON(text)
	switch {
	case !ok && reply.Finish == llm.FinishLength:
		return broken("an action that was cut off at the limit of tokens", adviceCutOffJSON)
	case !ok: // the server does not mind the schema, or it was not sent
		action := Read(reply, a.specs(), parses)
		if action.Kind == Code {
			action.Mended = append(action.Mended, "the reply was not in the form that was asked for")
		}
		return action
	}
	code := said.Code
	if blocks, _, _ := codeBlocks(code); len(blocks) > 0 && strings.HasPrefix(strings.TrimSpace(code), "```") {
		code, _ = joinBlocks(blocks)
		mended = append(mended, "a fence around the code was taken off")
	}
	if strings.TrimSpace(code) == "" {
		return Action{Kind: Prose, Thought: said.Thought, Reason: "The reply holds no code", Advice: adviceProseJSON}
	}
	return Action{Kind: Code, Thought: strings.TrimSpace(said.Thought), Code: code, Mended: mended}
}

const (
	adviceProseJSON = "Observation:\nThere was no code in your reply. If that was your final answer, give it in \"code\", as " +
		"final_answer(\"your answer\"). Otherwise write the Python of the next step there."
	adviceCutOffJSON = "Observation:\nYour reply was cut off because it was too long, so nothing was run. Write less: a short " +
		"thought and short code, and leave the rest for the next step."
)

type actionJSON struct {
	Thought string `json:"thought"`
	Code    string `json:"code"`
}

// readActionJSON finds the object in a reply, be there a fence or words around it.
func readActionJSON(text string) (said actionJSON, ok bool) {
	i := strings.IndexByte(text, '{')
	if i < 0 {
		return said, false
	}
	var fields map[string]json.RawMessage
	if json.NewDecoder(strings.NewReader(text[i:])).Decode(&fields) != nil || fields["code"] == nil {
		return said, false
	}
	return said, json.Unmarshal(fields["code"], &said.Code) == nil &&
		(fields["thought"] == nil || json.Unmarshal(fields["thought"], &said.Thought) == nil)
}

// structuredText retells a code action in the form that the prompt teaches.
func structuredText(b event.CodeStarted) string {
	var s strings.Builder
	enc := json.NewEncoder(&s)
	enc.SetEscapeHTML(false) // a model would learn to write \u003c
	if err := enc.Encode(actionJSON{b.Thought, strings.TrimRight(b.Code, "\n")}); err != nil {
		return actionText(b) // strings always encode
	}
	return strings.TrimSpace(s.String())
}
