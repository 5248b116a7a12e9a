package cpython

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"sandglass/backend/sandbox"
)

// The guest may say anything to the host: whatever it is, the host neither panics nor breaks its own promises.

func FuzzToolCall(f *testing.F) {
	f.Add([]byte("name\x00{\"a\":1}"))
	f.Add([]byte("name"))
	f.Add([]byte("\x00[]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		name, args, err := decodeToolCall(data)
		if err != nil {
			return
		}
		var m map[string]json.RawMessage
		if json.Unmarshal(args, &m) != nil || m == nil || !utf8.ValidString(name) {
			t.Errorf("%q passed as %q %q", data, name, args)
		}
	})
}

func FuzzResult(f *testing.F) {
	f.Add([]byte(`{"value":{"type":"int","repr":"2","json":2},"error":null}`))
	f.Add([]byte(`{"value":{"type":"list","repr":"","table":{"columns":["a"],"rows":[[1]],"total":5}}}`))
	f.Add([]byte(`{"error":{"type":"E","message":"m","line":-1,"traceback":"t"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decodeResult(data)
		if err != nil {
			return
		}
		if v := r.Value; v != nil {
			if utf8.RuneCountInString(v.Repr) > maxRepr+1 || v.JSON != nil && !json.Valid(v.JSON) {
				t.Errorf("%q passed", data)
			}
			if tb := v.Table; tb != nil {
				for _, row := range tb.Rows {
					if len(row) != len(tb.Columns) {
						t.Errorf("%q passed", data)
					}
				}
			}
		}
		if r.Error != nil && r.Error.Line < 0 {
			t.Errorf("%q passed", data)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}

// strict is a host that looks at what it is given.
type strict struct {
	noHost
	t *testing.T
}

func (h strict) CallTool(_ context.Context, name string, args json.RawMessage) (json.RawMessage, error) {
	var m map[string]json.RawMessage
	if name != "tool" || json.Unmarshal(args, &m) != nil || m == nil {
		h.t.Errorf("the host was called with %q %q", name, args)
	}
	return args, nil
}

// FuzzOperations speaks every operation, also those that are not there.
func FuzzOperations(f *testing.F) {
	f.Add(int32(opTool), []byte("tool\x00{\"a\":[1]}"))
	f.Add(int32(opTool), []byte("other\x00{}"))
	f.Add(int32(opFinal), []byte(`{"type":"int","repr":"2","json":2}`))
	f.Add(int32(opResult), []byte(`{"value":null,"error":null}`))
	f.Add(int32(-1), []byte{})
	for op := int32(5); op < 12; op++ { // of hosts that can do more
		f.Add(op, []byte(`{"name":"x","module":"os","url":"http://h/","method":"GET","headers":[["a","b"]],"body":""}`))
	}
	f.Add(int32(opDraw), []byte("{\"format\":\"svg\",\"scale\":2}\x00{\"data\":[]}"))
	f.Add(int32(opDraw), []byte("{\"width\":1e999}\x00{}"))
	f.Fuzz(func(t *testing.T, op int32, data []byte) {
		r := newRun(t.Context(), sandbox.Limits{}.WithDefaults(), strict{t: t})
		r.tools = map[string]bool{"tool": true}
		r.tables = func(src io.ReaderAt, _ int64) ([]byte, []io.ReaderAt) { return nil, []io.ReaderAt{src} }
		r.openTable(data)
		r.drawer = func(_ context.Context, figure []byte, how Drawing) ([]byte, string, error) {
			if !utf8.ValidString(how.Format) || !utf8.ValidString(how.Background) {
				t.Errorf("%q is drawn as %+v", data, how)
			}
			if len(figure) == 3 {
				panic("a drawing that breaks down")
			}
			return figure, "", nil
		}
		answer, ok := r.answer(op, data)
		if !ok && answer != nil || (op == opTool || op == opDraw) && (len(answer) == 0 || answer[0] != 'v' && answer[0] != 'e') {
			t.Errorf("operation %d of %q gave %q", op, data, answer)
		}
		if _, err := json.Marshal(r.final); err != nil {
			t.Errorf("operation %d of %q left a final answer that cannot be recorded: %v", op, data, err)
		}
	})
}

func TestDamagedImages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image")
	mem := make([]byte, 3*4096)
	copy(mem[4096:], "content")
	if err := writeImage(path, image{Key: "k"}, mem); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if img, got, err := decodeImage(good); err != nil || !bytes.Equal(got, mem) || img.Key != "k" {
		t.Fatalf("the whole one: %v", err)
	}
	for _, n := range []int{0, 1, len(imageMagic), len(good) / 2, len(good) - 1} {
		if _, _, err := decodeImage(good[:n]); !errors.Is(err, errDamaged) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
		bad := bytes.Clone(good)
		bad[n] ^= 0x20
		if _, _, err := decodeImage(bad); !errors.Is(err, errDamaged) {
			t.Errorf("changed at %d: %v", n, err)
		}
	}
}

func FuzzImage(f *testing.F) {
	sign := func(s string) []byte {
		sum := sha256.Sum256([]byte(imageMagic + s))
		return append([]byte(imageMagic+s), sum[:]...)
	}
	for _, s := range []string{
		`{"size":4096,"runs":[[0,4]]}` + "\nabcd", `{"size":4096,"runs":[[4094,4098]]}` + "\nabcd", `{"size":-1}` + "\n",
		`{"size":10,"runs":[[-5,-1],[9,3]]}` + "\nabcdefgh", "{}",
	} {
		f.Add(sign(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 || strings.Contains(string(data), `"size":`) && len(data) > 4096 {
			return
		}
		img, mem, err := decodeImage(data)
		if err == nil && len(mem) != img.Size {
			t.Error("memory of another size than said")
		}
	})
}
