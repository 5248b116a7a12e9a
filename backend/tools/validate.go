package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Validate checks a call's arguments and gives them as the tool wants them: defaults filled in, optional ones that
// are null left out, and what models get nearly right put right: "3" for 3, 3.0 for 3, "true" for true, a number for
// a string, JSON in a string for a list or dict. The error is for the model: it names the argument and what was
// expected.
func (s Spec) Validate(args json.RawMessage) (json.RawMessage, error) {
	schema := &jsonschema.Schema{}
	if len(s.In) > 0 {
		if err := json.Unmarshal(s.In, schema); err != nil {
			return nil, fmt.Errorf("the schema of %s() cannot be read: %w", s.Name, err)
		}
	}
	given, err := s.object(args)
	if err != nil {
		return nil, err
	}
	if s.Rest != "" {
		s.gather(given)
	}
	for name := range given {
		if !slices.ContainsFunc(s.Params, func(p Param) bool { return p.Name == name }) {
			return nil, fmt.Errorf("%s() has no parameter %q; %s", s.Name, name, s.takes())
		}
	}
	for _, p := range s.Params {
		prop := schema.Properties[p.Name]
		v, ok := given[p.Name]
		if ok && v == nil && !p.Required && !slices.Contains(types(prop), "null") {
			delete(given, p.Name)
			ok = false
		}
		switch {
		case !ok && p.Required:
			return nil, fmt.Errorf("%s() misses the argument %q (%s)", s.Name, p.Name, describe(p))
		case !ok && p.Default != nil:
			if given[p.Name], err = decode(p.Default); err != nil {
				return nil, fmt.Errorf("%s(): default of %q: %w", s.Name, p.Name, err)
			}
		case ok:
			v = coerce(prop, v)
			if want := types(prop); len(want) > 0 && !slices.ContainsFunc(want, func(t string) bool { return fits(t, v) }) {
				return nil, fmt.Errorf("%s(): the argument %q must be %s, got %s", s.Name, p.Name, describe(p), show(v))
			}
			given[p.Name] = v
		}
	}
	if err := s.check(schema, given); err != nil {
		return nil, err
	}
	return json.Marshal(given)
}

// gather puts arguments of other names into the parameter that takes them.
func (s Spec) gather(given map[string]any) {
	rest, _ := given[s.Rest].(map[string]any)
	if text, ok := given[s.Rest].(string); ok { // models write objects as text
		if inner, err := decode([]byte(text)); err == nil {
			rest, _ = inner.(map[string]any)
		}
	}
	for name, v := range given {
		if !slices.ContainsFunc(s.Params, func(p Param) bool { return p.Name == name }) {
			if rest == nil {
				rest = map[string]any{}
			}
			rest[name] = v
			delete(given, name)
		}
	}
	if rest != nil {
		given[s.Rest] = rest
	}
}

// check asks the schema about all that the types do not say: ranges, patterns, enumerations, what is nested.
func (s Spec) check(schema *jsonschema.Schema, given map[string]any) error {
	err := validate(schema, given)
	if err == nil {
		return nil
	}
	for _, p := range s.Params { // the one whose argument fails alone is to blame
		v, ok := given[p.Name]
		if !ok {
			continue
		}
		alone := *schema
		alone.Required = nil
		if validate(&alone, map[string]any{p.Name: v}) != nil {
			return fmt.Errorf("%s(): the argument %q is not as it must be (%s): %w", s.Name, p.Name, describe(p), err)
		}
	}
	return fmt.Errorf("%s(): the arguments are not as they must be: %w", s.Name, err)
}

func validate(schema *jsonschema.Schema, given map[string]any) error {
	resolved, err := schema.Resolve(nil)
	if err != nil {
		return fmt.Errorf("the schema is broken: %w", err)
	}
	data, err := json.Marshal(given)
	if err != nil {
		return err
	}
	var plain any // the library knows float64, not json.Number
	if err := json.Unmarshal(data, &plain); err != nil {
		return err
	}
	return resolved.Validate(plain)
}

// object reads the arguments as an object by name. Some models send it as a string, or nothing for no arguments.
func (s Spec) object(args json.RawMessage) (map[string]any, error) {
	if len(bytes.TrimSpace(args)) == 0 {
		args = json.RawMessage(`{}`)
	}
	v, err := decode(args)
	if err != nil {
		return nil, fmt.Errorf("the arguments of %s() are not valid JSON: %w", s.Name, err)
	}
	if text, ok := v.(string); ok {
		if inner, err := decode([]byte(text)); err == nil {
			v = inner
		}
	}
	switch v := v.(type) {
	case map[string]any:
		return v, nil
	case nil:
		return map[string]any{}, nil
	}
	return nil, fmt.Errorf("the arguments of %s() must be a JSON object by parameter name, got %s; %s", s.Name, show(v), s.takes())
}

func (s Spec) takes() string {
	if len(s.Params) == 0 {
		return "it takes none"
	}
	names := make([]string, 0, len(s.Params))
	for _, p := range s.Params {
		names = append(names, p.Name)
	}
	return "it takes " + strings.Join(names, ", ")
}

func describe(p Param) string {
	if p.Doc == "" {
		return p.Type
	}
	return p.Type + ": " + p.Doc
}

// decode reads one JSON value and keeps numbers as they were written.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is something behind the end of the value")
	}
	return v, nil
}

// types lists the JSON types that a schema allows; none if it does not say.
func types(s *jsonschema.Schema) []string {
	if s == nil {
		return nil
	}
	if s.Type != "" {
		return []string{s.Type}
	}
	if len(s.Types) > 0 {
		return s.Types
	}
	var all []string
	for _, alt := range slices.Concat(s.AnyOf, s.OneOf) {
		t := types(alt)
		if len(t) == 0 {
			return nil
		}
		all = append(all, t...)
	}
	return all
}

// fits says whether a decoded value is of a JSON type.
func fits(typ string, v any) bool {
	switch v := v.(type) {
	case nil:
		return typ == "null"
	case string:
		return typ == "string"
	case bool:
		return typ == "boolean"
	case json.Number:
		_, isInt := integer(string(v))
		return typ == "number" || typ == "integer" && isInt
	case []any:
		return typ == "array"
	case map[string]any:
		return typ == "object"
	}
	return false
}

// coerce turns a value into what the schema wants, where the meaning is beyond doubt; otherwise it gives it back.
func coerce(s *jsonschema.Schema, v any) any {
	want := types(s)
	if s == nil || len(want) == 0 {
		return v
	}
	if !slices.ContainsFunc(want, func(t string) bool { return fits(t, v) }) {
		for _, t := range want {
			if c, ok := convert(t, v); ok {
				v = c
				break
			}
		}
	}
	switch x := v.(type) {
	case json.Number: // 3.0 is an integer to JSON schema, but not to Go's decoder
		if n, ok := integer(string(x)); ok && slices.Contains(want, "integer") {
			return n
		}
	case []any:
		for i := range x {
			x[i] = coerce(s.Items, x[i])
		}
	case map[string]any:
		for name, p := range s.Properties {
			if e, ok := x[name]; ok {
				x[name] = coerce(p, e)
			}
		}
	}
	return v
}

func convert(typ string, v any) (any, bool) {
	switch x := v.(type) {
	case string:
		return fromText(typ, strings.TrimSpace(x))
	case json.Number:
		switch {
		case typ == "string":
			return string(x), true
		case typ == "boolean" && (x == "0" || x == "1"):
			return x == "1", true
		}
	}
	return nil, false
}

func fromText(typ, text string) (any, bool) {
	switch typ {
	case "integer":
		n, ok := integer(text)
		return n, ok
	case "number":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, false
		}
		data, err := json.Marshal(f)
		return json.Number(data), err == nil
	case "boolean":
		switch strings.ToLower(text) {
		case "true", "yes", "1":
			return true, true
		case "false", "no", "0":
			return false, true
		}
	case "array", "object":
		if v, err := decode([]byte(text)); err == nil && fits(typ, v) {
			return v, true
		}
	}
	return nil, false
}

// integer reads "3", "3.0" and "3e2"; not "3.5".
func integer(text string) (json.Number, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return json.Number(strconv.FormatInt(n, 10)), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 { // above, floats are no exact integers
		return "", false
	}
	return json.Number(strconv.FormatInt(int64(f), 10)), true
}

// show names a value for an error message.
func show(v any) string {
	data, _ := json.Marshal(v)
	text := string(data)
	if r := []rune(text); len(r) > 60 {
		text = string(r[:59]) + "…"
	}
	switch v.(type) {
	case nil:
		return "None"
	case string:
		return "the string " + text
	case bool:
		return "the bool " + text
	case []any:
		return "the list " + text
	case map[string]any:
		return "the dict " + text
	}
	return "the number " + text
}
