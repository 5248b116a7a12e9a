package figure

import (
	"fmt"
	"math"
	"slices"
)

// spreadOf is the distribution of some values: of one box or violin.
type spreadOf struct {
	at, half       float64 // its place, and half of its width
	values         []float64
	q1, middle, q3 float64
	low, high      float64 // where the whiskers end
	mean           float64
	density        []point // x: value, y: how many there are, 1 at most
}

// groupsOf are the places of a trace's values: said for each, or one for all.
func (t *trace) groupsOf() []any {
	across, along := t.ways()
	if l := t.object.list(across); l != nil {
		return l
	}
	n := len(t.object.list(along))
	var place any = t.name
	if v := t.get(across + "0"); v != nil {
		place = v
	}
	out := make([]any, n)
	for i := range out {
		out[i] = place
	}
	return out
}

func (d *drawing) placeBoxes() {
	for _, kind := range []string{"box", "violin"} {
		var traces []*trace
		var all []float64
		for _, t := range d.traces {
			if t.kind == kind {
				t.calcBoxes()
				traces = append(traces, t)
				for _, b := range t.boxes {
					all = append(all, b.at)
				}
			}
		}
		if len(traces) == 0 {
			continue
		}
		groups := map[string]int{}
		together := d.layout.str(kind+"mode", "overlay") == "group"
		for i, t := range traces {
			id := t.str("offsetgroup", fmt.Sprint("trace ", i))
			if _, ok := groups[id]; !ok {
				groups[id] = len(groups)
			}
			t.group = groups[id]
		}
		half := least(sorted(all)) / 2
		if half == 0 {
			half = 0.5
		}
		gap := d.layout.within(kind+"gap", 0.3, 0, 0.99)
		groupGap := d.layout.within(kind+"groupgap", 0.3, 0, 0.99)
		n := 1.0
		if together {
			n = float64(len(groups))
		}
		for _, t := range traces {
			own := half * (1 - gap) * (1 - groupGap) / n
			if w := t.num("width", 0); w > 0 {
				own = w / 2
			}
			for i := range t.boxes {
				b := &t.boxes[i]
				t.across().hold(0, false, b.at-half, b.at+half)
				if together {
					b.at += 2 * half * (-0.5 + (float64(t.group)+0.5)/n) * (1 - gap)
				}
				b.half = own
			}
		}
	}
}

func (t *trace) calcBoxes() {
	_, along := t.ways()
	values := t.along().calc(t.object.list(along))
	places := t.across().calc(t.groupsOf())
	by := map[float64][]float64{}
	var order []float64
	for i := range min(len(values), len(places)) {
		p := places[i]
		if !finite(values[i]) || !finite(p) {
			continue
		}
		if by[p] == nil {
			order = append(order, p)
		}
		by[p] = append(by[p], values[i])
	}
	slices.Sort(order)
	for _, p := range order {
		b := spreadOf{at: p, values: by[p]}
		b.measure()
		if t.kind == "violin" {
			b.smooth()
			t.along().hold(0, true, b.density[0].x, b.density[len(b.density)-1].x)
		}
		t.along().hold(0, true, b.values[0], b.values[len(b.values)-1])
		t.boxes = append(t.boxes, b)
	}
}

// measure finds the quartiles as plotly.js does ("linear"), and whiskers of at most 1.5 times their distance.
func (b *spreadOf) measure() {
	slices.Sort(b.values)
	v := b.values
	at := func(q float64) float64 {
		f := min(max(q*float64(len(v))-0.5, 0), float64(len(v)-1))
		i := int(f)
		if i+1 == len(v) {
			return v[i]
		}
		return v[i] + (f-float64(i))*(v[i+1]-v[i])
	}
	b.q1, b.middle, b.q3 = at(0.25), at(0.5), at(0.75)
	reach := 1.5 * (b.q3 - b.q1)
	b.low, b.high = b.q1, b.q3
	for _, x := range v {
		b.mean += x / float64(len(v))
		if x >= b.q1-reach {
			b.low = min(b.low, x)
		}
		if x <= b.q3+reach {
			b.high = max(b.high, x)
		}
	}
}

const densitySteps = 80

// smooth estimates how dense the values lie: a sum of bells, as wide as Silverman's rule says.
func (b *spreadOf) smooth() {
	v := b.values
	n := float64(len(v))
	variance := 0.0
	for _, x := range v {
		variance += (x - b.mean) * (x - b.mean) / max(n-1, 1)
	}
	width := math.Sqrt(variance)
	if q := (b.q3 - b.q1) / 1.349; q > 0 {
		width = min(width, q)
	}
	if width *= 1.059 * math.Pow(n, -0.2); !(width > 0) {
		width = max(math.Abs(v[0])*1e-3, 1e-3)
	}
	if len(v) > 5000 { // enough to see the shape
		step := len(v)/5000 + 1
		var few []float64
		for i := 0; i < len(v); i += step {
			few = append(few, v[i])
		}
		v = few
	}
	from, to := v[0]-2*width, v[len(v)-1]+2*width
	most := 0.0
	for i := range densitySteps + 1 {
		x := from + (to-from)*float64(i)/densitySteps
		sum := 0.0
		for _, y := range v {
			u := (x - y) / width
			sum += math.Exp(-u * u / 2)
		}
		most = max(most, sum)
		b.density = append(b.density, point{x, sum})
	}
	for i := range b.density {
		b.density[i].y /= most
	}
}

// at is a point of a box: a place across, and a value along.
func (t *trace) pointAt(place, value float64) point {
	p, v := t.across().px(place), t.along().px(value)
	if t.upright {
		return point{p, v}
	}
	return point{v, p}
}

func (t *trace) drawBoxes() {
	usual := t.object.colour("marker.color", t.colour)
	stroke := t.object.colour("line.color", usual)
	l := look{stroke: faded(stroke, t.opacity), width: t.within("line.width", 2, 0, 50)}
	fill := faded(t.object.colour("fillcolor", faded(stroke, 0.5)), t.opacity)
	for _, b := range t.boxes {
		if t.kind == "violin" {
			t.drawViolin(b, l, fill)
			continue
		}
		t.drawBox(b, b.half, l, fill)
		t.drawOutliers(b, faded(t.object.colour("marker.color", stroke), t.opacity))
	}
}

func (t *trace) drawBox(b spreadOf, half float64, l look, fill colour) {
	p := func(side, value float64) point { return t.pointAt(b.at+side*half, value) }
	whole := l
	whole.fill = fill
	clip := t.area()
	t.d.area([][]point{{p(-1, b.q1), p(1, b.q1), p(1, b.q3), p(-1, b.q3)}}, fill, clip)
	t.d.line([]point{p(-1, b.q1), p(1, b.q1), p(1, b.q3), p(-1, b.q3), p(-1, b.q1)}, l, clip)
	t.d.line([]point{p(-1, b.middle), p(1, b.middle)}, l, clip)
	cap := t.within("whiskerwidth", map[string]float64{"box": 0.5}[t.kind], 0, 1)
	for _, w := range [][2]float64{{b.q1, b.low}, {b.q3, b.high}} {
		if w[0] != w[1] {
			t.d.line([]point{p(0, w[0]), p(0, w[1])}, l, clip)
		}
		if cap > 0 {
			t.d.line([]point{p(-cap, w[1]), p(cap, w[1])}, l, clip)
		}
	}
	if mean := t.get("boxmean"); mean == true {
		l.dash = dashOf("dash", l.width)
		t.d.line([]point{p(-1, b.mean), p(1, b.mean)}, l, clip)
	}
}

func (t *trace) drawOutliers(b spreadOf, fill colour) {
	which := t.get("boxpoints")
	if which == nil {
		which = "outliers"
	}
	if which == false {
		return
	}
	r := t.within("marker.size", 6, 0, 100) / 2
	clip := t.area()
	for i, v := range b.values {
		if which != "all" && v >= b.low && v <= b.high {
			continue
		}
		side := 0.0
		if which == "all" { // beside the box, spread in a way that is the same each time
			side = t.num("pointpos", -1.5) + t.within("jitter", 0.3, 0, 1)*(math.Mod(float64(i)*0.618034, 1)-0.5)
		}
		if p := t.pointAt(b.at+side*b.half, v); clip.holds(p) {
			t.d.mark(t.symbol(0), p, r, fill, look{})
		}
	}
}

func (t *trace) drawViolin(b spreadOf, l look, fill colour) {
	var left, right []point
	sides := map[string][2]float64{"both": {-1, 1}, "positive": {0, 1}, "negative": {-1, 0}}[t.str("side", "both")]
	for _, q := range b.density {
		left = append(left, t.pointAt(b.at+sides[0]*b.half*q.y, q.x))
		right = append(right, t.pointAt(b.at+sides[1]*b.half*q.y, q.x))
	}
	outline := joined(left, right)
	t.d.area([][]point{outline}, fill, t.area())
	t.d.line(append(outline, outline[0]), l, t.area())
	if t.flag("box.visible", false) {
		t.drawBox(b, b.half*t.within("box.width", 0.25, 0, 1), l, fill)
	}
	if t.flag("meanline.visible", false) {
		half := b.half
		if t.flag("box.visible", false) {
			half *= t.within("box.width", 0.25, 0, 1)
		}
		l.dash = dashOf("dash", l.width)
		t.d.line([]point{t.pointAt(b.at+sides[0]*half, b.mean), t.pointAt(b.at+sides[1]*half, b.mean)}, l, t.area())
	}
	switch t.get("points") {
	case nil, "outliers":
		t.drawOutliers(b, l.stroke)
	case false:
	default:
		refuse("Leave points out.", "single points beside violins are not drawn here")
	}
}
