package tables

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

const (
	segmentRows  = 1 << 16
	segmentBytes = 4 << 20  // after which a segment is closed
	valueBytes   = 64 << 20 // the most that one nested value may be as JSON
)

// Kinds of segments.
const (
	segFault    = iota // text: what is wrong
	segFixed           // values of one width
	segText            // numbers of texts, ends of the texts, the texts
	segJSON            // an array with a value for each row
	segNull            // nothing: all rows are null
	segmentHead = 24   // bytes
)

// builder collects rows of one column and makes segments of them.
type builder struct {
	typ   *Type
	width int // of values of fixed width, categories aside
	rows  int
	nulls int
	valid []byte // one a row

	fixed []byte            // values
	codes []uint32          // numbers of texts
	seen  map[string]uint32 // numbers of texts that were met: in this segment, or ever if they are categories
	ends  []uint32          // of new texts in data, in characters (Text, Decimal) or bytes
	chars uint32
	data  []byte
	nest  bytes.Buffer // JSON
}

func newBuilder(t *Type) *builder {
	b := &builder{typ: t, seen: map[string]uint32{}}
	if !t.Category {
		b.width = t.width()
	}
	return b
}

func (b *builder) full() bool {
	return b.rows >= segmentRows || len(b.data)+b.nest.Len() >= segmentBytes
}

func (b *builder) row(valid bool) {
	b.rows++
	if valid {
		b.valid = append(b.valid, 1)
		return
	}
	b.nulls++
	b.valid = append(b.valid, 0)
}

// null adds a row without a value.
func (b *builder) null() {
	b.row(false)
	switch {
	case b.typ.Kind == Null:
	case b.width > 0:
		b.fixed = append(b.fixed, make([]byte, b.width)...)
	default:
		b.codes = append(b.codes, 0)
	}
}

// bits adds a value of fixed width by its bits.
func (b *builder) bits(v uint64) {
	if b.typ.Category {
		var raw [8]byte
		binary.LittleEndian.PutUint64(raw[:], v)
		b.text(raw[:b.typ.width()])
		return
	}
	b.row(true)
	b.fixed = appendBits(b.fixed, v, b.width)
}

func appendBits(to []byte, v uint64, width int) []byte {
	switch width {
	case 1:
		return append(to, byte(v))
	case 2:
		return binary.LittleEndian.AppendUint16(to, uint16(v))
	case 4:
		return binary.LittleEndian.AppendUint32(to, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(to, v)
}

// text adds a value of any length.
func (b *builder) text(v []byte) {
	b.row(true)
	b.codes = append(b.codes, b.number(v))
}

// number gives the number of a text. Texts that repeat are kept once.
func (b *builder) number(v []byte) uint32 {
	if n, ok := b.seen[string(v)]; ok {
		return n
	}
	n := uint32(len(b.seen))
	b.seen[string(v)] = n
	if b.typ.width() == 0 && b.typ.Kind != Bytes {
		if !utf8.Valid(v) {
			v = bytes.ToValidUTF8(v, []byte("\uFFFD"))
		}
		b.chars += uint32(utf8.RuneCount(v))
	} else {
		b.chars += uint32(len(v))
	}
	b.data = append(b.data, v...)
	b.ends = append(b.ends, b.chars)
	return n
}

// value begins a row of a nested type: the caller writes its JSON to nest, "null" for none.
func (b *builder) value(write func(*bytes.Buffer) error) error {
	if b.nest.Len() == 0 {
		b.nest.WriteByte('[')
	} else {
		b.nest.WriteByte(',')
	}
	b.row(true)
	return write(&b.nest)
}

// flush gives the segment that was built and begins a new one: six numbers of four bytes, which are the kind, the rows,
// and the lengths in bytes of the four parts that follow: validity (a byte a row; none if no value is null), and what the
// kind says: values; or numbers, ends and texts.
func (b *builder) flush() []byte {
	kind, parts := segFixed, [4][]byte{}
	if b.nulls > 0 {
		parts[0] = b.valid
	}
	switch {
	case b.typ.Kind == Null:
		kind, parts[0] = segNull, nil
	case b.typ.nested():
		b.nest.WriteByte(']')
		kind, parts[3] = segJSON, b.nest.Bytes()
	case b.width > 0:
		parts[1] = b.fixed
	default:
		kind, parts[1], parts[2], parts[3] = segText, words(b.codes), words(b.ends), b.data
	}
	out := segment(kind, b.rows, parts)
	b.rows, b.nulls, b.chars = 0, 0, 0
	b.valid, b.fixed, b.codes, b.ends, b.data = b.valid[:0], b.fixed[:0], b.codes[:0], b.ends[:0], b.data[:0]
	b.nest.Reset()
	if !b.typ.Category {
		clear(b.seen)
	}
	return out
}

func segment(kind, rows int, parts [4][]byte) []byte {
	size := segmentHead
	for _, p := range parts {
		size += len(p)
	}
	out := make([]byte, 0, size)
	out = binary.LittleEndian.AppendUint32(out, uint32(kind))
	out = binary.LittleEndian.AppendUint32(out, uint32(rows))
	for _, p := range parts {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(p)))
	}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func words(n []uint32) []byte {
	out := make([]byte, 0, 4*len(n))
	for _, v := range n {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	return out
}
