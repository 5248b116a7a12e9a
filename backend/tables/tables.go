// Package tables reads Parquet and Feather files for code in the sandbox: pandas there has no library for them. A file is
// turned into a description and one stream a column, in the simple form that driver/attached.py reads. Streams are made
// while they are read, some ten thousand rows at a time, so memory is bounded whatever the file holds.
//
// Files come from anywhere. What they say of sizes and counts is checked before it is believed.
package tables

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"sandglass/backend/fault"
)

// Format is a kind of file.
type Format string

// The formats that are known. FeatherOld and ParquetEncrypted are recognised, and refused with a reason.
const (
	Parquet          Format = "Parquet"
	Feather          Format = "Feather"
	FeatherOld       Format = "Feather version 1"
	ParquetEncrypted Format = "encrypted Parquet"
)

// Table is a file that was opened: what it says of itself.
type Table struct {
	Format  Format
	Rows    int64 // -1 if the file does not say
	Columns []Column
	pandas  string // JSON that pandas left in the file: its index and types
	source  source
}

// Column is one column of a Table.
type Column struct {
	Name string `json:"name"`
	Type *Type  `json:"type"`
}

// source makes cursors; there is one for each format.
type source interface {
	column(i int) (cursor, error)
}

// cursor goes through a column once.
type cursor interface {
	// more adds rows to b until it is full; io.EOF when there are none.
	more(b *builder) error
}

// Detect says what a file is by its first bytes; "" for something else.
func Detect(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return Parquet
	case bytes.HasPrefix(head, []byte("PARE")):
		return ParquetEncrypted
	case bytes.HasPrefix(head, []byte("ARROW1")):
		return Feather
	case bytes.HasPrefix(head, []byte("FEA1")):
		return FeatherOld
	}
	return ""
}

// Open reads the description of a table of size bytes. nil and no error: it is no such file. The faults are Invalid; src
// is read again when columns are.
func Open(src io.ReaderAt, size int64) (t *Table, err error) {
	head := make([]byte, 6)
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, broken("", err)
	}
	format := Detect(head[:n])
	defer func() {
		if p := recover(); p != nil {
			t, err = nil, broken(format, fmt.Errorf("%v", p))
		}
	}()
	switch format {
	case Parquet:
		t, err = openParquet(src, size)
	case Feather:
		t, err = openFeather(src, size)
	case ParquetEncrypted:
		return nil, errEncrypted
	case FeatherOld:
		return nil, fault.New(fault.Invalid, "The table is a Feather file of version 1", "nothing here reads it", "Write it as version 2 (pandas does since 1.0), as Parquet or as CSV.")
	default:
		return nil, nil
	}
	if err != nil {
		return nil, broken(format, err)
	}
	t.Format = format
	return t, nil
}

var errEncrypted = fault.New(fault.Invalid, "The Parquet file is encrypted", "keys cannot be given to Sandglass", "Write it without encryption.")

// broken makes a fault of what went wrong; one that is a fault already stays as it is.
func broken(format Format, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return fault.Wrap(err, fault.Invalid, strings.TrimSpace("The "+string(format)+" file")+" cannot be read", "it is damaged or not complete: "+err.Error(),
		"Write it again, or give the table as CSV. The bytes of the file can be read all the same.")
}

// errCorrupt is what decoders say; the fault around it says what to do.
var errCorrupt = errors.New("its bytes make no sense")

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errCorrupt}, args...)...)
}

// tooLarge is for what is right, and more than can be kept in memory at once.
func tooLarge(what string) error {
	return fault.New(fault.Invalid, "The table cannot be read here", what+" at once is too much for bounded memory", "Write it in smaller pieces: smaller row groups (Parquet) or record batches (Feather).")
}

// Parts are the description, as JSON, and the columns. A file that cannot be read has a description that says so; one
// that is no table has none. It is what cpython.Config.Tables wants.
func Parts(src io.ReaderAt, size int64) (index []byte, columns []io.ReaderAt) {
	t, err := Open(src, size)
	switch {
	case err != nil:
		index, _ = json.Marshal(map[string]string{"fault": oneLine(err)})
		return index, nil
	case t == nil:
		return nil, nil
	}
	index, err = json.Marshal(map[string]any{"format": t.Format, "rows": t.Rows, "columns": append([]Column{}, t.Columns...), "pandas": t.pandas})
	if err != nil {
		index, _ = json.Marshal(map[string]string{"fault": oneLine(err)})
		return index, nil
	}
	for i := range t.Columns {
		columns = append(columns, t.Column(i))
	}
	return index, columns
}

func oneLine(err error) string {
	f := fault.Of(err)
	text := f.What
	if f.Why != "" {
		text += ": " + f.Why
	}
	if f.Do != "" {
		text += ". " + f.Do
	}
	return text
}

// Column is the stream of a column: segments (see builder.flush), the last of which says what is wrong if something is.
// Nothing is read before it is. Reading forwards costs what is read; going back begins anew.
func (t *Table) Column(i int) io.ReaderAt { return &stream{table: t, i: i} }
