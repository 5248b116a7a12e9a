package figure

import (
	"math"
	"strings"
)

// reference is what a coordinate of a note or a shape counts: an axis, a share of an axis's length, or of the paper.
type reference struct {
	axis   *axis
	domain bool
}

func (d *drawing) reference(said string, way byte) reference {
	name, isDomain := strings.CutSuffix(said, " domain")
	if said == "paper" || said == "" {
		return reference{}
	}
	if n, ok := axisName(name, string(way)); ok {
		return reference{d.axes[n], isDomain}
	}
	return reference{}
}

// px is the pixel of a coordinate. Shapes have plain values on logarithmic axes, and notes their logarithms.
func (r reference) px(d *drawing, v any, way byte, logged bool) (float64, bool) {
	f, ok := number(v)
	switch {
	case r.axis == nil && way == 'x':
		return d.inner.l + f*d.inner.w(), ok
	case r.axis == nil:
		return d.inner.b - f*d.inner.h(), ok
	case r.domain:
		return r.axis.from + f*(r.axis.to-r.axis.from), ok
	}
	c, ok := r.value(v, logged)
	if !ok {
		return 0, false
	}
	return r.axis.px(c), true
}

func (r reference) value(v any, logged bool) (float64, bool) {
	f, isNumber := v.(float64)
	if isNumber && (r.axis.kind == "category" || logged && r.axis.kind == "log") {
		return f, true
	}
	return r.axis.value(v)
}

// extendShape widens the ranges of axes to shapes that lie on them.
func (d *drawing) extendShape(s object) {
	if !s.flag("visible", true) {
		return
	}
	for _, way := range []byte("xy") {
		r := d.reference(s.str(string(way)+"ref", string(way)), way)
		if r.axis == nil || r.domain {
			continue
		}
		for _, end := range []string{"0", "1"} {
			if v, ok := r.value(s.get(string(way)+end), false); ok {
				r.axis.hold(0, false, v)
			}
		}
	}
}

func (d *drawing) shapes(layer string) {
	for _, v := range d.layout.list("shapes") {
		s := over(d.template.obj("layout.shapedefaults"), asObject(v))
		if s.flag("visible", true) && s.str("layer", "above") == layer {
			d.shape(s)
		}
	}
}

func (d *drawing) shape(s object) {
	rx, ry := d.reference(s.str("xref", "x"), 'x'), d.reference(s.str("yref", "y"), 'y')
	x0, ok0 := rx.px(d, s.get("x0"), 'x', false)
	x1, ok1 := rx.px(d, s.get("x1"), 'x', false)
	y0, ok2 := ry.px(d, s.get("y0"), 'y', false)
	y1, ok3 := ry.px(d, s.get("y1"), 'y', false)
	if !ok0 || !ok1 || !ok2 || !ok3 {
		return
	}
	clip := box{0, 0, d.w, d.h}
	if rx.axis != nil {
		clip.l, clip.r = min(rx.axis.from, rx.axis.to), max(rx.axis.from, rx.axis.to)
	}
	if ry.axis != nil {
		clip.t, clip.b = min(ry.axis.from, ry.axis.to), max(ry.axis.from, ry.axis.to)
	}
	strength := s.within("opacity", 1, 0, 1)
	l := look{stroke: faded(s.colour("line.color", ink), strength), width: s.within("line.width", 2, 0, 100)}
	l.dash = dashOf(s.str("line.dash", "solid"), l.width)
	fill := faded(s.colour("fillcolor", clear), strength)
	switch kind := s.str("type", ""); kind {
	case "line":
		d.line([]point{{x0, y0}, {x1, y1}}, l, clip)
		d.shapeLabel(s, box{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)})
	case "rect":
		p := []point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
		d.area([][]point{p}, fill, clip)
		d.line(append(p, p[0]), l, clip)
		d.shapeLabel(s, box{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)})
	case "circle":
		var p []point
		const n = 72
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / n)
			p = append(p, point{(x0+x1)/2 + (x1-x0)/2*cos, (y0+y1)/2 + (y1-y0)/2*sin})
		}
		d.area([][]point{p}, fill, clip)
		d.line(append(p, p[0]), l, clip)
	default:
		refuse("Use lines, rectangles and circles.", "shapes of the type %.20q are not drawn here", kind)
	}
}

func (d *drawing) shapeLabel(s object, b box) {
	if text := s.str("label.text", ""); text != "" {
		d.write(d.textOf(text, s.font("label.font", d.style)), point{(b.l + b.r) / 2, (b.t + b.b) / 2}, 0.5, 0.5, 0)
	}
}

func (d *drawing) annotations() {
	for _, v := range d.layout.list("annotations") {
		n := over(d.template.obj("layout.annotationdefaults"), asObject(v))
		if n.flag("visible", true) {
			d.note(n)
		}
	}
}

// note draws an annotation: a text, and an arrow if it has one.
func (d *drawing) note(n object) {
	rx, ry := d.reference(n.str("xref", "x"), 'x'), d.reference(n.str("yref", "y"), 'y')
	x, ok1 := rx.px(d, n.get("x"), 'x', true)
	y, ok2 := ry.px(d, n.get("y"), 'y', true)
	if !ok1 || !ok2 || math.Abs(x) > 2*MaxSide || math.Abs(y) > 2*MaxSide {
		return
	}
	if rx.axis != nil && ry.axis != nil && !rx.domain && !ry.domain && !plotBox(rx.axis, ry.axis).holds(point{x, y}) {
		return
	}
	text := d.textOf(n.str("text", ""), n.font("font", d.style))
	strength := n.within("opacity", 1, 0, 1)
	text.style.colour = faded(text.style.colour, strength)
	x, y = x+n.within("xshift", 0, -5000, 5000), y-n.within("yshift", 0, -5000, 5000)
	tail := point{x, y}
	arrow := n.flag("showarrow", true)
	if arrow {
		tail = d.tail(n, rx, ry, point{x, y})
	}
	auto := func(name string, paper bool, at float64) float64 {
		said := n.str(name, "auto")
		if said == "auto" && (arrow || !paper) {
			return 0.5
		}
		return anchorOf(said, at)
	}
	ax := auto("xanchor", rx.axis == nil || rx.domain, n.num("x", 0.5))
	ay := 1 - auto("yanchor", ry.axis == nil || ry.domain, n.num("y", 0.5))
	turn := n.within("textangle", 0, -360, 360)
	w, h := text.turned(turn)
	pad := n.within("borderpad", 1, 0, 50) + 1
	b := box{tail.x - ax*w, tail.y - ay*h, tail.x + (1-ax)*w, tail.y + (1-ay)*h}
	middle := point{(b.l + b.r) / 2, (b.t + b.b) / 2}
	b = box{b.l - pad, b.t - pad, b.r + pad, b.b + pad}
	if arrow {
		d.arrow(n, point{x, y}, middle, b, strength)
	}
	ground := look{fill: faded(n.colour("bgcolor", clear), strength), stroke: faded(n.colour("bordercolor", clear), strength), width: n.within("borderwidth", 1, 0, 20)}
	if ground.fill.A > 0 || ground.stroke.A > 0 {
		d.rect(b, ground)
	}
	d.write(text, middle, 0.5, 0.5, turn)
}

// tail is where the text of an arrow stands: pixels away from its head, or a place on the axes.
func (d *drawing) tail(n object, rx, ry reference, head point) point {
	out := point{head.x + n.within("ax", -10, -5000, 5000), head.y + n.within("ay", -30, -5000, 5000)}
	if s := n.str("axref", "pixel"); s != "pixel" {
		if x, ok := rx.px(d, n.get("ax"), 'x', true); ok {
			out.x = x
		}
	}
	if s := n.str("ayref", "pixel"); s != "pixel" {
		if y, ok := ry.px(d, n.get("ay"), 'y', true); ok {
			out.y = y
		}
	}
	return out
}

func (d *drawing) arrow(n object, head, tail point, around box, strength float64) {
	c := faded(n.colour("arrowcolor", n.colour("font.color", d.style.colour)), strength)
	width := n.within("arrowwidth", 2, 0.1, 20)
	// From the edge of the text to the point.
	from := tail
	if _, q, ok := clipLine(tail, head, around); ok && n.str("text", "") != "" {
		from = q
	}
	dx, dy := head.x-from.x, head.y-from.y
	length := math.Hypot(dx, dy)
	if length < 1 {
		return
	}
	dx, dy = dx/length, dy/length
	size := 5.5 * n.within("arrowsize", 1, 0.3, 10) * width
	end := head
	if n.num("arrowhead", 1) > 0 {
		end = point{head.x - dx*size*0.8, head.y - dy*size*0.8}
		wide := size * 0.45
		back := point{head.x - dx*size, head.y - dy*size}
		d.polygon([]point{head, {back.x - dy*wide, back.y + dx*wide}, {back.x + dy*wide, back.y - dx*wide}}, look{fill: c})
	}
	d.straight(from, end, look{stroke: c, width: width})
}
