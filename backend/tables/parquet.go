package tables

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

const (
	footerBytes = 64 << 20
	schemaDepth = 32
)

// parquetFile is an open Parquet file.
type parquetFile struct {
	src    io.ReaderAt
	size   int64
	meta   format.FileMetaData
	roots  []*node
	leaves int
}

// node is a part of the schema.
type node struct {
	elem     *format.SchemaElement
	typ      *Type // of the values that a row, or the node above, has
	val      *Type // without the list that a repeated node is
	kids     []*node
	leaf     int // number of the column chunk; -1 if it has kids
	def, rep int // levels at which it is there
	repeated bool
	optional bool
}

func openParquet(src io.ReaderAt, size int64) (*Table, error) {
	if size < 12 {
		return nil, io.ErrUnexpectedEOF
	}
	tail := make([]byte, 8)
	if _, err := src.ReadAt(tail, size-8); err != nil && err != io.EOF {
		return nil, err
	}
	switch string(tail[4:]) {
	case "PAR1":
	case "PARE":
		return nil, errEncrypted
	default:
		return nil, fmt.Errorf("its end is missing")
	}
	n := int64(binary.LittleEndian.Uint32(tail))
	switch {
	case n > size-12:
		return nil, corrupt("a description of %d bytes in a file of %d", n, size)
	case n > footerBytes:
		return nil, tooLarge("a description of that size")
	}
	raw := make([]byte, n)
	if _, err := src.ReadAt(raw, size-8-n); err != nil && err != io.EOF {
		return nil, err
	}
	f := &parquetFile{src: src, size: size}
	if _, err := unmarshal(raw, &f.meta); err != nil {
		return nil, err
	}
	if f.meta.EncryptionAlgorithm.Value != nil {
		return nil, errEncrypted
	}
	if err := f.schema(); err != nil {
		return nil, err
	}
	t := &Table{Rows: f.meta.NumRows, source: f}
	hints := f.hints(t)
	for _, r := range f.roots {
		hints.apply(r)
		t.Columns = append(t.Columns, Column{r.elem.Name, r.typ})
	}
	return t, f.check()
}

// schema makes the tree of the flat list, which has it depth first.
func (f *parquetFile) schema() error {
	list := f.meta.Schema
	if len(list) == 0 {
		return corrupt("there is no schema")
	}
	at := 1
	var build func(depth, def, rep int) (*node, error)
	build = func(depth, def, rep int) (*node, error) {
		if at >= len(list) || depth > schemaDepth {
			return nil, corrupt("the schema ends early, or is nested too deeply")
		}
		e := &list[at]
		at++
		n := &node{elem: e, leaf: -1, def: def, rep: rep}
		switch e.RepetitionType.V {
		case format.Optional:
			n.optional = true
			n.def++
		case format.Repeated:
			n.repeated = true
			n.def, n.rep = n.def+1, n.rep+1
		}
		if kids := e.NumChildren.V; kids > 0 {
			for range kids {
				k, err := build(depth+1, n.def, n.rep)
				if err != nil {
					return nil, err
				}
				n.kids = append(n.kids, k)
			}
			return n, nil
		}
		n.leaf = f.leaves
		f.leaves++
		return n, nil
	}
	for range list[0].NumChildren.V {
		n, err := build(0, 0, 0)
		if err != nil {
			return err
		}
		n.resolve()
		f.roots = append(f.roots, n)
	}
	return nil
}

// check compares what the footer says of row groups with the schema.
func (f *parquetFile) check() error {
	for i := range f.meta.RowGroups {
		g := &f.meta.RowGroups[i]
		if len(g.Columns) != f.leaves || g.NumRows < 0 {
			return corrupt("row group %d has %d columns and %d rows, the schema %d columns", i, len(g.Columns), g.NumRows, f.leaves)
		}
	}
	return nil
}

// resolve says what the values of a node are.
func (n *node) resolve() {
	for _, k := range n.kids {
		k.resolve()
	}
	n.val = n.kind()
	n.typ = n.val
	if n.repeated {
		n.typ = &Type{Kind: List, Fields: []Column{{"item", n.val}}}
	}
}

func (n *node) kind() *Type {
	e := n.elem
	if n.leaf >= 0 {
		return leafType(e)
	}
	inner := n.kids[0]
	_, isList := e.LogicalType.Value.(*format.ListType)
	_, isMap := e.LogicalType.Value.(*format.MapType)
	old := e.ConvertedType
	switch {
	case (isList || old.Valid && old.V == deprecated.List) && len(n.kids) == 1 && inner.repeated:
		if inner.wraps(e.Name) {
			return &Type{Kind: List, Fields: []Column{{"item", inner.kids[0].typ}}}
		}
		return inner.typ
	case (isMap || old.Valid && (old.V == deprecated.Map || old.V == deprecated.MapKeyValue)) && len(n.kids) == 1 && inner.repeated && len(inner.kids) == 2:
		return &Type{Kind: Map, Fields: []Column{{"key", inner.kids[0].typ}, {"value", inner.kids[1].typ}}}
	}
	t := &Type{Kind: Struct}
	for _, k := range n.kids {
		t.Fields = append(t.Fields, Column{k.elem.Name, k.typ})
	}
	return t
}

// wraps says whether the repeated part of a list only holds the element, or is the element (source: parquet-format,
// LogicalTypes.md, backward compatibility of lists).
func (n *node) wraps(list string) bool {
	return len(n.kids) == 1 && n.elem.Name != "array" && n.elem.Name != list+"_tuple"
}

func unitName(u format.TimeUnit) string {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return "ms"
	case *format.NanoSeconds:
		return "ns"
	}
	return "us"
}

// leafType is the type of a column by its annotation, else by how it is stored.
func leafType(e *format.SchemaElement) *Type {
	if t := annotated(e); t != nil {
		return t
	}
	switch e.Type.V {
	case format.Boolean:
		return &Type{Kind: Bool}
	case format.Int32:
		return &Type{Kind: Int, Bits: 32}
	case format.Int64:
		return &Type{Kind: Int, Bits: 64}
	case format.Int96:
		return &Type{Kind: Timestamp, Unit: "ns"}
	case format.Float:
		return &Type{Kind: Float, Bits: 32}
	case format.Double:
		return &Type{Kind: Float, Bits: 64}
	}
	return &Type{Kind: Bytes}
}

// annotated is the type that an annotation gives, the new kind of annotation first; nil if it has none, or one that does
// not go with how it is stored.
func annotated(e *format.SchemaElement) *Type {
	raw := e.Type.V
	texts, short, long := raw == format.ByteArray || raw == format.FixedLenByteArray, raw == format.Int32, raw == format.Int64
	number := short || long
	utc := func(adjusted bool, unit string) *Type {
		t := &Type{Kind: Timestamp, Unit: unit}
		if adjusted {
			t.Zone = "UTC"
		}
		return t
	}
	switch l := e.LogicalType.Value.(type) {
	case *format.StringType, *format.EnumType, *format.JsonType:
		if texts {
			return &Type{Kind: Text}
		}
	case *format.IntType:
		k := Uint
		if l.IsSigned {
			k = Int
		}
		if number && (l.BitWidth == 8 || l.BitWidth == 16 || l.BitWidth == 32 || l.BitWidth == 64 && long) {
			return &Type{Kind: k, Bits: int(l.BitWidth)}
		}
	case *format.DecimalType:
		if number || texts {
			return decimalType(l.Scale, l.Precision)
		}
	case *format.DateType:
		if short {
			return &Type{Kind: Date}
		}
	case *format.TimeType:
		if number {
			return &Type{Kind: Time, Unit: unitName(l.Unit)}
		}
	case *format.TimestampType:
		if long {
			return utc(l.IsAdjustedToUTC, unitName(l.Unit))
		}
	case *format.Float16Type:
		if raw == format.FixedLenByteArray && e.TypeLength.V == 2 {
			return &Type{Kind: Float, Bits: 16}
		}
	case *format.NullType:
		return &Type{Kind: Null}
	}
	if !e.ConvertedType.Valid || e.LogicalType.Value != nil {
		return nil
	}
	switch c := e.ConvertedType.V; {
	case texts && (c == deprecated.UTF8 || c == deprecated.Enum || c == deprecated.Json):
		return &Type{Kind: Text}
	case c == deprecated.Decimal && (number || texts):
		return decimalType(e.Scale.V, e.Precision.V)
	case c == deprecated.Date && short:
		return &Type{Kind: Date}
	case c == deprecated.TimeMillis && number:
		return &Type{Kind: Time, Unit: "ms"}
	case c == deprecated.TimeMicros && number:
		return &Type{Kind: Time, Unit: "us"}
	case c == deprecated.TimestampMillis && long:
		return utc(true, "ms")
	case c == deprecated.TimestampMicros && long:
		return utc(true, "us")
	case number && c >= deprecated.Uint8 && c <= deprecated.Uint32 || long && c == deprecated.Uint64:
		return &Type{Kind: Uint, Bits: 8 << (c - deprecated.Uint8)}
	case number && c >= deprecated.Int8 && c <= deprecated.Int32 || long && c == deprecated.Int64:
		return &Type{Kind: Int, Bits: 8 << (c - deprecated.Int8)}
	}
	return nil
}

func decimalType(scale, precision int32) *Type {
	if scale < 0 || scale > 100 || precision > 1000 {
		return nil
	}
	return &Type{Kind: Decimal, Scale: int(scale)}
}

// hints are what writers from the world of Arrow and pandas say beyond Parquet's own types.
type hints struct {
	arrow  map[string]*Type
	pandas map[string]pandasColumn
}

// pandasColumn is what pandas says of a column (source: pandas, Developer, "Storing pandas DataFrame objects").
type pandasColumn struct {
	Field    string `json:"field_name"`
	Kind     string `json:"pandas_type"`
	Metadata struct {
		Timezone string `json:"timezone"`
		Ordered  bool   `json:"ordered"`
	} `json:"metadata"`
}

func (f *parquetFile) hints(t *Table) *hints {
	h := &hints{pandas: map[string]pandasColumn{}}
	for _, kv := range f.meta.KeyValueMetadata {
		switch kv.Key {
		case "pandas":
			t.pandas = kv.Value
			var about struct {
				Columns []pandasColumn `json:"columns"`
			}
			if json.Unmarshal([]byte(kv.Value), &about) == nil { // it is a hint: without it, the table is still right
				for _, c := range about.Columns {
					h.pandas[c.Field] = c
				}
			}
		case "ARROW:schema":
			h.arrow = arrowHints(kv.Value)
		}
	}
	return h
}

func (h *hints) apply(n *node) {
	t, said := n.typ, h.pandas[n.elem.Name]
	if said.Kind == "categorical" && !t.nested() {
		t.Category, t.Ordered = true, said.Metadata.Ordered
	}
	if t.Kind == Timestamp && t.Zone != "" && said.Metadata.Timezone != "" {
		t.Zone = said.Metadata.Timezone
	}
	a := h.arrow[n.elem.Name]
	switch {
	case a == nil:
	case a.Category && !t.nested():
		t.Category, t.Ordered = true, a.Ordered
	case t.Kind == Timestamp && t.Zone != "" && a.Kind == Timestamp && a.Zone != "":
		t.Zone = a.Zone
	case t.Kind == Int && t.Bits == 64 && a.Kind == Duration:
		*t = *a
	case t.Kind == Timestamp && a.Kind == Timestamp && a.Unit == "ns" && n.elem.Type.V == format.Int96:
		t.Zone = a.Zone
	}
}
