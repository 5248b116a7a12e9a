package ollama

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// messages translates a conversation and says whether it holds images. Thinking is never sent back. A tool message
// becomes one message for each result.
func messages(in []llm.Message) (out []api.Message, images bool, err error) {
	for _, m := range in {
		msg := api.Message{Role: string(m.Role), Content: m.Content()}
		var results []api.Message
		for _, p := range m.Parts {
			switch p := p.(type) {
			case llm.Image:
				images = true
				msg.Images = append(msg.Images, p.Data)
			case llm.Call:
				call := api.ToolCall{ID: p.ID, Function: api.ToolCallFunction{Index: len(msg.ToolCalls), Name: p.Name}}
				args := p.Args
				if len(args) == 0 {
					args = json.RawMessage("{}")
				}
				if err := json.Unmarshal(args, &call.Function.Arguments); err != nil {
					return nil, false, fault.Wrap(err, fault.Invalid, "A tool call in the conversation cannot be sent",
						fmt.Sprintf("the arguments of %s are not a JSON object: %v", p.Name, err), "")
				}
				msg.ToolCalls = append(msg.ToolCalls, call)
			case llm.Result:
				results = append(results, api.Message{Role: string(llm.Tool), Content: p.Text, ToolName: p.Name, ToolCallID: p.CallID})
			}
		}
		if m.Role == llm.Tool {
			out = append(out, results...)
			continue
		}
		out = append(out, msg)
	}
	return out, images, nil
}

// tools translates tool offers. The server reads schemas into the same types as the client, so what they cannot
// hold (a property that is true, additionalProperties) is lost on the server just as well.
func tools(in []llm.ToolSpec) (api.Tools, error) {
	var out api.Tools
	for _, t := range in {
		f := api.ToolFunction{Name: t.Name, Description: t.Description}
		schema := t.Parameters
		if len(schema) == 0 {
			schema = json.RawMessage(`{"type":"object","properties":{}}`)
		}
		if err := json.Unmarshal(schema, &f.Parameters); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, fmt.Sprintf("Ollama cannot be offered the tool %q", t.Name),
				"its schema is beyond what Ollama reads: "+err.Error(), "Simplify the tool's parameters.")
		}
		if f.Parameters.Properties == nil { // null is refused by templates that list the properties
			f.Parameters.Properties = api.NewToolPropertiesMap()
		}
		out = append(out, api.Tool{Type: "function", Function: f})
	}
	return out, nil
}

// think translates Options.Think: nil leaves it to the model.
func think(s string) *api.ThinkValue {
	switch s {
	case "":
		return nil
	case "on":
		return &api.ThinkValue{Value: true}
	case "off":
		return &api.ThinkValue{Value: false}
	}
	return &api.ThinkValue{Value: s} // a level; only some models take one, and the server says so
}

// sameModel compares names as Ollama does: without a tag, "latest" is meant.
func sameModel(a, b string) bool {
	full := func(s string) string {
		if i := strings.LastIndexByte(s, ':'); i <= strings.LastIndexByte(s, '/') {
			s += ":latest"
		}
		return strings.ToLower(s)
	}
	return full(a) == full(b)
}
