package figure

import (
	"math"
	"strings"
)

// has says whether a scatter trace has "lines", "markers" or "text".
func (t *trace) mode(part string) bool {
	usual := "lines"
	if len(t.xs) < 20 && !t.object.has("stackgroup") {
		usual = "lines+markers"
	}
	for p := range strings.SplitSeq(t.str("mode", usual), "+") {
		if p == part {
			return true
		}
	}
	return false
}

func (t *trace) lineColour() colour {
	usual := t.colour
	if c, ok := t.get("marker.color").(string); ok {
		usual = colourOf(c, usual)
	}
	return t.object.colour("line.color", usual)
}

func (t *trace) lineLook() look {
	l := look{stroke: faded(t.lineColour(), t.opacity), width: t.within("line.width", 2, 0, 100)}
	l.dash = dashOf(t.str("line.dash", "solid"), l.width)
	return l
}

// stackAreas puts the traces of a stackgroup on top of each other. A place that a trace does not have counts as zero.
func (d *drawing) stackAreas() {
	type key struct {
		x, y  *axis
		group string
	}
	sums := map[key]map[float64]float64{}
	for _, t := range d.traces {
		group := ""
		if t.kind == "scatter" {
			group = t.str("stackgroup", "")
		}
		if group == "" {
			continue
		}
		if t.str("groupnorm", "") != "" || t.str("orientation", "v") == "h" {
			refuse("Compute the sums first, and draw them with fill=\"tonexty\".", "stacked areas that are normalised or lie on their side are not drawn here")
		}
		k := key{t.x, t.y, group}
		if sums[k] == nil {
			sums[k] = map[float64]float64{}
			for _, other := range d.traces {
				if other.kind == "scatter" && other.str("stackgroup", "") == group && other.x == t.x && other.y == t.y {
					for _, x := range other.xs {
						if finite(x) {
							sums[k][x] = 0
						}
					}
				}
			}
		}
		own := map[float64]float64{}
		for i, x := range t.xs {
			if finite(x) && finite(t.ys[i]) {
				own[x] += t.ys[i]
			}
		}
		xs := make([]float64, 0, len(sums[k]))
		for x := range sums[k] {
			xs = append(xs, x)
		}
		t.xs = sorted(xs)
		t.ys, t.base = make([]float64, len(t.xs)), make([]float64, len(t.xs))
		for i, x := range t.xs {
			t.base[i] = sums[k][x]
			sums[k][x] += own[x]
			t.ys[i] = sums[k][x]
		}
	}
}

func (t *trace) extendScatter() {
	fill := t.str("fill", "none")
	points := t.mode("markers") || t.mode("text")
	pads := t.radii()
	errX, errY := t.object.obj("error_x"), t.object.obj("error_y")
	room := points || deviates(errX) || deviates(errY)
	xRoom := room && fill != "tonexty" && fill != "tozeroy" || fill == "tozerox" || fill == "toself" && points
	yRoom := fill != "tozerox" && fill != "tonextx"
	largest := 0.0
	for i := range t.xs {
		r := 0.0
		if t.mode("markers") {
			r = pads(i)
		}
		largest = max(largest, r)
	}
	// Room is for the largest mark: a mark for each extreme would be exact, and hardly differ.
	if !finite(largest) {
		largest = 0
	}
	t.x.hold(map[bool]float64{true: largest}[xRoom], xRoom, t.xs...)
	t.y.hold(map[bool]float64{true: largest}[yRoom], yRoom, t.ys...)
	for i := range t.xs {
		if a, b, ok := t.deviation(errX, i, t.xs[i], t.x); ok {
			t.x.hold(0, true, a, b)
		}
		if a, b, ok := t.deviation(errY, i, t.ys[i], t.y); ok {
			t.y.hold(0, true, a, b)
		}
	}
}

// deviates says whether there are error bars: a template has colours for them alone.
func deviates(e object) bool {
	return e.flag("visible", e.has("array") || e.has("value") || e.str("type", "") == "sqrt")
}

// deviation is from where to where the error bar of a point goes.
func (t *trace) deviation(e object, i int, at float64, a *axis) (low, high float64, ok bool) {
	if !deviates(e) || !finite(at) {
		return 0, 0, false
	}
	plain := at
	if a.kind == "log" {
		plain = math.Pow(10, at)
	}
	up, down := 0.0, 0.0
	switch kind := e.str("type", map[bool]string{true: "data", false: "percent"}[e.has("array")]); kind {
	case "data":
		up, _ = number(indexed(e.list("array"), i))
		if down = up; e.has("arrayminus") && !e.flag("symmetric", false) {
			down, _ = number(indexed(e.list("arrayminus"), i))
		}
	case "constant", "percent", "sqrt":
		up = e.num("value", 10)
		down = e.num("valueminus", up)
		if kind == "percent" {
			up, down = math.Abs(plain)*up/100, math.Abs(plain)*down/100
		} else if kind == "sqrt" {
			up = math.Sqrt(math.Abs(plain))
			down = up
		}
		if e.flag("symmetric", true) && !e.has("valueminus") {
			down = up
		}
	}
	return a.scaled(plain - down), a.scaled(plain + up), finite(up) && finite(down)
}

func indexed(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// radii gives the radius of each mark, in pixels.
func (t *trace) radii() func(i int) float64 {
	size := t.get("marker.size")
	list := asList(size)
	if list == nil {
		r := t.within("marker.size", 6, 0, 1000) / 2
		return func(int) float64 { return r }
	}
	ref, least := t.num("marker.sizeref", 1), t.within("marker.sizemin", 0, 0, 1000)
	area := t.str("marker.sizemode", "diameter") == "area"
	if !(ref > 0) {
		ref = 1
	}
	return func(i int) float64 {
		v, ok := number(indexed(list, i))
		if !ok || v <= 0 {
			return 0
		}
		r := v / 2 / ref
		if area {
			r = math.Sqrt(r)
		}
		return min(max(r, least), 1000)
	}
}

// path is the line of a trace through the pixels of its points, in pieces where points are missing.
func (t *trace) path() [][]point { return t.through(t.ys) }

func (t *trace) through(ys []float64) [][]point {
	var out [][]point
	var cur []point
	join := t.flag("connectgaps", false)
	for i := range t.xs {
		p := point{t.x.px(t.xs[i]), t.y.px(ys[i])}
		if math.IsNaN(p.x) || math.IsNaN(p.y) {
			if !join && len(cur) > 0 {
				out, cur = append(out, cur), nil
			}
			continue
		}
		cur = append(cur, p)
	}
	if len(cur) > 0 {
		out = append(out, cur)
	}
	for i := range out {
		out[i] = stepped(out[i], t.str("line.shape", "linear"), t.within("line.smoothing", 1, 0, 1.3))
	}
	return out
}

// stepped makes steps or a curve of straight lines.
func stepped(p []point, shape string, smoothing float64) []point {
	if len(p) < 2 {
		return p
	}
	out := []point{p[0]}
	for i := 1; i < len(p); i++ {
		a, b := p[i-1], p[i]
		switch shape {
		case "hv":
			out = append(out, point{b.x, a.y})
		case "vh":
			out = append(out, point{a.x, b.y})
		case "hvh":
			m := (a.x + b.x) / 2
			out = append(out, point{m, a.y}, point{m, b.y})
		case "vhv":
			m := (a.y + b.y) / 2
			out = append(out, point{a.x, m}, point{b.x, m})
		case "spline":
			if len(p) > 2 && smoothing > 0 {
				out = append(out, curve(p, i, smoothing)...)
			}
		}
		out = append(out, b)
	}
	return out
}

// curve are points between p[i-1] and p[i] on a curve through all (Catmull and Rom, as plotly.js).
func curve(p []point, i int, smoothing float64) []point {
	tangent := func(k int) (in, out point) {
		if k == 0 || k == len(p)-1 {
			return p[k], p[k]
		}
		a, b, c := p[k-1], p[k], p[k+1]
		d1, d2 := math.Sqrt(math.Hypot(a.x-b.x, a.y-b.y)), math.Sqrt(math.Hypot(c.x-b.x, c.y-b.y))
		nx := (d2*d2*(a.x-b.x) - d1*d1*(c.x-b.x)) * smoothing
		ny := (d2*d2*(a.y-b.y) - d1*d1*(c.y-b.y)) * smoothing
		n1, n2 := 3*d2*(d1+d2), 3*d1*(d1+d2)
		in, out = b, b
		if n1 > 0 {
			in = point{b.x + nx/n1, b.y + ny/n1}
		}
		if n2 > 0 {
			out = point{b.x - nx/n2, b.y - ny/n2}
		}
		return in, out
	}
	_, c1 := tangent(i - 1)
	c2, _ := tangent(i)
	a, b := p[i-1], p[i]
	const steps = 12
	out := make([]point, 0, steps)
	for k := 1; k < steps; k++ {
		f := float64(k) / steps
		g := 1 - f
		w := [4]float64{g * g * g, 3 * g * g * f, 3 * g * f * f, f * f * f}
		out = append(out, point{
			w[0]*a.x + w[1]*c1.x + w[2]*c2.x + w[3]*b.x, w[0]*a.y + w[1]*c1.y + w[2]*c2.y + w[3]*b.y,
		})
	}
	return out
}

func (t *trace) drawScatter() {
	t.drawFill()
	t.drawDeviations()
	if t.mode("lines") {
		for _, p := range t.path() {
			t.d.line(p, t.lineLook(), t.area())
		}
	}
	if t.mode("markers") {
		t.drawMarks()
	}
	if t.mode("text") {
		t.drawTexts()
	}
}

// fillColour is the colour of the area under a line: half of the line's, if none is said.
func (t *trace) fillColour() colour {
	return faded(t.object.colour("fillcolor", faded(t.lineColour(), 0.5)), t.opacity)
}

func (t *trace) drawFill() {
	usual := "none"
	if t.base != nil {
		usual = "tonexty"
	}
	fill := t.str("fill", usual)
	if fill == "none" {
		return
	}
	var polygons [][]point
	edge := func(other func(p point) point) {
		for _, p := range t.path() {
			polygons = append(polygons, append(append([]point{}, p...), other(p[len(p)-1]), other(p[0])))
		}
	}
	previous := t.previous()
	switch {
	case t.base != nil:
		up, down := t.path(), t.through(t.base)
		for i := range min(len(up), len(down)) {
			polygons = append(polygons, joined(up[i], down[i]))
		}
	case fill == "toself" || fill == "tonext" && previous == nil:
		polygons = t.path()
	case (fill == "tonexty" || fill == "tonextx" || fill == "tonext") && previous != nil:
		up, down := t.path(), previous.path()
		for i := range min(len(up), len(down)) {
			polygons = append(polygons, joined(up[i], down[i]))
		}
	case fill == "tozeroy" || fill == "tonexty":
		zero := t.y.px(t.zero(t.y))
		edge(func(p point) point { return point{p.x, zero} })
	case fill == "tozerox" || fill == "tonextx":
		zero := t.x.px(t.zero(t.x))
		edge(func(p point) point { return point{zero, p.y} })
	default:
		refuse("", "the fill %.20q is not known", fill)
	}
	t.d.area(polygons, t.fillColour(), t.area())
}

func (t *trace) zero(a *axis) float64 {
	if a.kind == "log" {
		return math.Inf(-1)
	}
	return 0
}

func joined(a, b []point) []point {
	out := append([]point{}, a...)
	for i := len(b) - 1; i >= 0; i-- {
		out = append(out, b[i])
	}
	return out
}

// previous is the scatter trace before this one on the same axes.
func (t *trace) previous() *trace {
	var found *trace
	for _, o := range t.d.traces {
		if o == t {
			break
		}
		if o.kind == "scatter" && o.x == t.x && o.y == t.y {
			found = o
		}
	}
	return found
}

func (t *trace) drawDeviations() {
	for _, way := range []string{"x", "y"} {
		e := t.object.obj("error_" + way)
		if !deviates(e) {
			continue
		}
		usual := t.lineColour()
		l := look{stroke: faded(e.colour("color", usual), t.opacity), width: e.within("thickness", 2, 0, 50)}
		cap := e.within("width", 4, 0, 50)
		for i := range t.xs {
			t.deviationAt(e, way, i, t.xs[i], t.ys[i], l, cap)
		}
	}
}

func (t *trace) deviationAt(e object, way string, i int, x, y float64, l look, cap float64) {
	a, at := t.x, x
	if way == "y" {
		a, at = t.y, y
	}
	low, high, ok := t.deviation(e, i, at, a)
	middle := point{t.x.px(x), t.y.px(y)}
	if !ok || math.IsNaN(middle.x) || math.IsNaN(middle.y) {
		return
	}
	for _, end := range []float64{low, high} {
		if end == at {
			continue
		}
		p := point{a.px(end), middle.y}
		q, r := point{p.x, p.y - cap}, point{p.x, p.y + cap}
		if way == "y" {
			p = point{middle.x, a.px(end)}
			q, r = point{p.x - cap, p.y}, point{p.x + cap, p.y}
		}
		t.d.line([]point{middle, p}, l, t.area())
		if t.area().holds(p) && cap > 0 {
			t.d.straight(q, r, l)
		}
	}
}
