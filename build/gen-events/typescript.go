package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"sandglass/backend/event"
)

// writer turns Go types into TypeScript declarations, each once, in the order in which they are met.
type writer struct {
	src   *sources
	seen  map[reflect.Type]bool
	taken map[string]reflect.Type
	decls []string
	err   error
}

// typ names a type in TypeScript and declares it if it is new.
func (w *writer) typ(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[json.RawMessage]():
		return "unknown"
	case reflect.TypeFor[time.Time](), reflect.TypeFor[[]byte](): // the latter as base64
		return "string"
	case reflect.TypeFor[event.Event]():
		return "Event"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.typ(t.Elem())
	case reflect.Slice, reflect.Array:
		return w.element(t.Elem()) + "[]"
	case reflect.Map:
		return "Record<string, " + w.element(t.Elem()) + ">"
	case reflect.Interface:
		return "unknown"
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		if t.Name() == "string" {
			return "string"
		}
		return w.named(t, w.declareString)
	case reflect.Struct:
		return w.named(t, w.declareStruct)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Float32, reflect.Float64:
		return "number"
	default:
		w.fail("%s has no TypeScript form", t)
		return "never"
	}
}

// element is a type inside a slice or a map: a nil slice in there is null.
func (w *writer) element(t reflect.Type) string {
	if nilable(t) && t != reflect.TypeFor[json.RawMessage]() {
		return "(" + w.typ(t) + " | null)"
	}
	return w.typ(t)
}

func nilable(t reflect.Type) bool {
	return t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer
}

func (w *writer) named(t reflect.Type, declare func(string, reflect.Type) string) string {
	name := t.Name()
	if n, ok := names[t]; ok {
		name = n
	}
	if other, ok := w.taken[name]; ok && other != t {
		w.fail("%s and %s would both be called %s: give one a name in main.go", t, other, name)
	}
	w.taken[name] = t
	if !w.seen[t] {
		w.seen[t] = true
		i := len(w.decls)
		w.decls = append(w.decls, "") // its place, before the types that it is made of
		w.decls[i] = doc("", w.src.docs[key(t)]) + declare(name, t)
	}
	return name
}

// declareString makes a union of the constants of a named string, or an alias if it has none.
func (w *writer) declareString(name string, t reflect.Type) string {
	values := w.src.consts[key(t)]
	if len(values) == 0 {
		return fmt.Sprintf("export type %s = string;\n", name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "export type %s =", name)
	for _, v := range values {
		fmt.Fprintf(&b, "\n  | %q", v)
	}
	return b.String() + ";\n"
}

func (w *writer) declareStruct(name string, t reflect.Type) string {
	var extends []string
	var b strings.Builder
	for i := range t.NumField() {
		f := t.Field(i)
		tag, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case tag == "-" || !f.IsExported():
		case f.Anonymous && tag == "":
			extends = append(extends, w.typ(f.Type))
		case tag == "":
			w.fail("%s.%s has no json tag", t, f.Name)
		default:
			optional := strings.Contains(rest, "omitempty") || strings.Contains(rest, "omitzero")
			ts := w.typ(f.Type)
			mark := ""
			if optional {
				mark = "?"
			} else if nilable(f.Type) && ts != "unknown" {
				ts += " | null"
			}
			b.WriteString(doc("  ", w.src.docs[key(t)+"."+f.Name]))
			fmt.Fprintf(&b, "  %s%s: %s;\n", tag, mark, ts)
		}
	}
	head := "export interface " + name
	if len(extends) > 0 {
		head += " extends " + strings.Join(extends, ", ")
	}
	return head + " {\n" + b.String() + "}\n"
}

// methods writes the signatures of an interface. The last result must be an error: it is the rejected promise.
func (w *writer) methods(t reflect.Type) string {
	var b strings.Builder
	for i := range t.NumMethod() {
		m := t.Method(i)
		k := w.src.method(key(t), m.Name)
		var params []string
		for j := range m.Type.NumIn() {
			params = append(params, w.src.params[k][j]+": "+w.typ(m.Type.In(j)))
		}
		result := "void"
		switch n := m.Type.NumOut(); {
		case n == 0 || m.Type.Out(n-1) != reflect.TypeFor[error]() || n > 2:
			w.fail("%s must give an error last, and at most one value before it", m.Name)
		case n == 2:
			result = w.typ(m.Type.Out(0))
			if nilable(m.Type.Out(0)) {
				result += " | null"
			}
		}
		b.WriteString(doc("  ", w.src.docs[k]))
		fmt.Fprintf(&b, "  %s(%s): Promise<%s>;\n", m.Name, strings.Join(params, ", "), result)
	}
	return b.String()
}

func (w *writer) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

func doc(indent, text string) string {
	if text == "" {
		return ""
	}
	return indent + "/** " + text + " */\n"
}
