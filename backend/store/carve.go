package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// Carving reads the rows of a damaged database without SQLite. SQLite finds rows from the root of a tree, so one
// damaged page in the middle hides all below it, and a damaged first page hides everything. But each leaf page of a
// table holds whole rows and says so in its first byte. Carving looks at every page by itself, as the write-ahead
// log has it last, and gives the rows of all that still are leaves. (Source: sqlite.org/fileformat2.html.)
//
// Rows that were deleted do not come back: secure_delete zeroes them.

// carveLimit is up to which size, in bytes, a row is believed to be one.
const carveLimit = 256 << 20

type carver struct {
	db, wal  *os.File // wal may be nil
	pageSize int64
	usable   int64            // of a page; the rest is reserved (none in our files)
	pages    int64            // in the file and the log together
	logged   map[uint32]int64 // page → offset of its last committed content in the log
}

// carve calls row with the columns of every row of every table: nil, int64, float64, string or []byte (blobs).
func carve(path string, row func(columns []any) error) error {
	c := &carver{logged: map[uint32]int64{}}
	var err error
	if c.db, err = os.Open(path); err != nil {
		return err
	}
	defer c.db.Close()
	if c.wal, err = os.Open(path + "-wal"); err == nil {
		defer c.wal.Close()
	}
	if err := c.measure(); err != nil {
		return err
	}
	for n := int64(1); n <= c.pages; n++ {
		page, err := c.page(uint32(n))
		if err != nil {
			continue // an unreadable sector: the next page may be fine
		}
		if err := c.leaf(page, n == 1, row); err != nil {
			return err
		}
	}
	return nil
}

// measure finds the size of pages, in the header if it is whole, and what the log has.
func (c *carver) measure() error {
	head := make([]byte, 100)
	n, err := c.db.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the damaged database: %w", err)
	}
	c.pageSize = 4096 // what SQLite takes for new files, ours included
	if n == len(head) && bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		if size := pageSize(uint32(binary.BigEndian.Uint16(head[16:]))); size > 0 {
			c.pageSize = size
			c.usable = size - int64(head[20])
		}
	}
	if c.usable < 480 { // the least that SQLite allows
		c.usable = c.pageSize
	}
	info, err := c.db.Stat()
	if err != nil {
		return err
	}
	c.pages = (info.Size() + c.pageSize - 1) / c.pageSize
	if c.wal != nil {
		c.readLog()
	}
	return nil
}

func pageSize(n uint32) int64 {
	if n == 1 {
		return 65536
	}
	if n < 512 || n > 65536 || n&(n-1) != 0 {
		return 0
	}
	return int64(n)
}

// readLog notes the pages of all committed transactions in the write-ahead log, up to the first frame whose
// checksum is wrong: from there on it is older content that the log was not cleared of, or damage.
func (c *carver) readLog() {
	head := make([]byte, 32)
	if _, err := c.wal.ReadAt(head, 0); err != nil {
		return
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch binary.BigEndian.Uint32(head) {
	case 0x377f0682:
	case 0x377f0683:
		order = binary.BigEndian
	default:
		return
	}
	if pageSize(binary.BigEndian.Uint32(head[8:])) != c.pageSize {
		return
	}
	s0, s1 := checksum(order, 0, 0, head[:24])
	pending := map[uint32]int64{}
	frame := make([]byte, 24+c.pageSize)
	for at := int64(32); ; at += int64(len(frame)) {
		if _, err := c.wal.ReadAt(frame, at); err != nil {
			return
		}
		if !bytes.Equal(frame[8:16], head[16:24]) { // salts
			return
		}
		s0, s1 = checksum(order, s0, s1, frame[:8])
		s0, s1 = checksum(order, s0, s1, frame[24:])
		if binary.BigEndian.Uint32(frame[16:]) != s0 || binary.BigEndian.Uint32(frame[20:]) != s1 {
			return
		}
		pending[binary.BigEndian.Uint32(frame)] = at + 24
		if size := binary.BigEndian.Uint32(frame[4:]); size > 0 { // a commit
			for n, offset := range pending {
				c.logged[n] = offset
			}
			clear(pending)
			c.pages = max(c.pages, int64(size))
		}
	}
}

func checksum(order binary.ByteOrder, s0, s1 uint32, data []byte) (uint32, uint32) {
	for ; len(data) >= 8; data = data[8:] {
		s0 += order.Uint32(data) + s1
		s1 += order.Uint32(data[4:]) + s0
	}
	return s0, s1
}

func (c *carver) page(n uint32) ([]byte, error) {
	page := make([]byte, c.pageSize)
	if offset, ok := c.logged[n]; ok {
		_, err := c.wal.ReadAt(page, offset)
		return page, err
	}
	if n == 0 || int64(n) > c.pages {
		return nil, io.ErrUnexpectedEOF
	}
	_, err := c.db.ReadAt(page, int64(n-1)*c.pageSize)
	if errors.Is(err, io.EOF) { // the file was cut: what is missing reads as zeros
		err = nil
	}
	return page, err
}

// leaf gives the rows of a page, if it is the leaf of a table.
func (c *carver) leaf(page []byte, first bool, row func([]any) error) error {
	head := 0
	if first {
		head = 100 // the file's header
	}
	if page[head] != 0x0d {
		return nil
	}
	cells := int(binary.BigEndian.Uint16(page[head+3:]))
	for i := range cells {
		p := head + 8 + 2*i
		if p+2 > int(c.usable) {
			return nil // too many cells for a page: it only looked like a leaf
		}
		record, err := c.cell(page, int64(binary.BigEndian.Uint16(page[p:])))
		if err != nil {
			continue
		}
		columns, ok := columns(record)
		if !ok {
			continue
		}
		if err := row(columns); err != nil {
			return err
		}
	}
	return nil
}

var errNoCell = errors.New("no cell")

// cell gives the record of the cell at an offset, the overflow pages of a long one joined.
func (c *carver) cell(page []byte, at int64) ([]byte, error) {
	if at < 8 || at >= c.usable {
		return nil, errNoCell
	}
	b := page[at:c.usable]
	size, n := varint(b)
	if n == 0 || size > carveLimit || int64(size) > c.pages*c.pageSize {
		return nil, errNoCell
	}
	_, m := varint(b[n:]) // rowid
	if m == 0 {
		return nil, errNoCell
	}
	b = b[n+m:]
	want := int64(size)
	local := c.local(want)
	if local > int64(len(b)) {
		return nil, errNoCell
	}
	record := append([]byte(nil), b[:local]...)
	if local == want {
		return record, nil
	}
	if local+4 > int64(len(b)) {
		return nil, errNoCell
	}
	next := binary.BigEndian.Uint32(b[local:])
	seen := map[uint32]bool{} // damage can make a circle of the chain
	for int64(len(record)) < want {
		if seen[next] {
			return nil, errNoCell
		}
		seen[next] = true
		over, err := c.page(next)
		if err != nil {
			return nil, err
		}
		next = binary.BigEndian.Uint32(over)
		record = append(record, over[4:4+min(c.usable-4, want-int64(len(record)))]...)
	}
	return record, nil
}

// local is how much of a record stands on the leaf itself.
func (c *carver) local(size int64) int64 {
	most := c.usable - 35
	if size <= most {
		return size
	}
	least := (c.usable-12)*32/255 - 23
	if k := least + (size-least)%(c.usable-4); k <= most {
		return k
	}
	return least
}

// columns takes a record apart.
func columns(record []byte) ([]any, bool) {
	size, n := varint(record)
	if n == 0 || size > uint64(len(record)) || size < uint64(n) {
		return nil, false
	}
	head, body := record[n:size], record[size:]
	var out []any
	for len(head) > 0 {
		typ, n := varint(head)
		if n == 0 {
			return nil, false
		}
		head = head[n:]
		v, used, ok := column(typ, body)
		if !ok {
			return nil, false
		}
		out, body = append(out, v), body[used:]
	}
	return out, true
}

func column(typ uint64, body []byte) (v any, used uint64, ok bool) {
	var width = [...]uint64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}
	switch {
	case typ < uint64(len(width)):
		used = width[typ]
	case typ >= 12:
		used = (typ - 12) / 2
	default:
		return nil, 0, false
	}
	if used > uint64(len(body)) {
		return nil, 0, false
	}
	b := body[:used]
	switch {
	case typ == 0:
		return nil, used, true
	case typ == 7:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), used, true
	case typ == 8 || typ == 9:
		return int64(typ - 8), used, true
	case typ >= 12 && typ%2 == 0:
		return b, used, true
	case typ >= 12:
		return string(b), used, true
	}
	n := int64(int8(b[0])) // big-endian, signed
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n, used, true
}

// varint reads SQLite's variable-length integer; n is 0 if it is cut off.
func varint(b []byte) (v uint64, n int) {
	for n < 9 && n < len(b) {
		c := b[n]
		n++
		if n == 9 {
			return v<<8 | uint64(c), n
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, n
		}
	}
	return 0, 0
}
