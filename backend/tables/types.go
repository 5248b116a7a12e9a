package tables

import (
	"fmt"
	"strings"
)

// Kind is what the values of a column are.
type Kind string

// The kinds. What follows them in parentheses is how a value is kept in a segment.
const (
	Int       Kind = "int"       // (little-endian, Type.Bits)
	Uint      Kind = "uint"      // (little-endian, Type.Bits)
	Float     Kind = "float"     // (little-endian, Type.Bits)
	Bool      Kind = "bool"      // (a byte)
	Text      Kind = "text"      // (UTF-8)
	Bytes     Kind = "bytes"     // (as they are)
	Date      Kind = "date"      // (int32, days since 1970)
	Time      Kind = "time"      // (int64, Type.Unit since midnight)
	Timestamp Kind = "timestamp" // (int64, Type.Unit since 1970)
	Duration  Kind = "duration"  // (int64, Type.Unit)
	Decimal   Kind = "decimal"   // (UTF-8: "-12.30")
	List      Kind = "list"      // (JSON: an array)
	Struct    Kind = "struct"    // (JSON: an array of the fields' values)
	Map       Kind = "map"       // (JSON: an array of pairs)
	Null      Kind = "null"      // (nothing)
	Other     Kind = "other"     // cannot be read; Type.Name says what it is
)

// Type is the type of a column, or of a part of a nested one.
type Type struct {
	Kind     Kind     `json:"kind"`
	Bits     int      `json:"bits,omitempty"`
	Unit     string   `json:"unit,omitempty"` // s, ms, us, ns
	Zone     string   `json:"zone,omitempty"` // of a Timestamp; "" for local times
	Scale    int      `json:"scale,omitempty"`
	Fields   []Column `json:"fields,omitempty"`   // of a Struct; a List has one, a Map two: key and value
	Category bool     `json:"category,omitempty"` // values are few and repeat: pandas' category
	Ordered  bool     `json:"ordered,omitempty"`
	Name     string   `json:"name,omitempty"` // of what cannot be read
}

// String is the type in words that people who know pandas know.
func (t *Type) String() string {
	s := string(t.Kind)
	switch t.Kind {
	case Int, Uint, Float:
		s = fmt.Sprintf("%s%d", t.Kind, t.Bits)
	case Timestamp:
		if t.Zone != "" {
			s += " " + t.Zone
		}
	case List:
		s = "list of " + t.Fields[0].Type.String()
	case Struct:
		names := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			names[i] = f.Name
		}
		s = "struct of " + strings.Join(names, ", ")
	case Other:
		s = t.Name + " (cannot be read)"
	}
	if t.Category {
		s = "category of " + s
	}
	return s
}

// width is how many bytes a value has; 0 if that differs.
func (t *Type) width() int {
	switch t.Kind {
	case Int, Uint, Float:
		return t.Bits / 8
	case Bool:
		return 1
	case Date:
		return 4
	case Time, Timestamp, Duration:
		return 8
	}
	return 0
}

func (t *Type) nested() bool { return t.Kind == List || t.Kind == Struct || t.Kind == Map }
