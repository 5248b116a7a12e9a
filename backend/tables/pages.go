package tables

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"sandglass/backend/fault"
)

const (
	pageBytes       = 256 << 20 // writers make pages of about 1 MB, some one for a row group
	pageValues      = 1 << 27
	pageHeaderBytes = 16 << 20 // statistics may hold long texts
	dictionaryWords = 1 << 22

	oldDictionary format.Encoding = 2 // what RLEDictionary was called before version 2 of the format
)

// chunk goes through a leaf column of one row group.
type chunk struct {
	src        io.ReaderAt
	at, end    int64
	n          *node
	codec      format.CompressionCodec
	words      []value // dictionary
	defs, reps *hybrid // nil if there is but one level
	vals       values
	left       int64 // values and nulls in this page

	// What peek found.
	ready    bool
	def, rep int
}

// chunk opens a leaf in a row group.
func (f *parquetFile) chunk(group int, n *node) (*chunk, error) {
	c := &f.meta.RowGroups[group].Columns[n.leaf]
	m := &c.MetaData
	switch {
	case c.CryptoMetadata.Value != nil || len(c.EncryptedColumnMetadata) > 0:
		return nil, errEncrypted
	case c.FilePath != "":
		return nil, fault.New(fault.Invalid, "The Parquet file has its data in other files", "this one is a summary of a dataset", "Give the files that hold the data.")
	case m.Type != n.elem.Type.V:
		return nil, corrupt("a column of type %s holds %s", n.elem.Type.V, m.Type)
	}
	from := m.DataPageOffset
	if d := m.DictionaryPageOffset; d > 0 && d < from {
		from = d
	}
	if from < 0 || m.TotalCompressedSize < 0 || from > f.size || m.TotalCompressedSize > f.size-from {
		return nil, corrupt("a column lies at %d with %d bytes in a file of %d", from, m.TotalCompressedSize, f.size)
	}
	return &chunk{src: f.src, at: from, end: from + m.TotalCompressedSize, n: n, codec: m.Codec}, nil
}

// page reads pages until one has values. io.EOF: there is none.
func (c *chunk) page() error {
	for c.left == 0 {
		if c.at >= c.end {
			return io.EOF
		}
		h, err := c.header()
		if err != nil {
			return err
		}
		size := int64(h.CompressedPageSize)
		switch {
		case size < 0 || h.UncompressedPageSize < 0 || size > c.end-c.at:
			return corrupt("a page of %d bytes where %d are left", size, c.end-c.at)
		case size > pageBytes || h.UncompressedPageSize > pageBytes:
			return tooLarge(fmt.Sprintf("a page of %d MB", max(size, int64(h.UncompressedPageSize))>>20))
		}
		raw := make([]byte, size)
		if _, err := c.src.ReadAt(raw, c.at); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		c.at += size
		switch {
		case h.Type == format.DictionaryPage && h.DictionaryPageHeader.Valid:
			err = c.dictionary(raw, h)
		case h.Type == format.DataPage && h.DataPageHeader.Valid:
			err = c.data1(raw, h)
		case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
			err = c.data2(raw, h)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *chunk) header() (*format.PageHeader, error) {
	for most := int64(4 << 10); ; most *= 8 {
		n := min(most, c.end-c.at)
		raw := make([]byte, n)
		if _, err := c.src.ReadAt(raw, c.at); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		h := &format.PageHeader{}
		size, err := unmarshal(raw, h)
		if err == nil {
			c.at += int64(size)
			return h, nil
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) || n < most || most > pageHeaderBytes {
			return nil, err
		}
	}
}

func (c *chunk) dictionary(raw []byte, h *format.PageHeader) error {
	b, err := decompress(c.codec, raw, int(h.UncompressedPageSize))
	if err != nil {
		return err
	}
	n := int(h.DictionaryPageHeader.V.NumValues)
	if n < 0 || n > dictionaryWords {
		return tooLarge("a dictionary of that many values")
	}
	vals, err := c.plain(b)
	if err != nil {
		return err
	}
	c.words = make([]value, 0, min(n, len(b)+1))
	for range n {
		v, err := vals.next()
		if err != nil {
			return err
		}
		c.words = append(c.words, v)
	}
	return nil
}

// data1 opens a page of the first version: levels and values are compressed together.
func (c *chunk) data1(raw []byte, h *format.PageHeader) error {
	d := &h.DataPageHeader.V
	b, err := decompress(c.codec, raw, int(h.UncompressedPageSize))
	if err != nil {
		return err
	}
	levels := func(most int, e format.Encoding) (*hybrid, error) {
		if most == 0 {
			return nil, nil
		}
		if e != format.RLE {
			return nil, corrupt("levels in the encoding %s", e)
		}
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return nil, io.ErrUnexpectedEOF
		}
		n := binary.LittleEndian.Uint32(b)
		l, err := newHybrid(b[4:4+n], levelWidth(most))
		b = b[4+n:]
		return l, err
	}
	if c.reps, err = levels(c.n.rep, d.RepetitionLevelEncoding); err != nil {
		return err
	}
	if c.defs, err = levels(c.n.def, d.DefinitionLevelEncoding); err != nil {
		return err
	}
	return c.open(b, d.Encoding, d.NumValues)
}

// data2 opens a page of the second version: the levels come first and are not compressed.
func (c *chunk) data2(raw []byte, h *format.PageHeader) (err error) {
	d := &h.DataPageHeaderV2.V
	r, f := int(d.RepetitionLevelsByteLength), int(d.DefinitionLevelsByteLength)
	if r < 0 || f < 0 || r > len(raw) || f > len(raw)-r || r+f > int(h.UncompressedPageSize) {
		return corrupt("levels of %d and %d bytes in a page of %d", r, f, len(raw))
	}
	c.reps, c.defs = nil, nil
	if c.n.rep > 0 {
		if c.reps, err = newHybrid(raw[:r], levelWidth(c.n.rep)); err != nil {
			return err
		}
	}
	if c.n.def > 0 {
		if c.defs, err = newHybrid(raw[r:r+f], levelWidth(c.n.def)); err != nil {
			return err
		}
	}
	b := raw[r+f:]
	if !d.IsCompressed.Valid || d.IsCompressed.V {
		if b, err = decompress(c.codec, b, int(h.UncompressedPageSize)-r-f); err != nil {
			return err
		}
	}
	return c.open(b, d.Encoding, d.NumValues)
}

func (c *chunk) open(b []byte, e format.Encoding, n int32) (err error) {
	if n < 0 || n > pageValues {
		return tooLarge("a page of that many values")
	}
	c.left = int64(n)
	if len(b) == 0 { // all null
		c.vals = &plainFixed{width: 8}
		return nil
	}
	raw := c.n.elem.Type.V
	number, texts := raw == format.Int32 || raw == format.Int64, raw == format.ByteArray || raw == format.FixedLenByteArray
	switch {
	case e == format.Plain:
		c.vals, err = c.plain(b)
	case e == oldDictionary || e == format.RLEDictionary:
		c.vals, err = newDictionary(b, c.words)
	case e == format.RLE && raw == format.Boolean:
		if len(b) < 4 {
			return io.ErrUnexpectedEOF
		}
		c.vals, err = newHybrid(b[4:], 1)
	case e == format.DeltaBinaryPacked && number:
		c.vals, err = newDelta(b)
	case e == format.DeltaLengthByteArray && texts:
		c.vals, err = newDeltaLengths(b)
	case e == format.DeltaByteArray && texts:
		c.vals, err = newDeltaTexts(b)
	case e == format.ByteStreamSplit && (raw == format.Float || raw == format.Int32):
		c.vals, err = newSplit(b, 4, false)
	case e == format.ByteStreamSplit && (raw == format.Double || raw == format.Int64):
		c.vals, err = newSplit(b, 8, false)
	case e == format.ByteStreamSplit && raw == format.FixedLenByteArray:
		c.vals, err = newSplit(b, int(c.n.elem.TypeLength.V), true)
	default:
		err = corrupt("values of type %s in the encoding %s", raw, e)
	}
	return err
}

func (c *chunk) plain(b []byte) (values, error) {
	switch c.n.elem.Type.V {
	case format.Boolean:
		return &plainBool{b: b}, nil
	case format.Int32, format.Float:
		return &plainFixed{b, 4}, nil
	case format.Int64, format.Double:
		return &plainFixed{b, 8}, nil
	case format.Int96:
		return &plainInt96{b}, nil
	case format.ByteArray:
		return &plainBytes{b}, nil
	case format.FixedLenByteArray:
		if n := int(c.n.elem.TypeLength.V); n > 0 {
			return &fixedBytes{b, n}, nil
		}
	}
	return nil, corrupt("values of no known type")
}

// decompress gives exactly size bytes.
func decompress(codec format.CompressionCodec, b []byte, size int) ([]byte, error) {
	if size < 0 {
		return nil, corrupt("a page of %d bytes", size)
	}
	var r io.Reader
	switch codec {
	case format.Uncompressed:
		if len(b) < size {
			return nil, io.ErrUnexpectedEOF
		}
		return b[:size], nil
	case format.Snappy:
		if size == 0 && len(b) == 0 {
			return nil, nil
		}
		if n, err := snappy.DecodedLen(b); err != nil || n != size {
			return nil, corrupt("a page has %d bytes and not %d", n, size)
		}
		return snappy.Decode(make([]byte, size), b)
	case format.Lz4Raw, format.Lz4:
		return unlz4(b, size, codec == format.Lz4)
	case format.Gzip:
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		r = z
	case format.Brotli:
		r = brotli.NewReader(bytes.NewReader(b))
	case format.Zstd:
		z, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(pageBytes))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	default:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("The Parquet file is compressed with %s", codec), "nothing here reads that", "Write it with zstd, snappy or gzip.")
	}
	// What a page claims to become is reserved as it comes: a few bytes can claim anything.
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, int64(size)))
	if err == nil && n < int64(size) {
		err = io.ErrUnexpectedEOF
	}
	return out.Bytes(), err
}

// unlz4 reads a block. The older codec has blocks with their sizes before them, as Hadoop writes them; some writers gave
// its name to bare blocks.
func unlz4(b []byte, size int, framed bool) ([]byte, error) {
	out := make([]byte, size)
	if framed {
		if n := unhadoop(out, b); n == size {
			return out, nil
		}
	}
	n, err := lz4.UncompressBlock(b, out)
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	return out, err
}

func unhadoop(out, b []byte) (done int) {
	for len(b) >= 8 {
		whole, packed := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
		b = b[8:]
		if uint64(packed) > uint64(len(b)) || uint64(whole) > uint64(len(out)-done) {
			return -1
		}
		n, err := lz4.UncompressBlock(b[:packed], out[done:done+int(whole)])
		if err != nil || n != int(whole) {
			return -1
		}
		done, b = done+n, b[packed:]
	}
	return done
}

// peek looks at the levels of the next value or null. io.EOF: there is none.
func (c *chunk) peek() (err error) {
	if c.ready {
		return nil
	}
	if c.left == 0 {
		if err := c.page(); err != nil {
			return err
		}
	}
	c.left--
	c.rep, c.def = 0, c.n.def
	if c.reps != nil {
		n, err := c.reps.number()
		if err != nil {
			return err
		}
		c.rep = int(n)
	}
	if c.defs != nil {
		n, err := c.defs.number()
		if err != nil {
			return err
		}
		c.def = int(n)
	}
	if c.rep > c.n.rep || c.def > c.n.def {
		return corrupt("levels %d and %d", c.rep, c.def)
	}
	c.ready = true
	return nil
}

// take gives the value that peek found; ok is false for a null.
func (c *chunk) take() (v value, ok bool, err error) {
	if err := c.peek(); err != nil {
		return v, false, err
	}
	c.ready = false
	if c.def < c.n.def {
		return v, false, nil
	}
	v, err = c.vals.next()
	return v, true, err
}
