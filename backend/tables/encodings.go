package tables

import (
	"encoding/binary"
	"io"
	"math/bits"
)

// Parquet's encodings, each as something that gives one value after the other: a page that claims to have a billion
// values costs no memory (source: parquet-format, Encodings.md).

// value is a decoded value: the bits of a number, or bytes, which are valid until the next one is read.
type value struct {
	n uint64
	b []byte
}

type values interface {
	next() (value, error)
}

// plainFixed are numbers of 4 or 8 bytes.
type plainFixed struct {
	b     []byte
	width int
}

func (d *plainFixed) next() (v value, err error) {
	if len(d.b) < d.width {
		return v, io.ErrUnexpectedEOF
	}
	if d.width == 4 {
		v.n = uint64(binary.LittleEndian.Uint32(d.b))
	} else {
		v.n = binary.LittleEndian.Uint64(d.b)
	}
	d.b = d.b[d.width:]
	return v, nil
}

// plainBool are bits.
type plainBool struct {
	b  []byte
	at int
}

func (d *plainBool) next() (v value, err error) {
	if d.at>>3 >= len(d.b) {
		return v, io.ErrUnexpectedEOF
	}
	v.n = uint64(d.b[d.at>>3] >> (d.at & 7) & 1)
	d.at++
	return v, nil
}

// plainInt96 are times: nanoseconds of the day, and a Julian day. As nanoseconds since 1970.
type plainInt96 struct{ b []byte }

func (d *plainInt96) next() (v value, err error) {
	if len(d.b) < 12 {
		return v, io.ErrUnexpectedEOF
	}
	const julian1970, day = 2440588, 86400e9
	v.n = uint64((int64(binary.LittleEndian.Uint32(d.b[8:]))-julian1970)*day) + binary.LittleEndian.Uint64(d.b)
	d.b = d.b[12:]
	return v, nil
}

// plainBytes are texts with their lengths before them.
type plainBytes struct{ b []byte }

func (d *plainBytes) next() (v value, err error) {
	if len(d.b) < 4 {
		return v, io.ErrUnexpectedEOF
	}
	n := binary.LittleEndian.Uint32(d.b)
	if uint64(n) > uint64(len(d.b)-4) {
		return v, corrupt("a text of %d bytes in a page that has %d left", n, len(d.b)-4)
	}
	v.b, d.b = d.b[4:4+n:4+n], d.b[4+n:]
	return v, nil
}

// fixedBytes are byte strings of one length.
type fixedBytes struct {
	b    []byte
	size int
}

func (d *fixedBytes) next() (v value, err error) {
	if len(d.b) < d.size || d.size <= 0 {
		return v, io.ErrUnexpectedEOF
	}
	v.b, d.b = d.b[:d.size:d.size], d.b[d.size:]
	return v, nil
}

// split are values whose first bytes come first, then their second ones, and so on.
type split struct {
	b            []byte
	size, n, at  int
	asBytes      bool
	rawForNumber [8]byte
}

func newSplit(b []byte, size int, asBytes bool) (*split, error) {
	if size <= 0 || !asBytes && size != 4 && size != 8 || len(b)%size != 0 {
		return nil, corrupt("split bytes of %d for values of %d", len(b), size)
	}
	return &split{b: b, size: size, n: len(b) / size, asBytes: asBytes}, nil
}

func (d *split) next() (v value, err error) {
	if d.at >= d.n {
		return v, io.ErrUnexpectedEOF
	}
	raw := d.rawForNumber[:]
	if d.asBytes {
		raw = make([]byte, d.size)
	}
	for i := range d.size {
		raw[i] = d.b[i*d.n+d.at]
	}
	d.at++
	if d.asBytes {
		return value{b: raw}, nil
	}
	return value{n: binary.LittleEndian.Uint64(raw)}, nil // what is beyond size stays zero
}

// hybrid are small numbers as runs, and as packed bits between them.
type hybrid struct {
	b      []byte
	width  int
	left   uint64 // of the run
	run    uint64 // its value
	packed []byte // nil in a run
	at     uint64 // bits of packed that were read
}

func newHybrid(b []byte, width int) (*hybrid, error) {
	if width > 32 {
		return nil, corrupt("numbers of %d bits", width)
	}
	return &hybrid{b: b, width: width}, nil
}

func (d *hybrid) number() (uint64, error) {
	for d.left == 0 {
		head, n := binary.Uvarint(d.b)
		if n <= 0 {
			return 0, io.ErrUnexpectedEOF
		}
		d.b = d.b[n:]
		if d.left = head >> 1; head&1 == 1 { // groups of eight
			if d.left > uint64(len(d.b)) && d.width > 0 || d.left > 1<<40 {
				// The last group may be cut; what is missing is never asked for in a sound file.
				d.left = uint64(len(d.b))
			}
			size := min(d.left*uint64(d.width), uint64(len(d.b)))
			d.packed, d.b, d.at = d.b[:size:size], d.b[size:], 0
			d.left *= 8
			continue
		}
		size := (d.width + 7) / 8
		if size > len(d.b) {
			return 0, io.ErrUnexpectedEOF
		}
		d.run, d.packed = 0, nil
		for i := range size {
			d.run |= uint64(d.b[i]) << (8 * i)
		}
		d.b = d.b[size:]
	}
	d.left--
	if d.packed == nil {
		return d.run, nil
	}
	v, err := unpack(d.packed, d.at, d.width)
	d.at += uint64(d.width)
	return v, err
}

// unpack reads width bits at a place, the lowest first.
func unpack(b []byte, at uint64, width int) (v uint64, err error) {
	if (at+uint64(width)+7)/8 > uint64(len(b)) {
		return 0, io.ErrUnexpectedEOF
	}
	for got := 0; got < width; {
		from := int(at & 7)
		take := min(8-from, width-got)
		v |= uint64(b[at>>3]>>from) & (1<<take - 1) << got
		got, at = got+take, at+uint64(take)
	}
	return v, nil
}

func (d *hybrid) next() (value, error) {
	n, err := d.number()
	return value{n: n}, err
}

// dictionary are numbers of values.
type dictionary struct {
	numbers *hybrid
	words   []value
}

func newDictionary(b []byte, words []value) (*dictionary, error) {
	if len(b) == 0 { // of a page without values
		b = []byte{0}
	}
	h, err := newHybrid(b[1:], int(b[0]))
	return &dictionary{h, words}, err
}

func (d *dictionary) next() (value, error) {
	n, err := d.numbers.number()
	if err != nil {
		return value{}, err
	}
	if n >= uint64(len(d.words)) {
		return value{}, corrupt("value %d of a dictionary with %d", n, len(d.words))
	}
	return d.words[n], nil
}

// delta are numbers as differences, in blocks that are packed each with as few bits as it needs.
type delta struct {
	b              []byte
	perMini, minis uint64
	left           uint64 // values
	value, least   uint64
	widths         []byte
	mini           []byte
	at             uint64 // bits of mini that were read
	inMini         uint64 // values left in it
	width          int
	started        bool
}

func newDelta(b []byte) (*delta, error) {
	d := &delta{b: b}
	var block, first uint64
	for _, to := range []*uint64{&block, &d.minis, &d.left, &first} {
		v, n := binary.Uvarint(d.b)
		if n <= 0 {
			return nil, io.ErrUnexpectedEOF
		}
		*to, d.b = v, d.b[n:]
	}
	if d.minis == 0 || d.minis > 1<<16 || block > 1<<24 || block%d.minis != 0 || block/d.minis%8 != 0 || block == 0 {
		return nil, corrupt("blocks of %d in %d parts", block, d.minis)
	}
	if d.left > pageValues {
		return nil, tooLarge("a page of that many values")
	}
	d.perMini, d.value = block/d.minis, unzigzag(first)
	return d, nil
}

func unzigzag(v uint64) uint64 { return v>>1 ^ -(v & 1) }

func (d *delta) next() (value, error) {
	if d.left == 0 {
		return value{}, io.ErrUnexpectedEOF
	}
	d.left--
	if !d.started {
		d.started = true
		return value{n: d.value}, nil
	}
	if d.inMini == 0 {
		if err := d.miniblock(); err != nil {
			return value{}, err
		}
	}
	v, err := unpack(d.mini, d.at, d.width)
	if err != nil {
		return value{}, err
	}
	d.at, d.inMini = d.at+uint64(d.width), d.inMini-1
	d.value += v + d.least
	return value{n: d.value}, nil
}

func (d *delta) miniblock() error {
	if len(d.widths) == 0 {
		v, n := binary.Uvarint(d.b)
		if n <= 0 || uint64(len(d.b)-n) < d.minis {
			return io.ErrUnexpectedEOF
		}
		d.least, d.b = unzigzag(v), d.b[n:]
		d.widths, d.b = d.b[:d.minis], d.b[d.minis:]
	}
	d.width, d.widths = int(d.widths[0]), d.widths[1:]
	if d.width > 64 {
		return corrupt("differences of %d bits", d.width)
	}
	size := min(uint64(d.width)*d.perMini/8, uint64(len(d.b))) // the last one may be cut
	d.mini, d.b, d.at, d.inMini = d.b[:size], d.b[size:], 0, d.perMini
	return nil
}

// end goes over all values and gives what follows them.
func (d *delta) end() ([]byte, error) {
	for d.left > 0 {
		if _, err := d.next(); err != nil {
			return nil, err
		}
	}
	return d.b, nil
}

// deltaLengths are texts: their lengths, then all of them.
type deltaLengths struct {
	lengths *delta
	b       []byte
}

func newDeltaLengths(b []byte) (*deltaLengths, error) {
	all, err := newDelta(b)
	if err != nil {
		return nil, err
	}
	rest, err := all.end()
	if err != nil {
		return nil, err
	}
	lengths, err := newDelta(b)
	return &deltaLengths{lengths, rest}, err
}

func (d *deltaLengths) next() (v value, err error) {
	n, err := d.lengths.next()
	if err != nil {
		return v, err
	}
	if n.n > uint64(len(d.b)) {
		return v, corrupt("a text of %d bytes in a page that has %d left", int64(n.n), len(d.b))
	}
	v.b, d.b = d.b[:n.n:n.n], d.b[n.n:]
	return v, nil
}

// deltaTexts are texts that begin as the one before.
type deltaTexts struct {
	prefixes *delta
	rest     *deltaLengths
	last     []byte
}

func newDeltaTexts(b []byte) (*deltaTexts, error) {
	all, err := newDelta(b)
	if err != nil {
		return nil, err
	}
	after, err := all.end()
	if err != nil {
		return nil, err
	}
	prefixes, err := newDelta(b)
	if err != nil {
		return nil, err
	}
	rest, err := newDeltaLengths(after)
	return &deltaTexts{prefixes: prefixes, rest: rest}, err
}

func (d *deltaTexts) next() (v value, err error) {
	n, err := d.prefixes.next()
	if err != nil {
		return v, err
	}
	more, err := d.rest.next()
	if err != nil {
		return v, err
	}
	if n.n > uint64(len(d.last)) {
		return v, corrupt("a text begins with %d bytes of one that has %d", int64(n.n), len(d.last))
	}
	if n.n+uint64(len(more.b)) > pageBytes {
		return v, tooLarge("a text of that size")
	}
	d.last = append(d.last[:n.n], more.b...)
	return value{b: d.last}, nil
}

func levelWidth(most int) int { return bits.Len(uint(most)) }
