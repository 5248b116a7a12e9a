package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// New makes a tool of a Go function. In is a struct, one exported field per parameter:
//
//	type readIn struct {
//		Path     string `json:"path" doc:"which file"`
//		MaxLines int    `json:"max_lines" default:"200" doc:"how many lines"`
//		Encoding *string `json:"encoding" doc:"left out: guessed"`
//	}
//
// A field is optional if it is a pointer, says omitempty or omitzero, or has a default (as JSON, or bare text for a
// string). Its description is the tag doc (or jsonschema). doc tells a model what the tool does, in one line if it
// can. Out is anything that JSON can hold.
//
// New panics if name is no Python identifier or the types have no schema: that is a mistake in the program.
//
// The function gets its arguments as they were validated, defaults filled in. A panic in it becomes its error: it
// handles what strangers wrote, and one bad page must not end the app.
func New[In, Out any](name, doc string, f func(context.Context, In) (Out, error)) Tool {
	t := &function[In, Out]{f: f}
	if err := t.describe(name, doc); err != nil {
		panic(fmt.Sprintf("tools.New(%q): %v", name, err))
	}
	return t
}

type function[In, Out any] struct {
	spec Spec
	out  *jsonschema.Resolved
	f    func(context.Context, In) (Out, error)
}

// schemas are for types whose JSON differs from their Go shape.
var schemas = &jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
	reflect.TypeFor[json.RawMessage](): {},
	reflect.TypeFor[[]byte]():          {Type: "string", ContentEncoding: "base64"},
}}

func (t *function[In, Out]) describe(name, doc string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	rt := reflect.TypeFor[In]()
	if rt.Kind() != reflect.Struct {
		return fmt.Errorf("the input %s is no struct", rt)
	}
	in, err := jsonschema.For[In](schemas)
	if err != nil {
		return err
	}
	t.spec = Spec{Name: name, Doc: strings.TrimSpace(doc), Params: []Param{}}
	var optional []Param
	for _, field := range reflect.VisibleFields(rt) {
		p, ok, err := param(field, in)
		if err != nil {
			return fmt.Errorf("field %s: %w", field.Name, err)
		}
		switch {
		case !ok:
		case p.Required:
			t.spec.Params = append(t.spec.Params, p)
		default:
			optional = append(optional, p)
		}
	}
	t.spec.Params = append(t.spec.Params, optional...)
	in.Required, in.PropertyOrder = nil, nil
	for _, p := range t.spec.Params {
		in.PropertyOrder = append(in.PropertyOrder, p.Name)
		if p.Required {
			in.Required = append(in.Required, p.Name)
		}
	}
	return t.encode(in)
}

func (t *function[In, Out]) encode(in *jsonschema.Schema) error {
	out, err := jsonschema.For[Out](schemas)
	if err != nil {
		return fmt.Errorf("result: %w", err)
	}
	if k := reflect.TypeFor[Out]().Kind(); k == reflect.Slice || k == reflect.Map {
		notNull(out) // see Call
	}
	if t.out, err = out.Resolve(nil); err != nil {
		return fmt.Errorf("result: %w", err)
	}
	t.spec.Return = PythonType(out)
	if t.spec.In, err = json.Marshal(in); err != nil {
		return err
	}
	t.spec.Out, err = json.Marshal(out)
	return err
}

// param describes one field, and completes its schema; ok is false for fields that are no parameters.
func param(field reflect.StructField, in *jsonschema.Schema) (p Param, ok bool, err error) {
	tag := field.Tag.Get("json")
	name, flags, _ := strings.Cut(tag, ",")
	if field.Anonymous || !field.IsExported() || tag == "-" {
		return p, false, nil
	}
	if name == "" {
		name = field.Name
	}
	if err := CheckName(name); err != nil {
		return p, false, err
	}
	s := in.Properties[name]
	if s == nil {
		return p, false, fmt.Errorf("has no schema as %q", name)
	}
	if doc := field.Tag.Get("doc"); doc != "" {
		s.Description = doc
	}
	// That a parameter can be left out is said by its not being required; null means the same, see Validate.
	notNull(s)
	p = Param{Name: name, Doc: s.Description, Type: PythonType(s)}
	def, hasDefault := field.Tag.Lookup("default")
	if hasDefault {
		s.Default = json.RawMessage(def)
		if !json.Valid(s.Default) || (field.Type.Kind() == reflect.String && !strings.HasPrefix(def, `"`)) {
			s.Default, _ = json.Marshal(def)
		}
		if err := json.Unmarshal(s.Default, reflect.New(field.Type).Interface()); err != nil {
			return p, false, fmt.Errorf("default %q: %w", def, err)
		}
		p.Default = s.Default
	}
	options := strings.Split(flags, ",")
	p.Required = !hasDefault && field.Type.Kind() != reflect.Pointer &&
		!slices.Contains(options, "omitempty") && !slices.Contains(options, "omitzero")
	return p, true, nil
}

func notNull(s *jsonschema.Schema) {
	s.Types = slices.DeleteFunc(s.Types, func(t string) bool { return t == "null" })
	if len(s.Types) == 1 {
		s.Type, s.Types = s.Types[0], nil
	}
}

// Spec is the tool's description.
func (t *function[In, Out]) Spec() Spec { return t.spec }

// Call decodes the arguments, calls the function and encodes its result.
func (t *function[In, Out]) Call(ctx context.Context, args json.RawMessage) (result json.RawMessage, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, &Crash{Tool: t.spec.Name, Panic: p, Stack: string(debug.Stack())}
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	args, err = t.spec.Validate(args)
	if err != nil {
		return nil, err
	}
	var in In
	if err := json.Unmarshal(args, &in); err != nil {
		return nil, fmt.Errorf("%s(): %w", t.spec.Name, err)
	}
	out, err := t.f(ctx, in)
	if err != nil {
		return nil, err
	}
	return t.result(out)
}

func (t *function[In, Out]) result(out Out) (json.RawMessage, error) {
	// A nil slice or map is an empty one in Go; Python would get None.
	if v := reflect.ValueOf(&out).Elem(); (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.IsNil() {
		if v.Kind() == reflect.Map {
			return json.RawMessage(`{}`), nil
		}
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return json.RawMessage(`[]`), nil
		}
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("%s() gave a result that JSON cannot hold: %w", t.spec.Name, err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, fmt.Errorf("%s() gave a result that is not JSON: %w", t.spec.Name, err)
	}
	if err := t.out.Validate(v); err != nil {
		return nil, fmt.Errorf("%s() gave a result that is not %s: %w", t.spec.Name, t.spec.Return, err)
	}
	return data, nil
}

// Crash is the error of a tool that panicked.
type Crash struct {
	Tool  string
	Panic any
	Stack string // for logs
}

func (c *Crash) Error() string { return fmt.Sprintf("%s() crashed: %v", c.Tool, c.Panic) }
