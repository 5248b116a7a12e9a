package cpython

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"sandglass/backend/event"
)

const (
	maxRepr = 20_000 // characters, and one for the ellipsis
	maxText = 64_000 // bytes of a message or traceback
)

// decodeToolCall reads "<name>\0<JSON object>".
func decodeToolCall(data []byte) (name string, args json.RawMessage, err error) {
	n, a, ok := bytes.Cut(data, []byte{0})
	if !ok {
		return "", nil, errors.New("a tool call without arguments")
	}
	if !utf8.Valid(n) {
		return "", nil, errors.New("a tool's name is not text")
	}
	a = bytes.TrimSpace(a)
	if len(a) == 0 || a[0] != '{' || !json.Valid(a) {
		return "", nil, fmt.Errorf("the arguments of %s are not a JSON object", n)
	}
	return string(n), bytes.Clone(a), nil
}

// result is what the driver reports of a step.
type result struct {
	Value *event.Value   `json:"value"`
	Error *event.PyError `json:"error"`
}

func decodeResult(data []byte) (result, error) {
	var r result
	if err := json.Unmarshal(data, &r); err != nil {
		return result{}, fmt.Errorf("read the driver's report: %w", err)
	}
	if err := tidy(r.Value); err != nil {
		return result{}, err
	}
	if e := r.Error; e != nil {
		e.Type, e.Message, e.Traceback = cut(e.Type, 200), cut(e.Message, maxText), cut(e.Traceback, maxText)
		e.Line = max(e.Line, 0)
	}
	return r, nil
}

func decodeValue(data []byte) (*event.Value, error) {
	var v event.Value
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, fmt.Errorf("read a value: %w", err)
	}
	return &v, tidy(&v)
}

// tidy holds a value to its promises: code can speak to the host past the driver.
func tidy(v *event.Value) error {
	if v == nil {
		return nil
	}
	v.Type = cut(v.Type, 200)
	if utf8.RuneCountInString(v.Repr) > maxRepr+1 {
		v.Repr = string([]rune(v.Repr)[:maxRepr]) + "…"
	}
	if v.Table != nil {
		return tidyTable(v.Table)
	}
	return nil
}

func tidyTable(t *event.Table) error {
	for _, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return errors.New("a table's row has another number of cells than there are columns")
		}
		for _, c := range row {
			switch c.(type) {
			case nil, string, bool, float64:
			default:
				return errors.New("a table's cell is not a scalar")
			}
		}
	}
	t.Total = max(t.Total, len(t.Rows))
	return nil
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
