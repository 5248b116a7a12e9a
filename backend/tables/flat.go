package tables

import (
	"encoding/binary"
	"io"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Arrow describes files and batches with FlatBuffers, whose reader believes what a buffer says: a list of four billion
// fields is reserved before its first one is looked at, and parts may be shared, so that a small buffer describes a tree
// without end. So buffers are walked over before they are read. The numbers of slots are those of Arrow's
// format/{Message,Schema,File}.fbs.

const (
	flatParts = 1 << 20
	flatDepth = 40

	typeUnion = 14
)

// flat walks over a buffer. What is wrong is a panic, as in the reader of FlatBuffers.
type flat struct{ left int }

func flatRoot(b []byte) *flatbuffers.Table {
	return &flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}
}

func slot(t *flatbuffers.Table, n int) flatbuffers.UOffsetT {
	o := t.Offset(flatbuffers.VOffsetT(4 + 2*n))
	if o == 0 {
		return 0
	}
	return t.Pos + flatbuffers.UOffsetT(o)
}

// table is the table in a slot; nil if there is none.
func (f *flat) table(t *flatbuffers.Table, n int) *flatbuffers.Table {
	at := slot(t, n)
	if at == 0 {
		return nil
	}
	return &flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at)}
}

// vector checks that a vector of items of so many bytes lies in the buffer, and gives its place and length.
func (f *flat) vector(t *flatbuffers.Table, n, size int) (at, items int) {
	o := slot(t, n)
	if o == 0 {
		return 0, 0
	}
	start := int(o) + int(flatbuffers.GetUOffsetT(t.Bytes[o:]))
	items = int(flatbuffers.GetUOffsetT(t.Bytes[start:]))
	at = start + 4
	if uint64(items)*uint64(size) > uint64(len(t.Bytes)-at) {
		panic(corrupt("a list of %d in a description of %d bytes", items, len(t.Bytes)))
	}
	if f.left -= items; f.left < 0 {
		panic(tooLarge("a description of that many parts"))
	}
	return at, items
}

func (f *flat) each(t *flatbuffers.Table, n int, do func(*flatbuffers.Table)) {
	at, items := f.vector(t, n, 4)
	for i := range items {
		do(&flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(flatbuffers.UOffsetT(at + 4*i))})
	}
}

func (f *flat) schema(t *flatbuffers.Table) {
	if t == nil {
		panic(corrupt("there is no schema"))
	}
	f.each(t, 1, func(field *flatbuffers.Table) { f.field(field, 0) })
	f.vector(t, 2, 4)
}

func (f *flat) field(t *flatbuffers.Table, depth int) {
	if depth > flatDepth {
		panic(corrupt("the schema is nested too deeply"))
	}
	if at := slot(t, 2); at != 0 && t.Bytes[at] == typeUnion {
		if union := f.table(t, 3); union != nil {
			f.vector(union, 1, 4)
		}
	}
	f.each(t, 5, func(child *flatbuffers.Table) { f.field(child, depth+1) })
	f.vector(t, 6, 4)
}

// message walks over the description of a schema, a dictionary or a batch.
func (f *flat) message(b []byte) {
	t := flatRoot(b)
	f.vector(t, 4, 4)
	head := f.table(t, 2)
	if head == nil {
		panic(corrupt("a message without a head"))
	}
	kind := byte(0)
	if at := slot(t, 1); at != 0 {
		kind = t.Bytes[at]
	}
	switch kind {
	case 1:
		f.schema(head)
	case 2:
		if batch := f.table(head, 1); batch != nil {
			f.batch(batch)
		}
	case 3:
		f.batch(head)
	}
}

func (f *flat) batch(t *flatbuffers.Table) {
	f.vector(t, 1, 16)
	_, buffers := f.vector(t, 2, 16)
	at, n := f.vector(t, 4, 8)
	for i := range n {
		if k := binary.LittleEndian.Uint64(t.Bytes[at+8*i:]); k > uint64(buffers) {
			panic(corrupt("%d of %d parts", k, buffers))
		}
	}
}

// block is where a message of the file lies.
type block struct{ offset, meta int64 }

// footer walks over the end of a file and gives the places of its dictionaries and batches.
func (f *flat) footer(b []byte) (dictionaries, batches []block) {
	t := flatRoot(b)
	f.schema(f.table(t, 1))
	f.vector(t, 4, 4)
	blocks := func(n int) (out []block) {
		at, items := f.vector(t, n, 24)
		for i := range items {
			p := b[at+24*i:]
			out = append(out, block{int64(binary.LittleEndian.Uint64(p)), int64(int32(binary.LittleEndian.Uint32(p[8:])))})
		}
		return out
	}
	return blocks(2), blocks(3)
}

// checkFooter reads and checks the end of a file of Arrow's IPC format.
func checkFooter(src io.ReaderAt, size int64) (dictionaries, batches []block, err error) {
	const tail = 10 // the footer's length, and ARROW1
	end := make([]byte, tail)
	if size < 2*tail {
		return nil, nil, io.ErrUnexpectedEOF
	}
	if _, err := src.ReadAt(end, size-tail); err != nil && err != io.EOF {
		return nil, nil, err
	}
	n := int64(int32(binary.LittleEndian.Uint32(end)))
	switch {
	case string(end[4:]) != "ARROW1":
		return nil, nil, corrupt("its end is missing")
	case n <= 0 || n > size-2*tail:
		return nil, nil, corrupt("a description of %d bytes in a file of %d", n, size)
	case n > footerBytes:
		return nil, nil, tooLarge("a description of that size")
	}
	b := make([]byte, n)
	if _, err := src.ReadAt(b, size-tail-n); err != nil && err != io.EOF {
		return nil, nil, err
	}
	dictionaries, batches = (&flat{flatParts}).footer(b)
	return dictionaries, batches, nil
}

// checkBlock reads and checks the description of a message.
func checkBlock(src io.ReaderAt, size int64, at block) error {
	if at.offset < 0 || at.meta < 8 || at.meta > footerBytes || at.offset > size || at.meta > size-at.offset {
		return corrupt("a part of %d bytes at %d in a file of %d", at.meta, at.offset, size)
	}
	b := make([]byte, at.meta)
	if _, err := src.ReadAt(b, at.offset); err != nil && err != io.EOF {
		return err
	}
	(&flat{flatParts}).message(unframed(b))
	return nil
}

// unframed takes off what stands before a message: its length, and in newer files four times 0xFF before that.
func unframed(b []byte) []byte {
	if binary.LittleEndian.Uint32(b) == 0xffffffff {
		return b[8:]
	}
	return b[4:]
}
