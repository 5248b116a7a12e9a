package tables_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"sandglass/backend/tables"
)

// drain reads at most a quarter of a megabyte of each column, as much as a session with little memory would.
func drain(raw []byte) (total int64, faults int) {
	index, columns := tables.Parts(bytes.NewReader(raw), int64(len(raw)))
	if bytes.HasPrefix(index, []byte(`{"fault"`)) {
		faults++
	}
	for _, c := range columns {
		b, _ := io.ReadAll(io.NewSectionReader(c, 0, 256<<10)) // what goes wrong is in the stream
		total += int64(len(b))
		if bytes.Contains(b, []byte("cannot be read")) {
			faults++
		}
	}
	return total, faults
}

// TestDamaged: whatever is cut off or changed, there is a fault or there are values, and no panic.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"testdata/mixed.zstd.parquet", "testdata/mixed.arrow", "testdata/nested_maps.snappy.parquet"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		faults := 0
		for n := 0; n < len(raw); n += 1 + len(raw)/60 {
			_, f := drain(raw[:n])
			faults += f
			changed := bytes.Clone(raw)
			changed[n] ^= 0xff
			_, f = drain(changed)
			faults += f
		}
		if faults < 60 {
			t.Errorf("%s: only %d faults in 120 damaged files", name, faults)
		}
	}
}

// TestClaims: what a file claims to have is not reserved before it is there.
func TestClaims(t *testing.T) {
	footer := func(thrift ...byte) []byte {
		raw := append([]byte("PAR1"), thrift...)
		raw = binary.LittleEndian.AppendUint32(raw, uint32(len(thrift)))
		return append(raw, "PAR1"...)
	}
	mixed, err := os.ReadFile("testdata/mixed.snappy.parquet")
	if err != nil {
		t.Fatal(err)
	}
	long := bytes.Clone(mixed)
	binary.LittleEndian.PutUint32(long[len(long)-8:], 1<<31)
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"a list of two billion row groups": {footer(0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 7), "unexpected EOF"},
		"nesting without end":              {footer(bytes.Repeat([]byte{0x1c}, 5000)...), "nested too deeply"},
		"a description longer than it":     {long, "a description of 2147483648 bytes"},
		"no end":                           {[]byte("PAR1 and nothing else at all"), "its end is missing"},
		"shorter than can be":              {[]byte("PAR1"), "unexpected EOF"},
		"encrypted":                        {[]byte("PARE0000PARE"), "is encrypted"},
		"encrypted columns":                {append(append([]byte("PAR1"), make([]byte, 20)...), "PARE"...), "is encrypted"},
		"Feather without end":              {[]byte("ARROW1\x00\x00 and nothing else at all"), "its end is missing"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		index, columns := tables.Parts(bytes.NewReader(c.raw), int64(len(c.raw)))
		runtime.ReadMemStats(&after)
		if !strings.Contains(string(index), c.want) || len(columns) > 0 {
			t.Errorf("%s: %s", name, index)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
			t.Errorf("%s: %d bytes were reserved", name, used)
		}
	}
	if index, columns := tables.Parts(strings.NewReader("a,b\n1,2\n"), 8); index != nil || columns != nil {
		t.Errorf("a CSV file: %s", index)
	}
}

// TestFeather is about what the files of other writers here do not have: compression, more batches, dictionaries that
// grow, views, nested types.
func TestFeather(t *testing.T) {
	mem := memory.NewGoAllocator()
	kinds := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String, Ordered: true}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "kind", Type: kinds, Nullable: true},
		{Name: "view", Type: arrow.BinaryTypes.StringView, Nullable: true},
		{Name: "wait", Type: arrow.FixedWidthTypes.Duration_ms},
		{Name: "half", Type: arrow.FixedWidthTypes.Float16, Nullable: true},
		{Name: "span", Type: arrow.FixedWidthTypes.MonthInterval, Nullable: true},
		{Name: "map", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.ListOf(arrow.FixedWidthTypes.Time64us)), Nullable: true},
	}, nil)
	for name, opts := range map[string][]ipc.Option{"plain": nil, "lz4": {ipc.WithLZ4()}, "zstd": {ipc.WithZstd()}} {
		var file bytes.Buffer
		w, err := ipc.NewFileWriter(&file, append(opts, ipc.WithSchema(schema), ipc.WithDictionaryDeltas(true))...)
		if err != nil {
			t.Fatal(err)
		}
		for batch := range 2 {
			rec, _, err := array.RecordFromJSON(mem, schema, strings.NewReader(`[
				{"n": 1, "kind": "low", "view": "a text that is longer than twelve", "wait": 5, "half": 0.5, "map": [{"key": "k", "value": ["00:00:01"]}]},
				{"n": null, "kind": null, "view": null, "wait": 6, "half": null, "map": null},
				{"n": 3, "kind": "high", "view": "short", "wait": 7, "half": -2, "map": []}]`))
			if err != nil {
				t.Fatal(batch, err)
			}
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		want := `n: int64, 6 rows: 1 | null | 3 | 1 | null | 3
kind: category of text, 6 rows: "low" | null | "high" | "low" | null | "high"
view: text, 6 rows: "a text that is longer than twelve" | null | "short" | "a text that is longer than twelve" | null | "short"
wait: duration, 6 rows: 5 | 6 | 7 | 5 | 6 | 7
half: float16, 6 rows: 14336 | null | 49152 | 14336 | null | 49152
span: month_interval (cannot be read), 0 rows:  ! column "span": The Feather file cannot be read`
		got := show(file.Bytes())
		if !strings.Contains(got, `map: map, 6 rows: [["k",[1000000]]] | null | []`) {
			t.Errorf("%s: %s", name, got)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// FuzzTables: no file makes the reader panic, hang or reserve what it has not.
func FuzzTables(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.*")
	for _, name := range files {
		if raw, err := os.ReadFile(name); err == nil && len(raw) < 20_000 && !strings.HasSuffix(name, ".golden") {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		index, _ := tables.Parts(bytes.NewReader(raw), int64(len(raw)))
		if index != nil && !json.Valid(index) {
			t.Errorf("the index is not JSON: %q", index)
		}
		drain(raw)
	})
}
