// Package tools is the port to what an agent can do besides computing. A tool is a named function with a schema;
// New makes one from a Go function. A tool's failure is a result for the model, not the end of the run.
package tools

import (
	"context"
	"encoding/json"
)

// Tool is one function that an agent may call.
type Tool interface {
	Spec() Spec
	// Call runs the tool. args is a JSON object that fits Spec().In (the caller validates with Spec.Validate).
	// The result is JSON. An error is the tool's failure, told to the model; the context's error ends the run.
	Call(ctx context.Context, args json.RawMessage) (json.RawMessage, error)
}

// Spec describes a tool to models and people.
type Spec struct {
	Name   string          `json:"name"` // a Python identifier
	Doc    string          `json:"doc"`  // one line what it does; more lines if needed
	Params []Param         `json:"params"`
	In     json.RawMessage `json:"in"`     // JSON schema of the arguments: type object, additionalProperties false
	Out    json.RawMessage `json:"out"`    // JSON schema of the result
	Return string          `json:"return"` // the result's Python type: "str", "list[dict]"
	// Rest names the parameter that takes, as an object, arguments of names that are none of Params; "" if there is none.
	Rest string `json:"rest,omitempty"`
}

// Param is one parameter, in the order of the Python signature: required ones first.
type Param struct {
	Name     string          `json:"name"`
	Type     string          `json:"type"` // Python type: "str", "int", "list[str]"
	Doc      string          `json:"doc,omitempty"`
	Required bool            `json:"required"`
	Default  json.RawMessage `json:"default,omitempty"`
}

// Scope is what a permission is asked for, for example {host, example.org}.
type Scope struct {
	Kind  string `json:"kind"` // "host", "folder", "tool"
	Value string `json:"value"`
}

// Teller is an optional power of a Tool whose result is not for reading as it is: it says what a model is told of it, and
// the log keeps.
type Teller interface {
	Told(result json.RawMessage) string
}

// Scoper is an optional power of a Tool: it says what a call would reach.
type Scoper interface {
	Scope(args json.RawMessage) Scope
}
