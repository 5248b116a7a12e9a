package tables

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go/format"
)

// parquetColumn goes through a column of the table: the chunks of all its leaves, row group after row group.
type parquetColumn struct {
	file   *parquetFile
	root   *node
	group  int
	rows   int64    // left in the group
	chunks []*chunk // by the number of the leaf; those of other columns are nil
	only   *chunk   // if the column is a leaf without lists
}

func (f *parquetFile) column(i int) (cursor, error) {
	return &parquetColumn{file: f, root: f.roots[i], group: -1}, nil
}

func (p *parquetColumn) more(b *builder) error {
	for !b.full() {
		for p.rows == 0 {
			p.group++
			if p.group >= len(p.file.meta.RowGroups) {
				return io.EOF
			}
			if err := p.open(b); err != nil {
				return err
			}
		}
		if err := p.row(b); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF // the group has fewer values than rows
			}
			return err
		}
		p.rows--
	}
	return nil
}

// open begins a row group.
func (p *parquetColumn) open(b *builder) error {
	p.rows, p.chunks = p.file.meta.RowGroups[p.group].NumRows, make([]*chunk, p.file.leaves)
	err := p.root.each(func(n *node) (err error) {
		p.chunks[n.leaf], err = p.file.chunk(p.group, n)
		return err
	})
	if err != nil || p.root.leaf < 0 || p.root.repeated {
		return err
	}
	p.only = p.chunks[p.root.leaf]
	if !b.typ.Category || p.rows == 0 {
		return nil
	}
	// Categories are in the order of the dictionary, and those that no row has are categories too.
	if err := p.only.page(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for _, w := range p.only.words {
		raw, err := p.root.raw(w)
		if err != nil {
			return err
		}
		b.number(raw)
	}
	return nil
}

// raw is a value as the bytes that a category has.
func (n *node) raw(v value) ([]byte, error) {
	if w := n.val.width(); w > 0 {
		return appendBits(nil, n.number(v), w), nil
	}
	return n.text(v)
}

func (n *node) each(do func(*node) error) error {
	if n.leaf >= 0 {
		return do(n)
	}
	for _, k := range n.kids {
		if err := k.each(do); err != nil {
			return err
		}
	}
	return nil
}

func (p *parquetColumn) row(b *builder) error {
	if p.only == nil {
		return b.value(func(out *bytes.Buffer) error { return p.write(p.root, out) })
	}
	v, ok, err := p.only.take()
	switch {
	case err != nil:
		return err
	case !ok || b.typ.Kind == Null:
		b.null()
	case b.typ.width() > 0:
		b.bits(p.root.number(v))
	default:
		text, err := p.root.text(v)
		if err != nil {
			return err
		}
		b.text(text)
	}
	return nil
}

// number is a value of fixed width by its bits.
func (n *node) number(v value) uint64 {
	if v.b != nil { // a float of 16 bits
		return uint64(v.b[0]) | uint64(v.b[1])<<8
	}
	if n.elem.Type.V == format.Int32 {
		if n.val.Kind == Uint {
			return uint64(uint32(v.n))
		}
		return uint64(int64(int32(v.n))) // dictionaries and deltas give what is above the 32 bits as it comes
	}
	return v.n
}

// text is a value as text: a decimal in digits, others as they are.
func (n *node) text(v value) ([]byte, error) {
	if n.val.Kind != Decimal {
		return v.b, nil
	}
	switch n.elem.Type.V {
	case format.Int32, format.Int64:
		return decimal(big.NewInt(int64(n.number(v))), n.val.Scale), nil
	}
	if len(v.b) > 64 {
		return nil, corrupt("a decimal of %d bytes", len(v.b))
	}
	i := new(big.Int).SetBytes(v.b)
	if len(v.b) > 0 && v.b[0]&0x80 != 0 {
		i.Sub(i, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v.b))))
	}
	return decimal(i, n.val.Scale), nil
}

// decimal writes i / 10^scale.
func decimal(i *big.Int, scale int) []byte {
	digits := new(big.Int).Abs(i).String()
	if scale > 0 {
		if len(digits) <= scale {
			digits = strings.Repeat("0", scale+1-len(digits)) + digits
		}
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if i.Sign() < 0 {
		digits = "-" + digits
	}
	return []byte(digits)
}

var errLongValue = tooLarge("a single value of more than 64 MB")

// write writes the next value of a node as JSON.
func (p *parquetColumn) write(n *node, out *bytes.Buffer) error {
	if !n.repeated {
		return p.content(n, out)
	}
	return p.items(n, out, func() error { return p.content(n, out) })
}

// content writes a value without the list that its node may be.
func (p *parquetColumn) content(n *node, out *bytes.Buffer) error {
	if out.Len() > segmentBytes+valueBytes {
		return errLongValue
	}
	if n.leaf >= 0 {
		v, ok, err := p.chunks[n.leaf].take()
		if err != nil {
			return err
		}
		return n.json(v, ok, out)
	}
	if n.optional {
		c := p.first(n)
		if err := c.peek(); err != nil {
			return err
		}
		if c.def < n.def {
			out.WriteString("null")
			return p.skip(n)
		}
	}
	switch n.val.Kind {
	case List:
		inner := n.kids[0]
		return p.items(inner, out, func() error {
			if inner.wraps(n.elem.Name) && inner.leaf < 0 {
				return p.write(inner.kids[0], out)
			}
			return p.content(inner, out)
		})
	case Map:
		inner := n.kids[0]
		return p.items(inner, out, func() error { return p.fields(inner, out) })
	}
	return p.fields(n, out)
}

func (p *parquetColumn) fields(n *node, out *bytes.Buffer) error {
	out.WriteByte('[')
	for i, k := range n.kids {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := p.write(k, out); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

// items writes the list whose items are at a repeated node.
func (p *parquetColumn) items(n *node, out *bytes.Buffer, item func() error) error {
	c := p.first(n)
	if err := c.peek(); err != nil {
		return err
	}
	if c.def < n.def {
		out.WriteString("[]")
		return p.skip(n)
	}
	out.WriteByte('[')
	for i := 0; ; i++ {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := item(); err != nil {
			return err
		}
		if err := c.peek(); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if !c.ready || c.rep != n.rep {
			break
		}
	}
	out.WriteByte(']')
	return nil
}

// first is the first leaf below a node: it tells whether there is a value.
func (p *parquetColumn) first(n *node) *chunk {
	for n.leaf < 0 {
		n = n.kids[0]
	}
	return p.chunks[n.leaf]
}

// skip takes the null that each leaf below has.
func (p *parquetColumn) skip(n *node) error {
	return n.each(func(k *node) error {
		_, ok, err := p.chunks[k.leaf].take()
		if ok && err == nil {
			err = corrupt("a value where its group has none")
		}
		return err
	})
}

// json writes a leaf's value: numbers for what has a fixed width, texts, and base64 for bytes.
func (n *node) json(v value, ok bool, out *bytes.Buffer) error {
	t := n.val
	if !ok || t.Kind == Null {
		out.WriteString("null")
		return nil
	}
	if t.width() > 0 {
		writeBits(out, t, n.number(v))
		return nil
	}
	text, err := n.text(v)
	if err != nil {
		return err
	}
	return writeText(out, t, text)
}

func writeText(out *bytes.Buffer, t *Type, text []byte) error {
	if t.Kind == Bytes {
		out.WriteByte('"')
		out.WriteString(base64.StdEncoding.EncodeToString(text))
		out.WriteByte('"')
		return nil
	}
	quoted, err := json.Marshal(string(text))
	out.Write(quoted)
	return err
}

func writeBits(out *bytes.Buffer, t *Type, v uint64) {
	to := out.AvailableBuffer()
	switch t.Kind {
	case Bool:
		to = strconv.AppendBool(to, v != 0)
	case Uint:
		to = strconv.AppendUint(to, v<<(64-t.Bits)>>(64-t.Bits), 10)
	case Float:
		f := math.Float64frombits(v)
		switch t.Bits {
		case 32:
			f = float64(math.Float32frombits(uint32(v)))
		case 16:
			f = half(uint16(v))
		}
		switch {
		case math.IsNaN(f):
			to = append(to, "NaN"...)
		case math.IsInf(f, 1):
			to = append(to, "Infinity"...)
		case math.IsInf(f, -1):
			to = append(to, "-Infinity"...)
		default:
			to = strconv.AppendFloat(to, f, 'g', -1, 64)
		}
	default:
		bits := t.width() * 8
		to = strconv.AppendInt(to, int64(v<<(64-bits))>>(64-bits), 10)
	}
	out.Write(to)
}

// half is a float of 16 bits (source: IEEE 754).
func half(v uint16) float64 {
	sign, exp, frac := 1.0, int(v>>10&31), float64(v&1023)
	if v>>15 == 1 {
		sign = -1
	}
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return sign * math.Inf(1)
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}
