package cpython

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Limits of what code hands over of a table's file, and takes of a column at once, in bytes.
const (
	maxTable       = 1 << 30
	maxColumnBytes = 16 << 20
)

// openTable looks at a file that code made or downloaded itself: "v" and its index as for an attached one (nothing more if
// it is no table), or "e" and why not. The bytes are kept until the next one, or until the step ends; columnOf gives what
// is in it. What both answer follows from the bytes alone, so nothing of it is on the tape.
func (r *run) openTable(data []byte) ([]byte, bool) {
	r.columns = nil
	switch {
	case r.tables == nil:
		return []byte("enothing here reads such files"), true
	case len(data) > maxTable:
		return fmt.Appendf(nil, "ethe file is larger than %d MiB", maxTable>>20), true
	}
	index, columns := r.tables(bytes.NewReader(bytes.Clone(data)), int64(len(data)))
	for _, c := range columns {
		r.columns = append(r.columns, io.NewSectionReader(c, 0, math.MaxInt64))
	}
	return append([]byte{'v'}, index...), true
}

// columnOf gives the next bytes of a column of the table that is open: its number, and how many are wanted at most, as
// <II>. Nothing can be skipped or read again: what one call may cost is bounded, whatever the file claims.
func (r *run) columnOf(data []byte) ([]byte, bool) {
	if len(data) != 8 {
		return nil, false
	}
	i, n := binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[4:])
	if uint64(i) >= uint64(len(r.columns)) {
		return nil, false
	}
	part := make([]byte, min(n, maxColumnBytes))
	got, err := r.columns[i].Read(part)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false
	}
	return part[:got], true
}
