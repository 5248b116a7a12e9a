package figure

import (
	"math"
	"slices"
)

// marks are what a trace draws, on the lines of numbers of its axes.
type marks struct {
	xs, ys  []float64
	base    []float64 // of a stacked area: where it begins
	bars    []bar
	boxes   []spreadOf
	group   int // of the bars or boxes that stand beside it, and how many there are
	z       [][]float64
	xe, ye  []float64 // edges of a field's cells
	shares  []share
	upright bool // values run along y
}

// list of a trace's positions: those that are said, or x0 + i·dx.
func (t *trace) positions(way string, n int) []any {
	if l := t.object.list(way); l != nil {
		return l
	}
	return t.stepped(way, n)
}

func (t *trace) stepped(way string, n int) []any {
	start, step := t.num(way+"0", 0), t.num("d"+way, 1)
	if s, ok := t.get(way + "0").(string); ok {
		if ms, isDate := parseDate(s); isDate {
			start = ms
		}
	}
	out := make([]any, n)
	for i := range out {
		out[i] = start + float64(i)*step
	}
	return out
}

// across and along are the axes that bars stand on, and that they rise along.
func (t *trace) across() *axis {
	if t.upright {
		return t.x
	}
	return t.y
}

func (t *trace) along() *axis {
	if t.upright {
		return t.y
	}
	return t.x
}

func (t *trace) ways() (across, along string) {
	if t.upright {
		return "x", "y"
	}
	return "y", "x"
}

// decide tells the axes what kind of values lie on them.
func (t *trace) decide() {
	switch t.kind {
	case "pie":
		return
	case "scatter":
		x, y := t.points()
		t.x.decide(x)
		t.y.decide(y)
	case "bar":
		t.upright = t.str("orientation", "v") != "h"
		across, along := t.ways()
		length := t.object.list(along)
		t.across().spread = true
		t.across().decide(t.positions(across, len(length)))
		t.along().decide(length)
	case "histogram":
		t.upright = t.str("orientation", map[bool]string{true: "h", false: "v"}[!t.has("x")]) != "h"
		across, _ := t.ways()
		t.across().spread = true
		t.across().decide(t.object.list(across))
		t.along().decide([]any{1.0})
	case "box", "violin":
		t.upright = t.str("orientation", map[bool]string{true: "h", false: "v"}[!t.has("y")]) != "h"
		_, along := t.ways()
		t.across().spread = true
		t.across().decide(t.groupsOf())
		t.along().decide(t.object.list(along))
	default: // fields
		t.x.tight, t.y.tight = true, true
		w, h := t.fieldSize()
		t.x.decide(t.positions("x", w))
		t.y.decide(t.positions("y", h))
	}
}

// names makes the categories known before their order is decided.
func (t *trace) names() {
	if t.kind == "pie" {
		return
	}
	learn := func(a *axis, values []any) {
		if a.kind == "category" {
			a.calc(values)
		}
	}
	x, y := t.object.list("x"), t.object.list("y")
	switch t.kind {
	case "scatter", "bar":
		learn(t.x, x)
		learn(t.y, y)
	case "histogram":
		across, _ := t.ways()
		learn(t.across(), t.object.list(across))
	case "box", "violin":
		learn(t.across(), t.groupsOf())
	default:
		learn(t.x, x)
		learn(t.y, y)
	}
}

// points are the values of a scatter trace, as many x as y.
func (t *trace) points() (x, y []any) {
	x, y = t.object.list("x"), t.object.list("y")
	if x == nil {
		x = t.stepped("x", len(y))
	}
	if y == nil {
		y = t.stepped("y", len(x))
	}
	n := min(len(x), len(y))
	return x[:n], y[:n]
}

// calc turns all values into places, and tells the axes how far they reach.
func (d *drawing) calc() {
	for _, t := range d.traces {
		d.alive()
		switch t.kind {
		case "scatter":
			x, y := t.points()
			t.xs, t.ys = t.x.calc(x), t.y.calc(y)
		case "heatmap", "contour", "image":
			t.calcField()
		case "pie":
			t.calcPie()
		case "histogram":
			t.calcHistogram()
		case "bar":
			t.calcBars()
		}
	}
	d.shareBins()
	d.stackAreas()
	d.placeBars()
	d.placeBoxes()
	for _, t := range d.traces {
		if t.kind == "scatter" {
			t.extendScatter()
		}
	}
	for _, t := range d.traces {
		if t.kind == "bar" || t.kind == "histogram" {
			t.along().fromZeroUnlessLog()
		}
		if t.kind == "scatter" {
			switch t.str("fill", "none") {
			case "tozeroy":
				t.y.fromZeroUnlessLog()
			case "tozerox":
				t.x.fromZeroUnlessLog()
			}
			if t.base != nil {
				t.y.fromZeroUnlessLog()
			}
		}
	}
	for _, s := range d.layout.list("shapes") {
		d.extendShape(asObject(s))
	}
}

func (a *axis) fromZeroUnlessLog() {
	if a.kind != "log" {
		a.fromZero()
	}
}

func (t *trace) draw() {
	switch t.kind {
	case "scatter":
		t.drawScatter()
	case "bar", "histogram":
		t.drawBars()
	case "box", "violin":
		t.drawBoxes()
	case "pie":
		t.drawPie()
	case "contour":
		t.drawContour()
	default:
		t.drawField()
	}
}

// values of a list of numbers that are there, sorted.
func sorted(list []float64) []float64 {
	out := make([]float64, 0, len(list))
	for _, v := range list {
		if finite(v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// least is the smallest distance between two different values; 0 if there are not two.
func least(values []float64) float64 {
	best := 0.0
	for i := 1; i < len(values); i++ {
		if d := values[i] - values[i-1]; d > 1e-9*math.Max(math.Abs(values[i]), 1e-300) && (best == 0 || d < best) {
			best = d
		}
	}
	return best
}
