package figure

import (
	"encoding/base64"
	"encoding/binary"
	"maps"
	"math"
	"strconv"
	"strings"
)

// object is a part of a figure. What it holds is asked for by dotted paths, and counts as not said if its type is wrong.
type object map[string]any

func asObject(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func (o object) get(path string) any {
	for {
		key, rest, more := strings.Cut(path, ".")
		v := o[key]
		if !more {
			return v
		}
		o, path = asObject(v), rest
	}
}

func (o object) has(path string) bool { return o.get(path) != nil }

func (o object) obj(path string) object { return asObject(o.get(path)) }

func (o object) num(path string, usual float64) float64 {
	if v, ok := number(o.get(path)); ok {
		return v
	}
	return usual
}

// count is a number within bounds.
func (o object) within(path string, usual, low, high float64) float64 {
	return min(max(o.num(path, usual), low), high)
}

func (o object) str(path, usual string) string {
	switch v := o.get(path).(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return usual
}

func (o object) flag(path string, usual bool) bool {
	if v, ok := o.get(path).(bool); ok {
		return v
	}
	return usual
}

func (o object) list(path string) []any { return asList(o.get(path)) }

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return 0, false
}

func asList(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		return packed(v)
	}
	return nil
}

// packed reads plotly's packed arrays: {dtype, bdata, shape}.
func packed(o object) []any {
	kind, text := o.str("dtype", ""), o.str("bdata", "")
	if kind == "" || text == "" {
		return nil
	}
	data, err := base64.StdEncoding.DecodeString(text)
	size := int(kind[len(kind)-1] - '0')
	if err != nil || len(kind) != 2 || (size != 1 && size != 2 && size != 4 && size != 8) {
		return nil
	}
	if len(data)/size > MaxValues {
		refuse("Draw fewer points: take a sample, or means.", "it holds more than %d values", MaxValues)
	}
	out := make([]any, 0, len(data)/size)
	for ; len(data) >= size; data = data[size:] {
		var bits uint64
		switch size {
		case 1:
			bits = uint64(data[0])
		case 2:
			bits = uint64(binary.LittleEndian.Uint16(data))
		case 4:
			bits = uint64(binary.LittleEndian.Uint32(data))
		default:
			bits = binary.LittleEndian.Uint64(data)
		}
		var f float64
		switch {
		case kind == "f8":
			f = math.Float64frombits(bits)
		case kind == "f4":
			f = float64(math.Float32frombits(uint32(bits)))
		case kind[0] == 'u':
			f = float64(bits)
		case kind[0] == 'i':
			f = float64(int64(bits<<(64-8*size)) >> (64 - 8*size))
		default:
			return nil
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			out = append(out, nil)
		} else {
			out = append(out, f)
		}
	}
	return shaped(out, o.get("shape"))
}

// shaped puts a packed array of two dimensions into rows: "rows, columns".
func shaped(all []any, shape any) []any {
	text, _ := shape.(string)
	a, b, two := strings.Cut(text, ",")
	rows, err1 := strconv.Atoi(strings.TrimSpace(a))
	columns, err2 := strconv.Atoi(strings.TrimSpace(b))
	if !two || err1 != nil || err2 != nil || rows <= 0 || columns <= 0 || rows > len(all) || columns > len(all) || rows*columns != len(all) {
		return all
	}
	out := make([]any, rows)
	for i := range out {
		out[i] = all[i*columns : (i+1)*columns]
	}
	return out
}

// over is base with what own says put over it, object by object.
func over(base, own object) object {
	if len(base) == 0 {
		return own
	}
	out := maps.Clone(base)
	for k, v := range own {
		if v == nil {
			continue
		}
		if a, b := asObject(out[k]), asObject(v); a != nil && b != nil {
			v = map[string]any(over(a, b))
		}
		out[k] = v
	}
	return out
}

// numbers are those of a list, NaN where there is none.
func numbers(list []any) []float64 {
	out := make([]float64, len(list))
	for i, v := range list {
		f, ok := number(v)
		if !ok {
			f = math.NaN()
		}
		out[i] = f
	}
	return out
}

// grid are the numbers of a list of lists; rows may have different lengths.
func grid(list []any) [][]float64 {
	out := make([][]float64, len(list))
	for i, row := range list {
		out[i] = numbers(asList(row))
	}
	return out
}

// at is the value for one of many: of a list the i-th, else the value itself.
func at(v any, i int) any {
	if l, ok := v.([]any); ok {
		if i < len(l) {
			return l[i]
		}
		return nil
	}
	if m := asObject(v); m != nil {
		if l := packed(m); i < len(l) {
			return l[i]
		}
		return nil
	}
	return v
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
