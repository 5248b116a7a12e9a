package figure

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// drawing is one figure on its way to a scene.
type drawing struct {
	scene
	layout   object // with what its template says
	template object
	traces   []*trace
	axes     map[string]*axis
	order    []*axis
	legend   *legend
	bars     []*colourBar
	style    textStyle
	cycle    []colour
	paper    colour
	ownPaper bool
	inner    box // where paper coordinates run from 0 to 1
	titled   textBlock
	seen     map[rune]bool // characters without a sign in the font
}

// trace is one series of a figure.
type trace struct {
	object
	d       *drawing
	kind    string
	number  int
	name    string
	x, y    *axis // nil for shares of a circle
	colour  colour
	opacity float64
	marks
}

// layer is what is drawn first: fields lie below bars, and those below lines.
var layers = map[string]int{"image": 0, "heatmap": 1, "contour": 2, "bar": 3, "histogram": 3, "violin": 4, "box": 5, "scatter": 6, "pie": 7}

var plotlyCycle = []any{"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"}

func (d *drawing) read(root object) {
	data, isList := root.get("data").([]any)
	own := root.obj("layout")
	if !isList && own == nil {
		refuse("Give a figure of plotly: an object with data and layout.", "it is no figure")
	}
	d.template = own.obj("template")
	checkLayout(own)
	d.layout = over(d.template.obj("layout"), own)
	d.style = d.layout.font("font", textStyle{size: 12, colour: ink})
	colours := d.layout.list("colorway")
	if len(colours) == 0 {
		colours = plotlyCycle
	}
	for _, c := range colours {
		d.cycle = append(d.cycle, colourOf(c, ink))
	}
	d.axes = map[string]*axis{}
	counts := map[string]int{}
	if len(data) > MaxTraces {
		refuse("Put them into fewer series, with gaps (None) between them.", "it has %d series, and %d can be drawn", len(data), MaxTraces)
	}
	for i, v := range data {
		o := object(asObject(v))
		kind := o.str("type", "scatter")
		if kind == "scattergl" || kind == "heatmapgl" {
			kind = strings.TrimSuffix(kind, "gl")
		}
		if _, ok := layers[kind]; !ok {
			refuse("Show it with display(fig) or write it as .html, where it is drawn by plotly.js.", "series of the type %.40q are not drawn as still pictures", kind)
		}
		checkTrace(kind, o)
		if styles := d.template.list("data." + kind); len(styles) > 0 {
			o = over(asObject(styles[counts[kind]%len(styles)]), o)
			counts[kind]++
		}
		if visible := o.get("visible"); visible == false || visible == "legendonly" {
			continue
		}
		t := &trace{object: o, d: d, kind: kind, number: i, opacity: o.within("opacity", 1, 0, 1)}
		t.name = o.str("name", "trace "+plainNumber(float64(i), 0))
		t.colour = d.cycle[i%len(d.cycle)]
		if kind != "pie" {
			t.x, t.y = d.axis(o.str("xaxis", "x"), 'x'), d.axis(o.str("yaxis", "y"), 'y')
		}
		d.traces = append(d.traces, t)
	}
	if len(d.traces) == 0 || d.layout.has("xaxis") || d.layout.has("yaxis") {
		if !slices.ContainsFunc(d.traces, func(t *trace) bool { return t.x == nil }) {
			d.axis("x", 'x')
			d.axis("y", 'y')
		}
	}
	d.connect()
}

// axis gives the axis of a name, with the settings of its layout.
func (d *drawing) axis(said string, way byte) *axis {
	name, ok := axisName(said, string(way))
	if !ok {
		refuse("", "%.40q is no %c axis", said, way)
	}
	if a := d.axes[name]; a != nil {
		return a
	}
	if len(d.order) >= 400 {
		refuse("Draw fewer axes.", "it has more than 400 axes")
	}
	base := d.template.obj("layout." + axisKey(string(way)))
	a := &axis{name: name, way: way, object: over(base, d.layout.obj(axisKey(name)))}
	a.style = a.font("tickfont", d.style)
	a.domain = [2]float64{0, 1}
	d.axes[name] = a
	d.order = append(d.order, a)
	if v := numbers(a.list("domain")); len(v) == 2 && v[0] >= 0 && v[1] <= 1 && v[0] < v[1] {
		a.domain = [2]float64(v)
	}
	return a
}

// connect finds the axes that others stand at, lie over, or take their range from.
func (d *drawing) connect() {
	for i := 0; i < len(d.order); i++ { // axes that are named here are connected too
		a := d.order[i]
		other := byte('x' + 'y' - a.way)
		anchor := a.str("anchor", "")
		if name, ok := axisName(anchor, string(other)); ok {
			a.across = d.axis(name, other)
		} else if anchor != "free" {
			a.across = d.axis(string(other), other)
			for _, t := range d.traces {
				if t.x == a || t.y == a {
					a.across = map[bool]*axis{true: t.y, false: t.x}[t.x == a]
					break
				}
			}
		}
		if name, ok := axisName(a.str("overlaying", ""), string(a.way)); ok && name != a.name {
			a.on = d.axis(name, a.way)
			a.domain = a.on.domain
		}
	}
}

func (d *drawing) draw() {
	d.scene.w, d.scene.h = d.w, d.h
	for _, t := range d.traces {
		t.decide()
	}
	for _, a := range d.order {
		if a.kind == "" {
			a.decide([]any{1.0}) // nothing is on it: what it says itself
		}
	}
	for _, t := range d.traces {
		t.names()
	}
	for _, a := range d.order {
		a.order()
	}
	d.calc()
	d.arrange()

	if !d.ownPaper {
		d.paper = d.layout.colour("paper_bgcolor", white)
	}
	d.rect(box{0, 0, d.w, d.h}, look{fill: d.paper})
	d.grounds()
	d.shapes("below")
	traces := slices.Clone(d.traces)
	slices.SortStableFunc(traces, func(a, b *trace) int { return cmp.Compare(d.layerOf(a), d.layerOf(b)) })
	for _, t := range traces {
		d.alive()
		t.draw()
	}
	for _, a := range d.order {
		d.axisLines(a)
	}
	d.shapes("above")
	for _, b := range d.bars {
		b.draw(d)
	}
	d.writeLegend()
	d.annotations()
	d.title()
}

// layerOf: what lies on an axis over another one comes after all of that one.
func (d *drawing) layerOf(t *trace) int {
	n := layers[t.kind]
	if t.x != nil && (t.x.on != nil || t.y.on != nil) {
		n += 100
	}
	return n
}

// plotBox is where two axes meet.
func plotBox(x, y *axis) box {
	return box{min(x.from, x.to), min(y.from, y.to), max(x.from, x.to), max(y.from, y.to)}
}

func (t *trace) area() box { return plotBox(t.x, t.y) }

// plots are the pairs of axes that have a ground of their own.
func (d *drawing) plots() [][2]*axis {
	var out [][2]*axis
	add := func(x, y *axis) {
		if x.on != nil {
			x = x.on
		}
		if y.on != nil {
			y = y.on
		}
		if p := [2]*axis{x, y}; !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, t := range d.traces {
		if t.x != nil {
			add(t.x, t.y)
		}
	}
	for _, a := range d.order {
		if a.across != nil && a.horizontal() {
			add(a, a.across)
		}
	}
	return out
}

// grounds paints what lies behind the traces: the plot's colour, the grid and the lines at zero.
func (d *drawing) grounds() {
	ground := d.layout.colour("plot_bgcolor", white)
	plots := d.plots()
	for _, p := range plots {
		d.rect(plotBox(p[0], p[1]), look{fill: ground})
	}
	for _, p := range plots {
		for _, a := range p {
			d.grid(a, plotBox(p[0], p[1]))
		}
	}
	for _, a := range d.order {
		if a.on != nil && a.across != nil {
			x, y := a, a.across
			if !a.horizontal() {
				x, y = y, x
			}
			d.grid(a, plotBox(x, y))
		}
	}
}

func (d *drawing) grid(a *axis, b box) {
	if !a.visible() {
		return
	}
	across := func(at float64, l look) {
		if a.horizontal() {
			d.straight(point{at, b.t}, point{at, b.b}, l)
		} else {
			d.straight(point{b.l, at}, point{b.r, at}, l)
		}
	}
	if a.flag("showgrid", a.on == nil) {
		l := look{stroke: a.colour("gridcolor", pale), width: a.within("gridwidth", 1, 0, 20), crisp: true}
		l.dash = dashOf(a.str("griddash", "solid"), l.width)
		for _, k := range a.ticks {
			across(a.px(k.at), l)
		}
	}
	if zero := a.kind == "linear" && a.inside(0); zero && a.flag("zeroline", a.on == nil) {
		across(a.px(0), look{stroke: a.colour("zerolinecolor", ink), width: a.within("zerolinewidth", 1, 0, 20), crisp: true})
	}
}

// place is the pixel of an axis's own line, across it, and which way is out: -1 for left and top.
func (d *drawing) place(a *axis) (at, out float64) {
	side := a.side()
	out = 1
	if side == "left" || side == "top" {
		out = -1
	}
	if a.across == nil { // free
		f := a.within("position", 0, 0, 1)
		if a.horizontal() {
			return d.inner.b - f*d.inner.h(), out
		}
		return d.inner.l + f*d.inner.w(), out
	}
	low, high := min(a.across.from, a.across.to), max(a.across.from, a.across.to)
	if out < 0 {
		return low, out
	}
	return high, out
}

// along makes a point of a place along the axis and one across it.
func (a *axis) along(at, across float64) point {
	if a.horizontal() {
		return point{at, across}
	}
	return point{across, at}
}

const labelGap = 3 // pixels between ticks and their labels

// tickLength is how far ticks stand out, negative if they stand in.
func (a *axis) tickLength() float64 {
	switch a.str("ticks", "") {
	case "outside":
		return a.within("ticklen", 5, 0, 50)
	case "inside":
		return -a.within("ticklen", 5, 0, 50)
	}
	return 0
}

// axisLines draws an axis's line, ticks, labels and title.
func (d *drawing) axisLines(a *axis) {
	if !a.visible() {
		return
	}
	at, out := d.place(a)
	line := look{stroke: a.colour("linecolor", ink), width: a.within("linewidth", 1, 0, 20), crisp: true}
	half := line.width / 2
	if a.flag("showline", false) {
		d.straight(a.along(a.from-half, at), a.along(a.to+half, at), line)
		if m := a.get("mirror"); (m == true || m == "ticks" || m == "all" || m == "allticks") && a.across != nil {
			other := a.across.from + a.across.to - at
			d.straight(a.along(a.from-half, other), a.along(a.to+half, other), line)
		}
	}
	if length := a.tickLength(); length != 0 {
		l := look{stroke: a.colour("tickcolor", ink), width: a.within("tickwidth", 1, 0, 20), crisp: true}
		for _, k := range a.ticks {
			d.straight(a.along(a.px(k.at), at), a.along(a.px(k.at), at+out*length), l)
		}
	}
	gap := max(a.tickLength(), 0) + labelGap
	for i, t := range a.labels {
		d.label(a, t, a.px(a.ticks[i].at), at+out*gap, out)
	}
	d.axisTitle(a, at, out)
}

func (d *drawing) label(a *axis, t textBlock, along, across, out float64) {
	switch {
	case !a.horizontal():
		d.write(t, point{across, along}, (1-out)/2, 0.5, a.turn)
	case a.turn == 0:
		d.write(t, point{along, across}, 0.5, (1-out)/2, 0)
	default:
		// A turned label ends, or begins, at its tick.
		ax := 0.0
		if (a.turn < 0) == (out > 0) {
			ax = 1
		}
		lean := math.Abs(math.Sin(a.turn*math.Pi/180)) * t.style.size * 0.2
		d.write(t, point{along, across + out*lean}, ax, 0.5, a.turn)
	}
}

const titleGap = 6

func (d *drawing) axisTitle(a *axis, at, out float64) {
	if len(a.title.lines) == 0 {
		return
	}
	middle := (a.from + a.to) / 2
	across := at + out*(a.deep+a.standoff())
	if a.horizontal() {
		d.write(a.title, point{middle, across}, 0.5, (1-out)/2, 0)
		return
	}
	d.write(a.title, point{across, middle}, 0.5, 1, 90*out)
}

func (a *axis) standoff() float64 { return a.within("title.standoff", titleGap, 0, 200) }

// titleOf reads a title as an object, or as text alone.
func (d *drawing) titleOf(o object, path string, usual textStyle) textBlock {
	if s, ok := o.get(path).(string); ok && s != "" {
		return d.textOf(s, o.font(path+"font", usual))
	}
	if s := o.str(path+".text", ""); s != "" {
		return d.textOf(s, o.font(path+".font", usual))
	}
	return textBlock{}
}

func (d *drawing) title() {
	if len(d.titled.lines) == 0 {
		return
	}
	o := d.layout
	x := o.within("title.x", 0.5, 0, 1)
	anchor := o.str("title.xanchor", "auto")
	ax, ok := map[string]float64{"left": 0, "center": 0.5, "right": 1}[anchor]
	if !ok {
		ax = 0.5
		if x < 1.0/3 {
			ax = 0
		} else if x > 2.0/3 {
			ax = 1
		}
	}
	left, width := 0.0, d.w
	if o.str("title.xref", "container") == "paper" || !o.has("title.x") {
		left, width = d.inner.l, d.inner.w()
	}
	y, ay := d.inner.t/2-0.3*d.titled.style.size, 0.5 // its baseline is in the middle of the margin
	if len(d.bars) == 0 && d.titled.h > d.inner.t {
		y, ay = 2, 0
	}
	if f, ok := o.get("title.y").(float64); ok && f >= 0 && f <= 1 {
		y, ay = d.h*(1-f), 1
		switch o.str("title.yanchor", "auto") {
		case "top":
			ay = 0
		case "middle":
			ay = 0.5
		case "auto":
			ay = 1 - f
			if f > 2.0/3 {
				ay = 0
			}
		}
	}
	d.write(d.titled, point{left + x*width, y}, ax, ay, 0)
}

// missing are the characters that the font has no sign for, sorted.
func (d *drawing) missing() string {
	var out []rune
	for r := range d.seen {
		out = append(out, r)
	}
	slices.Sort(out)
	return string(out)
}
