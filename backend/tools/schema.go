package tools

import (
	"encoding/json"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"
)

// Schema is a JSON schema (draft 2020-12 or 7) that values can be held against.
type Schema struct{ resolved *jsonschema.Resolved }

// ParseSchema reads a schema; it must not refer to others.
func ParseSchema(data []byte) (*Schema, error) {
	s := &jsonschema.Schema{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("the JSON schema cannot be read: %w", err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		return nil, fmt.Errorf("the JSON schema is broken: %w", err)
	}
	return &Schema{resolved}, nil
}

// Validate says how a JSON value does not fit. No value at all does not fit either.
func (s *Schema) Validate(value json.RawMessage) error {
	var v any
	if len(value) == 0 {
		return fmt.Errorf("the value has no JSON form")
	}
	if err := json.Unmarshal(value, &v); err != nil {
		return fmt.Errorf("the value is not JSON: %w", err)
	}
	return s.resolved.Validate(v)
}
