package figure

import (
	"fmt"
	"math"
	"slices"
)

// bar is one bar: where it stands, from where to where it goes, and the value that it is for.
type bar struct {
	at, width float64 // of its middle; the width is 0 as long as nobody has said it
	from, to  float64 // on the axis along it, after scaled
	base      float64
	value     float64
	hasBase   bool
}

func (t *trace) calcBars() {
	across, along := t.ways()
	lengths := t.object.list(along)
	places := t.across().calc(t.positions(across, len(lengths)))
	width, base := t.get("width"), t.get("base")
	for i := range min(len(places), len(lengths)) {
		v, ok := number(lengths[i])
		b := bar{at: places[i], value: v}
		if !ok {
			b.value = math.NaN()
		}
		if w, ok := number(at(width, i)); ok && w > 0 {
			b.width = w
		}
		if v, ok := number(at(base, i)); ok {
			b.base, b.hasBase = v, true
		} else if s, isDate := at(base, i).(string); isDate {
			if ms, ok := parseDate(s); ok {
				b.base, b.hasBase = ms, true
			}
		}
		t.bars = append(t.bars, b)
	}
}

// placeBars finds where the bars of all traces stand: beside each other, on top of each other, or in front of each other.
func (d *drawing) placeBars() {
	type ground struct {
		across, along *axis
		upright       bool
	}
	groups := map[ground][]*trace{}
	var order []ground
	for _, t := range d.traces {
		if t.kind == "bar" || t.kind == "histogram" {
			g := ground{t.across(), t.along(), t.upright}
			if g.across.on != nil { // a second axis over the first one
				g.across = g.across.on
			}
			if groups[g] == nil {
				order = append(order, g)
			}
			groups[g] = append(groups[g], t)
		}
	}
	mode := d.layout.str("barmode", "group")
	if !slices.Contains([]string{"group", "stack", "relative", "overlay"}, mode) {
		refuse("", "the barmode %.20q is not known", mode)
	}
	for _, g := range order {
		if mode == "overlay" {
			for _, t := range groups[g] {
				d.placeTogether([]*trace{t}, mode)
			}
			continue
		}
		d.placeTogether(groups[g], mode)
	}
}

func (d *drawing) placeTogether(traces []*trace, mode string) {
	var all []float64
	gapless := mode != "group" || len(traces) == 1
	total := 0
	for _, t := range traces {
		for _, b := range t.bars {
			all = append(all, b.at)
		}
		total += len(t.bars)
		gapless = gapless && t.kind == "histogram" && t.across().kind != "category"
	}
	values := sorted(all)
	different := least(values)
	distinct := len(slices.CompactFunc(slices.Clone(values), func(a, b float64) bool { return a == b }))
	if different == 0 {
		different = 1
		if traces[0].across().kind == "date" {
			different = day
		}
	}
	for _, t := range traces {
		if t.kind == "histogram" && len(t.bars) > 0 && t.bars[0].width > 0 {
			different = t.bars[0].width
		}
	}
	gap := d.layout.within("bargap", map[bool]float64{true: 0, false: 0.2}[gapless], 0, 0.99)
	groupGap := d.layout.within("bargroupgap", 0, 0, 0.99)
	groups := map[string]int{}
	if mode == "group" {
		for i, t := range traces {
			id := t.str("offsetgroup", fmt.Sprint("trace ", i))
			if _, ok := groups[id]; !ok {
				groups[id] = len(groups)
			}
			t.group = groups[id]
		}
		if own := slices.ContainsFunc(traces, func(t *trace) bool { return t.has("offsetgroup") }); !own && distinct == total {
			groups = map[string]int{"": 0} // nothing stands at the same place
			for _, t := range traces {
				t.group = 0
			}
		}
	}
	n := float64(max(len(groups), 1))
	slot := different * (1 - gap) / n
	type sumKey struct {
		at       float64
		negative bool
	}
	sums := map[sumKey]float64{}
	for _, t := range traces {
		for i := range t.bars {
			b := &t.bars[i]
			own := b.width
			if t.kind == "histogram" || own == 0 {
				own = slot * (1 - groupGap)
			}
			place := b.at
			b.at += (float64(t.group) - (n-1)/2) * slot
			if off, ok := number(at(t.get("offset"), i)); ok {
				b.at = place + off + own/2
			}
			b.width = own
			from := 0.0
			switch {
			case b.hasBase:
				from = b.base
			case mode == "stack" || mode == "relative":
				k := sumKey{place, mode == "relative" && b.value < 0}
				from = sums[k]
				if finite(b.value) {
					sums[k] += b.value
				}
			}
			b.from, b.to = t.along().scaled(from), t.along().scaled(from+b.value)
			if !finite(b.value) {
				b.to = math.NaN()
			}
		}
		t.extendBars(different)
	}
}

// extendBars tells the axes how far bars reach; each stands on a piece of its own, as wide as they are apart.
func (t *trace) extendBars(different float64) {
	e := t.object.obj("error_" + string(t.along().way))
	outside := t.str("textposition", "") == "outside"
	for i, b := range t.bars {
		if !finite(b.at) {
			continue
		}
		half := max(b.width, different) / 2
		t.across().hold(0, false, b.at-half, b.at+half)
		if !finite(b.to) {
			continue
		}
		pad := 0.0
		if outside {
			pad = 14
		}
		t.along().hold(pad, true, b.from, b.to)
		if low, high, ok := t.deviation(e, i, b.to, t.along()); ok {
			t.along().hold(0, true, low, high)
		}
	}
}

// along and across as a box of pixels.
func (t *trace) barBox(b bar) box {
	p, q := t.across().px(b.at-b.width/2), t.across().px(b.at+b.width/2)
	r, s := t.along().px(b.from), t.along().px(b.to)
	if math.IsInf(b.from, -1) {
		r = t.along().from
	}
	if t.upright {
		return box{min(p, q), min(r, s), max(p, q), max(r, s)}
	}
	return box{min(r, s), min(p, q), max(r, s), max(p, q)}
}

func (b box) meet(o box) box { return box{max(b.l, o.l), max(b.t, o.t), min(b.r, o.r), min(b.b, o.b)} }

func (t *trace) drawBars() {
	colours := t.markColours()
	area := t.area()
	e := t.object.obj("error_" + string(t.along().way))
	for i, b := range t.bars {
		if !finite(b.at) || math.IsNaN(b.to) {
			continue
		}
		whole := t.barBox(b)
		seen := whole.meet(area)
		strength := t.opacity
		if f, ok := number(at(t.get("marker.opacity"), i)); ok {
			strength *= f
		}
		edge := look{stroke: faded(colourOf(at(t.get("marker.line.color"), i), ink), strength)}
		if w, ok := number(at(t.get("marker.line.width"), i)); ok {
			edge.width = min(max(w, 0), 50)
		}
		edge.fill = faded(colours(i), strength)
		if edge.stroke.A == 0 || edge.width == 0 {
			edge.width = 0
		}
		if seen.l < seen.r && seen.t < seen.b {
			t.d.rect(seen, edge)
		}
		t.barText(i, b, whole, edge.fill)
		if deviates(e) {
			x, y := b.at, b.to
			if !t.upright {
				x, y = y, x
			}
			l := look{stroke: e.colour("color", ink), width: e.within("thickness", 2, 0, 50)}
			t.deviationAt(e, string(t.along().way), i, x, y, l, e.within("width", 4, 0, 50))
		}
	}
}

// barText writes a bar's text into it, or at its end if it has no room there.
func (t *trace) barText(i int, b bar, at0 box, fill colour) {
	text := t.textAt(i)
	where, _ := at(t.get("textposition"), i).(string)
	if text == "" || where == "none" || !t.area().holds(point{(at0.l + at0.r) / 2, (at0.t + at0.b) / 2}) {
		return
	}
	style := t.object.font("textfont", textStyle{size: t.d.style.size, colour: contrast(fill)})
	block := t.d.textOf(text, style)
	fits := block.w <= at0.w()-4 && block.h <= at0.h()
	inside := where == "inside" || where != "outside" && fits
	if where == "inside" && !fits { // smaller, down to what can be read
		f := min((at0.w()-2)/block.w, at0.h()/block.h)
		if f < 0.4 {
			return
		}
		style.size *= min(f, 1)
		block = t.d.textOf(text, style)
	}
	if !inside && !t.object.has("textfont.color") {
		style.colour = t.d.style.colour
		block = t.d.textOf(text, style)
	}
	up := b.to >= b.from != (t.along().hi < t.along().lo)
	middle := t.str("insidetextanchor", "end") == "middle"
	p := point{(at0.l + at0.r) / 2, (at0.t + at0.b) / 2}
	const gap = 3
	switch {
	case inside && middle:
		t.d.write(block, p, 0.5, 0.5, 0)
	case t.upright:
		y, ay := at0.t, 1.0
		if !up {
			y, ay = at0.b, 0
		}
		if inside {
			ay = 1 - ay
		}
		t.d.write(block, point{p.x, y}, 0.5, ay, 0)
	default:
		x, ax, sign := at0.r, 0.0, 1.0
		if !up {
			x, ax, sign = at0.l, 1, -1
		}
		if inside {
			ax, sign = 1-ax, -sign
		}
		t.d.write(block, point{x + sign*gap, p.y}, ax, 0.5, 0)
	}
}
