package figure

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// axis is one of a figure's x or y axes. Values are turned into one line of numbers: of a logarithmic axis the logarithms, of
// one with dates milliseconds since 1970, of one with categories their positions.
type axis struct {
	object
	name   string // "x", "y2"
	way    byte   // 'x' or 'y'
	kind   string // "linear", "log", "date", "category"; "" as long as no trace has said it
	cats   []string
	places map[string]int

	lows, highs []extreme
	tight       bool // the data fill the axis (fields)
	spread      bool // bars and boxes stand on it: categories have room at their sides

	lo, hi   float64 // of the range, at the left or the bottom
	from, to float64 // their pixels
	ticks    []tick
	style    textStyle
	turn     float64 // of the labels
	domain   [2]float64
	across   *axis // that it is anchored to
	on       *axis // that it overlays
	labels   []textBlock
	title    textBlock
	deep     float64 // of labels and ticks, from the line
}

// extreme is a value that the range must hold, with so many pixels beside it and, if extra, a twentieth of the axis more.
type extreme struct {
	v, pad float64
	extra  bool
}

func (a *axis) horizontal() bool { return a.way == 'x' }

// decide sets the kind of an axis by the first data on it, as plotly.js does.
func (a *axis) decide(values []any) {
	if a.kind != "" || len(values) == 0 {
		return
	}
	switch k := a.str("type", "-"); k {
	case "linear", "log", "date", "category":
		a.kind = k
		return
	case "multicategory":
		refuse("Join the levels into one label.", "axes with categories in several levels are not drawn here")
	}
	count, dates, words := 0, 0, 0
	step := max(1, len(values)/1000)
	for i := 0; i < len(values); i += step {
		switch v := values[i].(type) {
		case float64:
			count++
		case bool:
			words++
		case string:
			if _, ok := number(v); ok {
				count++
			} else if _, ok := parseDate(v); ok {
				dates++
			} else if v != "" {
				words++
			}
		case []any:
			refuse("Join the levels into one label.", "axes with categories in several levels are not drawn here")
		}
	}
	switch {
	case dates > count && dates >= words:
		a.kind = "date"
	case words > 2*count:
		a.kind = "category"
	case count+dates+words > 0:
		a.kind = "linear"
	}
}

// value is where a value lies on the axis; false for what has no place there.
func (a *axis) value(v any) (float64, bool) {
	switch a.kind {
	case "category":
		name, ok := categoryOf(v)
		if !ok {
			return 0, false
		}
		return float64(a.category(name)), true
	case "date":
		if s, ok := v.(string); ok {
			return parseDate(s)
		}
		f, ok := v.(float64)
		return f, ok && math.Abs(f) < maxDate
	}
	f, ok := number(v)
	if ok && a.kind == "log" {
		f, ok = math.Log10(f), f > 0
	}
	return f, ok && finite(f)
}

func categoryOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, v != ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

func (a *axis) category(name string) int {
	i, ok := a.places[name]
	if !ok {
		i = len(a.cats)
		if a.places == nil {
			a.places = map[string]int{}
		}
		a.places[name] = i
		a.cats = append(a.cats, name)
	}
	return i
}

// order puts the categories into the order that was asked for; values are those of the traces, if it depends on them.
func (a *axis) order() {
	if a.kind != "category" {
		return
	}
	first := a.list("categoryarray")
	switch order := a.str("categoryorder", map[bool]string{true: "array", false: "trace"}[len(first) > 0]); {
	case order == "array":
	case order == "trace":
		first = nil
	case order == "category ascending" || order == "category descending":
		slices.Sort(a.cats)
		if order == "category descending" {
			slices.Reverse(a.cats)
		}
		first = nil
	default:
		refuse("Sort the data, and leave categoryorder out.", "categories in the order %.40q are not drawn here", order)
	}
	known := a.cats
	a.cats, a.places = nil, nil
	for _, v := range first {
		if name, ok := categoryOf(v); ok {
			a.category(name)
		}
	}
	for _, name := range known {
		a.category(name)
	}
}

// calc are the places of many values, NaN for those that have none.
func (a *axis) calc(values []any) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		f, ok := a.value(v)
		if !ok {
			f = math.NaN()
		}
		out[i] = f
	}
	return out
}

// linear is a sum or another number that is not of the data, on this axis.
func (a *axis) scaled(v float64) float64 {
	if a.kind == "log" {
		if v <= 0 {
			return math.Inf(-1)
		}
		return math.Log10(v)
	}
	return v
}

// px is the pixel of a place on the axis. What is infinitely far away is just far outside.
func (a *axis) px(c float64) float64 {
	if math.IsNaN(c) {
		return c
	}
	f := (c - a.lo) / (a.hi - a.lo)
	return a.from + min(max(f, -1e6), 1e6)*(a.to-a.from)
}

func (a *axis) length() float64 { return math.Abs(a.to - a.from) }

// hold widens the range, if it is found out, to these values.
func (a *axis) hold(pad float64, extra bool, values ...float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low <= high {
		a.lows = append(a.lows, extreme{low, pad, extra})
		a.highs = append(a.highs, extreme{high, pad, extra})
	}
}

// fromZero widens the range to zero, without room behind it.
func (a *axis) fromZero() {
	if a.kind != "linear" && a.kind != "" {
		return
	}
	low, high := math.Inf(1), math.Inf(-1)
	for i := range a.lows {
		low, high = min(low, a.lows[i].v), max(high, a.highs[i].v)
	}
	if low >= 0 {
		a.lows = append(a.lows[:0], extreme{})
	}
	if high <= 0 {
		a.highs = append(a.highs[:0], extreme{})
	}
}

// find sets the range: what was asked for, or what the data need.
func (a *axis) find() {
	lo, hi := a.auto()
	mode := a.get("autorange")
	given := a.list("range")
	if len(given) == 2 && mode != true && mode != "reversed" {
		for i, p := range []*float64{&lo, &hi} {
			if f, ok := a.limit(given[i]); ok {
				*p = f
			}
		}
	}
	if mode == "reversed" || mode == "min reversed" || mode == "max reversed" {
		lo, hi = hi, lo
	}
	if most := map[string]float64{"log": 320, "date": maxDate}[a.kind]; most > 0 { // what there are numbers for
		lo, hi = min(max(lo, -most), most), min(max(hi, -most), most)
	}
	if lo == hi || !finite(lo) || !finite(hi) || !finite(hi-lo) {
		lo, hi = 0, 1
	}
	a.lo, a.hi = lo, hi
}

// limit is an end of a range, which a logarithmic axis has as logarithm and one with categories as position.
func (a *axis) limit(v any) (float64, bool) {
	if a.kind == "date" {
		return a.value(v)
	}
	f, ok := number(v)
	if !ok && a.kind == "category" {
		return a.value(v)
	}
	return f, ok
}

func (a *axis) auto() (float64, float64) {
	length := max(a.length(), 10)
	if a.kind == "category" && len(a.cats) > 0 && (a.spread || a.tight) {
		a.hold(0, false, -0.5, float64(len(a.cats))-0.5)
	}
	switch mode := a.str("rangemode", "normal"); mode {
	case "tozero":
		a.fromZero()
	case "nonnegative":
		for i := range a.lows {
			if a.lows[i].v <= 0 {
				a.lows[i] = extreme{}
			}
		}
	}
	best, lo, hi := 0.0, math.NaN(), math.NaN()
	lows, highs := outermost(a.lows, -1), outermost(a.highs, 1)
	pad := func(e extreme) float64 {
		if e.extra && !a.tight {
			return min(e.pad+0.05*length, 0.45*length)
		}
		return min(e.pad, 0.45*length)
	}
	for _, l := range lows {
		for _, h := range highs {
			p, q := pad(l), pad(h)
			if m := (h.v - l.v) / (length - p - q); m > best {
				best, lo, hi = m, l.v-m*p, h.v+m*q
			}
		}
	}
	if !finite(lo) || !finite(hi) { // nothing, or one value
		switch {
		case a.kind == "date" && len(lows) == 0:
			return 946684800000, 978307200000 // 2000, as plotly.js
		case a.kind == "date":
			return lows[0].v - 43200000, lows[0].v + 43200000
		case len(lows) == 0 && a.horizontal():
			return -1, 6 // plotly.js has this for empty axes
		case len(lows) == 0:
			return -1, 4
		}
		return lows[0].v - 1, lows[0].v + 1
	}
	return lo, hi
}

// outermost keeps one value for each kind of room beside it.
func outermost(all []extreme, sign float64) []extreme {
	var out []extreme
	for _, e := range all {
		i := slices.IndexFunc(out, func(o extreme) bool { return o.pad == e.pad && o.extra == e.extra })
		switch {
		case i >= 0:
			if sign*e.v > sign*out[i].v {
				out[i].v = e.v
			}
		case len(out) < 64:
			out = append(out, e)
		default: // so many kinds: the largest room will do
			last := &out[63]
			last.pad, last.extra = max(last.pad, e.pad), last.extra || e.extra
			if sign*e.v > sign*last.v {
				last.v = e.v
			}
		}
	}
	return out
}

// side is where the axis stands, seen from its plot.
func (a *axis) side() string {
	usual := "left"
	if a.horizontal() {
		usual = "bottom"
	}
	switch s := a.str("side", usual); s {
	case "top", "bottom":
		if a.horizontal() {
			return s
		}
	case "left", "right":
		if !a.horizontal() {
			return s
		}
	}
	return usual
}

func (a *axis) visible() bool { return a.flag("visible", true) }

func axisKey(name string) string { return name[:1] + "axis" + name[1:] }

// axisName checks a name as traces and anchors say it: "x", "y2".
func axisName(v string, way string) (string, bool) {
	rest, ok := strings.CutPrefix(v, way)
	if !ok || len(rest) > 4 {
		return "", false
	}
	if rest == "" || rest == "1" {
		return way, true
	}
	n, err := strconv.Atoi(rest)
	return v, err == nil && n > 1
}
