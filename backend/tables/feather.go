package tables

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"math/big"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

const (
	batchBytes  = 512 << 20 // of a record batch, as it is in the file
	unpackBytes = 512 << 20 // of one of its buffers, unpacked
	keptBytes   = 256 << 20 // of batches that are kept for the next column
)

// bounded is an allocator that refuses what is too large. Whoever calls it takes the panic for an error.
type bounded struct{ memory.Allocator }

func (b bounded) Allocate(size int) []byte {
	b.check(size)
	return b.Allocator.Allocate(size)
}

func (b bounded) Reallocate(size int, old []byte) []byte {
	b.check(size)
	return b.Allocator.Reallocate(size, old)
}

func (b bounded) check(size int) {
	if size < 0 || size > unpackBytes {
		panic(tooLarge(fmt.Sprintf("a part of %d MB", size>>20)))
	}
}

func arrowOptions() []ipc.Option {
	return []ipc.Option{
		ipc.WithAllocator(bounded{memory.NewGoAllocator()}), ipc.WithMetadataSizeLimit(footerBytes), ipc.WithBodySizeLimit(batchBytes),
	}
}

// featherFile is an open file of Arrow's IPC format.
type featherFile struct {
	src    io.ReaderAt
	bytes  int64
	blocks []block // of the batches
	reader *ipc.FileReader
	// Batches that were read lately: columns are read one after the other, and each goes through all batches.
	kept map[int]arrow.RecordBatch
	size map[int]int64
	sum  int64
}

func openFeather(src io.ReaderAt, size int64) (*Table, error) {
	dictionaries, batches, err := checkFooter(src, size)
	if err != nil {
		return nil, err
	}
	for _, d := range dictionaries { // they are read at once, batches when they are needed
		if err := checkBlock(src, size, d); err != nil {
			return nil, err
		}
	}
	r, err := ipc.NewFileReader(io.NewSectionReader(src, 0, size), arrowOptions()...)
	if err != nil {
		return nil, err
	}
	f := &featherFile{src: src, bytes: size, blocks: batches, reader: r, kept: map[int]arrow.RecordBatch{}, size: map[int]int64{}}
	s := r.Schema()
	t := &Table{Rows: -1, source: f}
	if v, ok := s.Metadata().GetValue("pandas"); ok {
		t.pandas = v
	}
	for _, c := range s.Fields() {
		t.Columns = append(t.Columns, Column{c.Name, arrowType(c.Type, 0)})
	}
	return t, nil
}

// batch reads a record batch, or gives the one that was read before.
func (f *featherFile) batch(i int) (arrow.RecordBatch, error) {
	if b, ok := f.kept[i]; ok {
		return b, nil
	}
	if err := checkBlock(f.src, f.bytes, f.blocks[i]); err != nil {
		return nil, err
	}
	b, err := f.reader.RecordBatchAt(i)
	if err != nil {
		return nil, err
	}
	var size int64
	for _, c := range b.Columns() {
		size += bufferBytes(c.Data(), 0)
	}
	for k := range f.kept {
		if f.sum+size <= keptBytes {
			break
		}
		f.sum -= f.size[k]
		delete(f.kept, k)
		delete(f.size, k)
	}
	f.kept[i], f.size[i] = b, size
	f.sum += size
	return b, nil
}

func bufferBytes(d arrow.ArrayData, depth int) (n int64) {
	for _, b := range d.Buffers() {
		if b != nil {
			n += int64(b.Len())
		}
	}
	for _, c := range d.Children() {
		n += bufferBytes(c, depth+1)
	}
	return n
}

// arrowHints are the types that a Parquet file's writer had, by the names of the columns; nil if they cannot be read.
func arrowHints(text string) (out map[string]*Type) {
	defer func() {
		if recover() != nil { // it is a hint: without it, the table is still right
			out = nil
		}
	}()
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	(&flat{flatParts}).message(unframed(raw))
	r, err := ipc.NewReader(bytes.NewReader(raw), arrowOptions()...)
	if err != nil {
		return nil
	}
	out = map[string]*Type{}
	for _, f := range r.Schema().Fields() {
		out[f.Name] = arrowType(f.Type, 0)
	}
	return out
}

func arrowType(d arrow.DataType, depth int) *Type {
	other := &Type{Kind: Other, Name: fmt.Sprint(d)}
	if depth > schemaDepth {
		return other
	}
	list := func(item arrow.DataType) *Type {
		return &Type{Kind: List, Fields: []Column{{"item", arrowType(item, depth+1)}}}
	}
	switch d := d.(type) {
	case *arrow.NullType:
		return &Type{Kind: Null}
	case *arrow.BooleanType:
		return &Type{Kind: Bool}
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Int64Type:
		return &Type{Kind: Int, Bits: d.(arrow.FixedWidthDataType).BitWidth()}
	case *arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type, *arrow.Uint64Type:
		return &Type{Kind: Uint, Bits: d.(arrow.FixedWidthDataType).BitWidth()}
	case *arrow.Float16Type, *arrow.Float32Type, *arrow.Float64Type:
		return &Type{Kind: Float, Bits: d.(arrow.FixedWidthDataType).BitWidth()}
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType:
		return &Type{Kind: Text}
	case *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.BinaryViewType, *arrow.FixedSizeBinaryType:
		return &Type{Kind: Bytes}
	case *arrow.Date32Type:
		return &Type{Kind: Date}
	case *arrow.Date64Type:
		return &Type{Kind: Timestamp, Unit: "ms"}
	case *arrow.Time32Type:
		return &Type{Kind: Time, Unit: d.Unit.String()}
	case *arrow.Time64Type:
		return &Type{Kind: Time, Unit: d.Unit.String()}
	case *arrow.TimestampType:
		return &Type{Kind: Timestamp, Unit: d.Unit.String(), Zone: d.TimeZone}
	case *arrow.DurationType:
		return &Type{Kind: Duration, Unit: d.Unit.String()}
	case arrow.DecimalType:
		if s := d.GetScale(); s >= 0 && s <= 100 {
			return &Type{Kind: Decimal, Scale: int(s)}
		}
	case *arrow.DictionaryType:
		if t := arrowType(d.ValueType, depth+1); !t.nested() && t.Kind != Other {
			t.Category, t.Ordered = true, d.Ordered
			return t
		}
	case *arrow.MapType:
		return &Type{Kind: Map, Fields: []Column{{"key", arrowType(d.KeyType(), depth+1)}, {"value", arrowType(d.ItemType(), depth+1)}}}
	case *arrow.ListType:
		return list(d.Elem())
	case *arrow.LargeListType:
		return list(d.Elem())
	case *arrow.FixedSizeListType:
		return list(d.Elem())
	case *arrow.StructType:
		t := &Type{Kind: Struct}
		for _, f := range d.Fields() {
			t.Fields = append(t.Fields, Column{f.Name, arrowType(f.Type, depth+1)})
		}
		return t
	case arrow.ExtensionType:
		return arrowType(d.StorageType(), depth+1)
	}
	return other
}

// featherColumn goes through a column, batch after batch.
type featherColumn struct {
	file   *featherFile
	i      int
	typ    *Type
	batch  int
	arr    arrow.Array
	row    int
	values arrow.Array // of the dictionary of arr
}

func (f *featherFile) column(i int) (cursor, error) {
	return &featherColumn{file: f, i: i, typ: arrowType(f.reader.Schema().Field(i).Type, 0)}, nil
}

func (c *featherColumn) more(b *builder) error {
	for !b.full() {
		for c.arr == nil || c.row >= c.arr.Len() {
			if c.batch >= c.file.reader.NumRecords() {
				return io.EOF
			}
			rec, err := c.file.batch(c.batch)
			if err != nil {
				return err
			}
			c.arr, c.row = storage(rec.Column(c.i)), 0
			c.batch++
			if c.typ.Category {
				if err := c.categories(b); err != nil {
					return err
				}
			}
		}
		if err := appendRow(b, c.arr, c.row); err != nil {
			return err
		}
		c.row++
	}
	return nil
}

// categories adds all values of a batch's dictionary, in its order.
func (c *featherColumn) categories(b *builder) error {
	values := c.arr.(*array.Dictionary).Dictionary()
	if c.values != nil && values.Data() == c.values.Data() {
		return nil
	}
	c.values = values
	for i := range values.Len() {
		if values.IsNull(i) {
			continue
		}
		raw, err := category(values, i, c.typ)
		if err != nil {
			return err
		}
		b.number(raw)
	}
	return nil
}

func category(values arrow.Array, i int, t *Type) ([]byte, error) {
	if w := t.width(); w > 0 {
		n, err := arrowBits(values, i)
		return appendBits(nil, n, w), err
	}
	return arrowText(values, i)
}

// storage is what an extension's values are kept as.
func storage(a arrow.Array) arrow.Array {
	for {
		e, ok := a.(array.ExtensionArray)
		if !ok {
			return a
		}
		a = e.Storage()
	}
}

func appendRow(b *builder, a arrow.Array, i int) error {
	t := b.typ
	switch {
	case t.nested():
		return b.value(func(out *bytes.Buffer) error { return arrowJSON(out, t, a, i) })
	case t.Kind == Null || a.IsNull(i):
		b.null()
		return nil
	case t.Category:
		d := a.(*array.Dictionary)
		k := d.GetValueIndex(i)
		if d.Dictionary().IsNull(k) {
			b.null()
			return nil
		}
		raw, err := category(d.Dictionary(), k, t)
		b.text(raw)
		return err
	case t.width() > 0:
		n, err := arrowBits(a, i)
		b.bits(n)
		return err
	}
	text, err := arrowText(a, i)
	b.text(text)
	return err
}

func arrowBits(a arrow.Array, i int) (uint64, error) {
	switch a := a.(type) {
	case *array.Boolean:
		if a.Value(i) {
			return 1, nil
		}
		return 0, nil
	case *array.Int8:
		return uint64(a.Value(i)), nil
	case *array.Int16:
		return uint64(a.Value(i)), nil
	case *array.Int32:
		return uint64(a.Value(i)), nil
	case *array.Int64:
		return uint64(a.Value(i)), nil
	case *array.Uint8:
		return uint64(a.Value(i)), nil
	case *array.Uint16:
		return uint64(a.Value(i)), nil
	case *array.Uint32:
		return uint64(a.Value(i)), nil
	case *array.Uint64:
		return a.Value(i), nil
	case *array.Float16:
		return uint64(a.Value(i).Uint16()), nil
	case *array.Float32:
		return uint64(math.Float32bits(a.Value(i))), nil
	case *array.Float64:
		return math.Float64bits(a.Value(i)), nil
	case *array.Date32:
		return uint64(a.Value(i)), nil
	case *array.Date64:
		return uint64(a.Value(i)), nil
	case *array.Time32:
		return uint64(a.Value(i)), nil
	case *array.Time64:
		return uint64(a.Value(i)), nil
	case *array.Timestamp:
		return uint64(a.Value(i)), nil
	case *array.Duration:
		return uint64(a.Value(i)), nil
	}
	return 0, corrupt("a number is kept as %s", a.DataType())
}

func arrowText(a arrow.Array, i int) ([]byte, error) {
	switch a := a.(type) {
	case *array.String:
		return []byte(a.Value(i)), nil
	case *array.LargeString:
		return []byte(a.Value(i)), nil
	case *array.StringView:
		return []byte(a.Value(i)), nil
	case *array.Binary:
		return a.Value(i), nil
	case *array.LargeBinary:
		return a.Value(i), nil
	case *array.BinaryView:
		return a.Value(i), nil
	case *array.FixedSizeBinary:
		return a.Value(i), nil
	case *array.Decimal32:
		return decimal(big.NewInt(int64(a.Value(i))), arrowScale(a)), nil
	case *array.Decimal64:
		return decimal(big.NewInt(int64(a.Value(i))), arrowScale(a)), nil
	case *array.Decimal128:
		return decimal(a.Value(i).BigInt(), arrowScale(a)), nil
	case *array.Decimal256:
		return decimal(a.Value(i).BigInt(), arrowScale(a)), nil
	}
	return nil, corrupt("a text is kept as %s", a.DataType())
}

func arrowScale(a arrow.Array) int { return int(a.DataType().(arrow.DecimalType).GetScale()) }

// arrowJSON writes a value as JSON, as node.json does.
func arrowJSON(out *bytes.Buffer, t *Type, a arrow.Array, i int) error {
	a = storage(a)
	switch {
	case out.Len() > segmentBytes+valueBytes:
		return errLongValue
	case t.Kind == Other:
		return corrupt("a value of the type %s", t.Name)
	case t.Kind == Null || a.IsNull(i):
		out.WriteString("null")
		return nil
	}
	if d, ok := a.(*array.Dictionary); ok {
		plain := *t
		plain.Category = false
		return arrowJSON(out, &plain, d.Dictionary(), d.GetValueIndex(i))
	}
	switch {
	case t.Kind == Struct:
		s := a.(*array.Struct)
		out.WriteByte('[')
		for k, f := range t.Fields {
			if k > 0 {
				out.WriteByte(',')
			}
			if err := arrowJSON(out, f.Type, s.Field(k), i); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	case t.Kind == Map:
		m := a.(*array.Map)
		from, to := m.ValueOffsets(i)
		return arrowItems(out, from, to, func(k int) error {
			out.WriteByte('[')
			if err := arrowJSON(out, t.Fields[0].Type, m.Keys(), k); err != nil {
				return err
			}
			out.WriteByte(',')
			err := arrowJSON(out, t.Fields[1].Type, m.Items(), k)
			out.WriteByte(']')
			return err
		})
	case t.Kind == List:
		l := a.(array.ListLike)
		from, to := l.ValueOffsets(i)
		values := l.ListValues()
		return arrowItems(out, from, to, func(k int) error { return arrowJSON(out, t.Fields[0].Type, values, k) })
	case t.width() > 0:
		n, err := arrowBits(a, i)
		writeBits(out, t, n)
		return err
	}
	text, err := arrowText(a, i)
	if err != nil {
		return err
	}
	return writeText(out, t, text)
}

func arrowItems(out *bytes.Buffer, from, to int64, item func(int) error) error {
	out.WriteByte('[')
	for k := from; k < to; k++ {
		if k > from {
			out.WriteByte(',')
		}
		if err := item(int(k)); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}
