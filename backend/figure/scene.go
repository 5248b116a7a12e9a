package figure

import (
	"context"
	"image"
	"math"
)

// point is a place on the canvas: pixels from the upper left corner.
type point struct{ x, y float64 }

type box struct{ l, t, r, b float64 }

func (b box) w() float64 { return b.r - b.l }
func (b box) h() float64 { return b.b - b.t }

func (b box) holds(p point) bool {
	const slack = 0.01
	return p.x >= b.l-slack && p.x <= b.r+slack && p.y >= b.t-slack && p.y <= b.b+slack
}

// look is how a shape is painted.
type look struct {
	fill, stroke colour
	width        float64   // of the stroke; 0 for none
	dash         []float64 // lengths of dashes and gaps; nil for a whole line
	crisp        bool      // a line of a frame, which lies on whole pixels
}

// seg is a part of an outline: 'M' and 'L' with one point, 'C' with three, 'Z' with none.
type seg struct {
	kind byte
	p    [3]point
}

// shape is one thing that is drawn: an outline, a circle, a text or an image.
type shape struct {
	look
	outline []seg
	circle  float64 // radius around at; 0 for none
	text    *line
	img     image.Image
	at      point
	size    point   // of img
	turn    float64 // of text around at, degrees clockwise
}

// scene is a drawing as plain shapes, back to front.
type scene struct {
	ctx    context.Context
	w, h   float64
	shapes []shape

	segments int // of all outlines
}

// maxSegments bounds the parts of all outlines: what a drawing takes of memory, 56 bytes each.
const maxSegments = 3 << 20

func (s *scene) add(sh shape) {
	for _, g := range sh.outline { // sums of huge numbers are no numbers
		for _, p := range g.p {
			if !finite(p.x) || !finite(p.y) {
				return
			}
		}
	}
	if !finite(sh.at.x) || !finite(sh.at.y) || !finite(sh.circle) {
		return
	}
	if len(s.shapes) >= MaxShapes {
		refuse("Draw fewer points: take a sample, or means.", "it has more than %d marks, lines and texts", MaxShapes)
	}
	if s.segments += len(sh.outline); s.segments > maxSegments {
		refuse("Draw fewer points: take a sample, or means.", "its lines have more than %d million points", maxSegments>>20)
	}
	if len(s.shapes)%512 == 0 {
		s.alive()
	}
	s.shapes = append(s.shapes, sh)
}

// alive ends drawing when its context did.
func (s *scene) alive() {
	if err := s.ctx.Err(); err != nil {
		panic(ended{err})
	}
}

func (l look) seen() bool { return l.fill.A > 0 || l.stroke.A > 0 && l.width > 0 }

// line of points, drawn as far as it lies in clip. Points that are closer together than can be seen are left out.
func (s *scene) line(points []point, l look, clip box) {
	if l.stroke.A == 0 || l.width <= 0 {
		return
	}
	l.fill = clear
	var out []seg
	var last point
	pen := false
	for i := 1; i < len(points); i++ {
		a, b, ok := clipLine(points[i-1], points[i], clip)
		if !ok {
			pen = false
			continue
		}
		if !pen || a != last {
			out = append(out, seg{'M', [3]point{a}})
		}
		pen, last = true, b
		if n := len(out); n >= 2 && out[n-1].kind == 'L' && i < len(points)-1 && near(out[n-1].p[0], b) {
			out[n-1].p[0] = b
			continue
		}
		out = append(out, seg{'L', [3]point{b}})
	}
	if len(out) > 0 {
		if sum(l.dash) > 0 && lengthOf(out)/sum(l.dash) > 50_000 { // so fine that it could not be seen
			l.dash = nil
		}
		s.add(shape{look: l, outline: out})
	}
}

func sum(all []float64) float64 {
	total := 0.0
	for _, v := range all {
		total += v
	}
	return total
}

// lengthOf is how long the lines of an outline are, in pixels.
func lengthOf(outline []seg) float64 {
	total := 0.0
	for i := 1; i < len(outline); i++ {
		if a, b := outline[i-1], outline[i]; b.kind == 'L' {
			total += math.Hypot(b.p[0].x-a.p[0].x, b.p[0].y-a.p[0].y)
		}
	}
	return total
}

func near(a, b point) bool { return math.Abs(a.x-b.x) < 0.05 && math.Abs(a.y-b.y) < 0.05 }

// area of polygons, filled as far as it lies in clip.
func (s *scene) area(polygons [][]point, fill colour, clip box) {
	var out []seg
	for _, p := range polygons {
		out = append(out, closed(clipPolygon(p, clip))...)
	}
	if len(out) > 0 && fill.A > 0 {
		s.add(shape{look: look{fill: fill}, outline: out})
	}
}

func closed(points []point) []seg {
	if len(points) < 3 {
		return nil
	}
	out := make([]seg, 0, len(points)+1)
	for i, p := range points {
		kind := byte('L')
		if i == 0 {
			kind = 'M'
		}
		out = append(out, seg{kind, [3]point{p}})
	}
	return append(out, seg{kind: 'Z'})
}

func (s *scene) polygon(points []point, l look) {
	if out := closed(points); out != nil && l.seen() {
		s.add(shape{look: l, outline: out})
	}
}

func corners(b box) []point { return []point{{b.l, b.t}, {b.r, b.t}, {b.r, b.b}, {b.l, b.b}} }

func (s *scene) rect(b box, l look) {
	if b.l > b.r {
		b.l, b.r = b.r, b.l
	}
	if b.t > b.b {
		b.t, b.b = b.b, b.t
	}
	s.polygon(corners(b), l)
}

// straight is one line, which is not cut.
func (s *scene) straight(a, b point, l look) {
	if l.stroke.A > 0 && l.width > 0 {
		l.fill = clear
		s.add(shape{look: l, outline: []seg{{'M', [3]point{a}}, {'L', [3]point{b}}}})
	}
}

func (s *scene) image(img image.Image, b box) {
	if b.w() > 0 && b.h() > 0 {
		s.add(shape{img: img, at: point{b.l, b.t}, size: point{b.w(), b.h()}})
	}
}

// clipLine cuts a straight line to a box (Liang and Barsky).
func clipLine(a, b point, c box) (point, point, bool) {
	if !finite(a.x) || !finite(a.y) || !finite(b.x) || !finite(b.y) {
		return a, b, false
	}
	from, to := 0.0, 1.0
	dx, dy := b.x-a.x, b.y-a.y
	for _, e := range [4][2]float64{{-dx, a.x - c.l}, {dx, c.r - a.x}, {-dy, a.y - c.t}, {dy, c.b - a.y}} {
		switch {
		case e[0] == 0 && e[1] < 0:
			return a, b, false
		case e[0] < 0:
			from = max(from, e[1]/e[0])
		case e[0] > 0:
			to = min(to, e[1]/e[0])
		}
	}
	if from > to {
		return a, b, false
	}
	p, q := a, b
	if from > 0 {
		p = point{a.x + from*dx, a.y + from*dy}
	}
	if to < 1 {
		q = point{a.x + to*dx, a.y + to*dy}
	}
	return p, q, true
}

// clipPolygon cuts a polygon to a box (Sutherland and Hodgman).
func clipPolygon(in []point, c box) []point {
	const far = 1e7 // what lies further out is moved: differences of huge numbers are no numbers
	p := make([]point, 0, len(in))
	for _, q := range in {
		if !math.IsNaN(q.x) && !math.IsNaN(q.y) {
			p = append(p, point{min(max(q.x, -far), far), min(max(q.y, -far), far)})
		}
	}
	for edge := range 4 {
		inside := func(q point) bool {
			return [4]bool{q.x >= c.l, q.x <= c.r, q.y >= c.t, q.y <= c.b}[edge]
		}
		cross := func(a, b point) point {
			if edge < 2 {
				x := [2]float64{c.l, c.r}[edge]
				return point{x, a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x)}
			}
			y := [2]float64{c.t, c.b}[edge-2]
			return point{a.x + (b.x-a.x)*(y-a.y)/(b.y-a.y), y}
		}
		var out []point
		for i, b := range p {
			a := p[(i+len(p)-1)%len(p)]
			if inside(a) != inside(b) {
				out = append(out, cross(a, b))
			}
			if inside(b) {
				out = append(out, b)
			}
		}
		p = out
	}
	return p
}

// arc adds a piece of a circle to an outline, from one angle to another (radians, clockwise from the right), as curves.
func arc(out []seg, c point, r, from, to float64) []seg {
	n := max(1, int(math.Ceil(math.Abs(to-from)/(math.Pi/2)-1e-9)))
	step := (to - from) / float64(n)
	k := 4.0 / 3 * math.Tan(step/4)
	for i := range n {
		a := from + float64(i)*step
		b := a + step
		sa, ca := math.Sincos(a)
		sb, cb := math.Sincos(b)
		out = append(out, seg{'C', [3]point{
			{c.x + r*(ca-k*sa), c.y + r*(sa+k*ca)}, {c.x + r*(cb+k*sb), c.y + r*(sb-k*cb)}, {c.x + r*cb, c.y + r*sb},
		}})
	}
	return out
}

var dashes = map[string][]float64{
	"dot": {1, 1}, "dash": {3, 3}, "longdash": {5, 5}, "dashdot": {3, 1, 1, 1}, "longdashdot": {5, 2, 1, 2},
}

// dashOf reads a line's dash for its width, as plotly.js makes them: a name, or lengths in pixels.
func dashOf(name string, width float64) []float64 {
	if d, ok := dashes[name]; ok {
		unit := max(width, 3)
		out := make([]float64, len(d))
		for i, v := range d {
			out[i] = v * unit
		}
		return out
	}
	return dashLengths(name)
}
