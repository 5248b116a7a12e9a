package tables_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sandglass/backend/tables"
)

var update = flag.Bool("update", false, "write the golden files")

// TestFiles reads tables of many writers.
func TestFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) < 20 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		ext := filepath.Ext(name)
		if ext != ".parquet" && ext != ".arrow" && ext != ".feather" {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := show(raw)
			golden := "testdata/" + strings.TrimSuffix(filepath.Base(name), ext) + ".golden"
			if strings.HasPrefix(filepath.Base(name), "mixed.") {
				golden = "testdata/mixed.golden" // all have the same rows
			}
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
		})
	}
}

// show reads a table as the sandbox does: the types, and the first values of each column.
func show(raw []byte) string {
	var b strings.Builder
	src := bytes.NewReader(raw)
	index, columns := tables.Parts(src, int64(len(raw)))
	var about struct {
		Fault   string
		Columns []tables.Column
	}
	if err := json.Unmarshal(index, &about); err != nil {
		return err.Error()
	}
	if about.Fault != "" {
		return about.Fault + "\n"
	}
	for i, c := range about.Columns {
		values, rows, err := decode(c.Type, columns[i])
		if len(values) > 12 {
			values = append(values[:12], "…")
		}
		fmt.Fprintf(&b, "%s: %s, %d rows: %s", c.Name, c.Type, rows, strings.Join(values, " | "))
		if err != nil {
			fmt.Fprintf(&b, " ! %v", err)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// decode reads the segments of a column.
func decode(t *tables.Type, src io.ReaderAt) (values []string, rows int, err error) {
	r := io.NewSectionReader(src, 0, math.MaxInt64)
	var words []string
	for {
		var head [6]uint32
		if err := binary.Read(r, binary.LittleEndian, &head); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return values, rows, err
		}
		var parts [4][]byte
		for i := range parts {
			parts[i] = make([]byte, head[i+2])
			if _, err := io.ReadFull(r, parts[i]); err != nil {
				return values, rows, err
			}
		}
		rows += int(head[1])
		var list []json.RawMessage
		switch head[0] {
		case 0:
			return values, rows, errors.New(string(parts[3]))
		case 2:
			if !t.Category {
				words = nil
			}
			words = append(words, split(t, parts[2], parts[3])...)
		case 3:
			if err := json.Unmarshal(bytes.ReplaceAll(parts[3], []byte("NaN"), []byte(`"NaN"`)), &list); err != nil {
				return values, rows, err
			}
		}
		for i := range int(head[1]) {
			v := "null"
			switch {
			case head[0] == 4 || len(parts[0]) > 0 && parts[0][i] == 0:
			case head[0] == 1:
				w := len(parts[1]) / int(head[1])
				v = number(t, parts[1][i*w:(i+1)*w])
			case head[0] == 2:
				v = words[binary.LittleEndian.Uint32(parts[1][4*i:])]
			case head[0] == 3:
				v = string(list[i])
			}
			values = append(values, v)
		}
	}
}

func split(t *tables.Type, ends, data []byte) (out []string) {
	from, text := 0, []rune(string(data))
	for i := 0; i < len(ends); i += 4 {
		to := int(binary.LittleEndian.Uint32(ends[i:]))
		if t.Kind == tables.Bytes {
			out = append(out, fmt.Sprintf("%x", data[from:to]))
		} else {
			out = append(out, fmt.Sprintf("%q", string(text[from:to])))
		}
		from = to
	}
	return out
}

func number(t *tables.Type, b []byte) string {
	var raw [8]byte
	copy(raw[:], b)
	n := binary.LittleEndian.Uint64(raw[:])
	switch {
	case t.Kind == tables.Float && t.Bits == 16:
		return fmt.Sprint(n)
	case t.Kind == tables.Float && t.Bits == 32:
		return fmt.Sprint(math.Float32frombits(uint32(n)))
	case t.Kind == tables.Float:
		return fmt.Sprint(math.Float64frombits(n))
	case t.Kind == tables.Uint || t.Kind == tables.Bool:
		return fmt.Sprint(n)
	}
	return fmt.Sprint(int64(n) << (64 - 8*len(b)) >> (64 - 8*len(b)))
}
