package figure

import (
	"math"
	"slices"
)

// margin is the room around the plots, in pixels.
type margin struct{ l, r, t, b float64 }

func (m *margin) atLeast(o margin) {
	m.l, m.r, m.t, m.b = max(m.l, o.l), max(m.r, o.r), max(m.t, o.t), max(m.b, o.b)
}

// arrange finds the places of everything. Ranges depend on the room that there is, labels on the ranges, and the room on the
// labels: three rounds settle it.
func (d *drawing) arrange() {
	d.titled = d.titleOf(d.layout, "title", textStyle{size: math.Round(d.style.size * 1.4), colour: d.style.colour})
	d.legend = d.newLegend()
	d.bars = d.colourBars()
	own := margin{
		d.layout.within("margin.l", 80, 0, d.w), d.layout.within("margin.r", 80, 0, d.w),
		d.layout.within("margin.t", 100, 0, d.h), d.layout.within("margin.b", 80, 0, d.h),
	}
	need := own
	for range 3 {
		d.alive()
		need.l, need.r = fit(need.l, need.r, d.w)
		need.t, need.b = fit(need.t, need.b, d.h)
		d.inner = box{need.l, need.t, d.w - need.r, d.h - need.b}
		for _, a := range d.order {
			d.lay(a)
		}
		d.ranges()
		for _, a := range d.order {
			a.mark()
			d.measure(a)
		}
		need = own
		for _, a := range d.order {
			need.atLeast(d.wants(a))
		}
		if d.legend != nil {
			need.atLeast(d.legend.wants(d))
		}
		for _, b := range d.bars {
			need.atLeast(b.wants(d))
		}
	}
}

// fit makes two margins small enough for a plot to remain between them.
func fit(a, b, all float64) (float64, float64) {
	if most := all - max(all*0.1, 10); a+b > most {
		return a * most / (a + b), b * most / (a + b)
	}
	return a, b
}

func (d *drawing) lay(a *axis) {
	if a.horizontal() {
		a.from, a.to = d.inner.l+a.domain[0]*d.inner.w(), d.inner.l+a.domain[1]*d.inner.w()
	} else {
		a.from, a.to = d.inner.b-a.domain[0]*d.inner.h(), d.inner.b-a.domain[1]*d.inner.h()
	}
}

// ranges finds the ranges of all axes; those that match each other share one.
func (d *drawing) ranges() {
	for _, a := range d.order {
		a.find()
	}
	for _, group := range d.matching() {
		lo, hi := math.Inf(1), math.Inf(-1)
		var said *axis
		for _, a := range group {
			lo, hi = min(lo, a.lo, a.hi), max(hi, a.lo, a.hi)
			if len(a.list("range")) == 2 && said == nil {
				said = a
			}
		}
		if said != nil {
			lo, hi = said.lo, said.hi
		} else if group[0].lo > group[0].hi {
			lo, hi = hi, lo
		}
		for _, a := range group {
			a.lo, a.hi = lo, hi
		}
	}
	for _, a := range d.order {
		d.scaleTo(a)
	}
}

// matching are the groups of axes that have one range.
func (d *drawing) matching() [][]*axis {
	root := map[*axis]*axis{}
	var find func(a *axis) *axis
	find = func(a *axis) *axis {
		if root[a] == nil || root[a] == a {
			return a
		}
		return find(root[a])
	}
	for _, a := range d.order {
		for _, way := range "xy" {
			if name, ok := axisName(a.str("matches", ""), string(way)); ok && d.axes[name] != nil {
				if p, q := find(a), find(d.axes[name]); p != q {
					root[p] = q
				}
			}
		}
	}
	groups := map[*axis][]*axis{}
	for _, a := range d.order {
		groups[find(a)] = append(groups[find(a)], a)
	}
	var out [][]*axis
	for _, a := range d.order {
		if g := groups[a]; len(g) > 1 {
			out = append(out, g)
		}
	}
	return out
}

// scaleTo gives an axis the scale of another one: so many pixels for a unit.
func (d *drawing) scaleTo(a *axis) {
	name := a.str("scaleanchor", "")
	b := d.axes[name]
	if b == nil || b == a {
		return
	}
	ratio := a.within("scaleratio", 1, 1e-6, 1e6)
	unitA, unitB := a.length()/math.Abs(a.hi-a.lo)/ratio, b.length()/math.Abs(b.hi-b.lo)
	wide, unit := a, unitB // the axis whose units are too large
	if unitB > unitA {
		wide, unit = b, unitA
	}
	share := unit / max(unitA, unitB)
	if !(share > 1e-6 && share < 1) {
		return
	}
	if wide.str("constrain", "range") == "domain" {
		middle, half := (wide.from+wide.to)/2, (wide.to-wide.from)/2*share
		wide.from, wide.to = middle-half, middle+half
		return
	}
	middle, half := (wide.lo+wide.hi)/2, (wide.hi-wide.lo)/2/share
	wide.lo, wide.hi = middle-half, middle+half
}

// measure makes the labels of an axis, and finds how far they reach. Labels of an x axis that would touch are turned.
func (d *drawing) measure(a *axis) {
	a.labels, a.turn, a.deep, a.title = nil, 0, 0, textBlock{}
	if !a.visible() {
		return
	}
	a.title = d.titleOf(a.object, "title", textStyle{size: math.Round(d.style.size * 1.2), colour: d.style.colour})
	a.deep = max(a.tickLength(), 0)
	if !a.flag("showticklabels", true) {
		return
	}
	wide, high, least := 0.0, 0.0, math.Inf(1)
	for i, k := range a.ticks {
		t := d.textOf(k.label, a.style)
		a.labels = append(a.labels, t)
		wide, high = max(wide, t.w), max(high, t.h)
		if i > 0 {
			room := math.Abs(a.px(k.at) - a.px(a.ticks[i-1].at))
			least = min(least, room-(t.w+a.labels[i-1].w)/2)
		}
	}
	if turn, ok := a.get("tickangle").(float64); ok && finite(turn) {
		a.turn = math.Mod(turn, 180)
	} else if a.horizontal() && least < 4 {
		a.turn = 30
		if room := a.length() / float64(len(a.ticks)); room < high*1.1/math.Sin(math.Pi/6)*0.6 || wide > 140 {
			a.turn = 90
		}
	}
	if len(a.labels) == 0 {
		return
	}
	w, h := textBlock{w: wide, h: high}.turned(a.turn)
	if a.horizontal() {
		a.deep += labelGap + h
	} else {
		a.deep += labelGap + w
	}
}

// wants is the room beside the plots that an axis needs.
func (d *drawing) wants(a *axis) margin {
	var m margin
	if !a.visible() {
		return m
	}
	deep := a.deep
	if len(a.title.lines) > 0 {
		deep += a.standoff() + a.title.h
	}
	deep += 2
	at, _ := d.place(a)
	switch a.side() {
	case "left":
		m.l = deep - (at - d.inner.l)
	case "right":
		m.r = deep - (d.inner.r - at)
	case "top":
		m.t = deep - (at - d.inner.t)
		if len(d.titled.lines) > 0 && m.t > 0 {
			m.t += d.titled.h
		}
	case "bottom":
		m.b = deep - (d.inner.b - at)
	}
	if a.horizontal() && a.turn == 0 {
		for i, t := range a.labels { // the outermost labels stand out at the sides
			p := a.px(a.ticks[i].at)
			m.l = max(m.l, t.w/2-(p-d.inner.l))
			m.r = max(m.r, t.w/2-(d.inner.r-p))
		}
	} else if a.horizontal() {
		for i, t := range a.labels {
			w, _ := t.turned(a.turn)
			p := a.px(a.ticks[i].at)
			if a.turn > 0 && a.turn < 90 {
				m.r = max(m.r, w-(d.inner.r-p))
			} else if a.turn < 0 && a.turn > -90 {
				m.l = max(m.l, w-(p-d.inner.l))
			}
		}
	}
	if slices.Contains([]string{"top", "bottom"}, a.side()) {
		m.l, m.r = min(m.l, d.w/3), min(m.r, d.w/3)
	}
	return m
}
