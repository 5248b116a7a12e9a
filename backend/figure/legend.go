package figure

import "strings"

// entry is a line of the legend.
type entry struct {
	text  textBlock
	trace *trace
	share *share
	w     float64
}

type legend struct {
	object
	entries  []entry
	title    textBlock
	flat     bool // entries beside each other
	w, h     float64
	swatch   float64
	rowTop   []float64 // of each entry, from the top
	colLeft  []float64
	x, y     float64 // in paper coordinates
	ax, ay   float64 // which part of the legend lies there
	lineHigh float64
}

// newLegend collects what the legend says; nil if there is none.
func (d *drawing) newLegend() *legend {
	o := d.layout.obj("legend")
	l := &legend{object: over(d.template.obj("layout.legend"), o), swatch: 40}
	style := l.font("font", d.style)
	explicit := false
	for _, t := range d.traces {
		if !t.flag("showlegend", true) || t.kind == "heatmap" || t.kind == "contour" || t.kind == "image" {
			continue
		}
		if v, ok := t.get("showlegend").(bool); ok && v {
			explicit = true
		}
		if t.kind == "pie" {
			explicit = true
			for i := range t.shares {
				l.entries = append(l.entries, entry{text: d.textOf(t.shares[i].label, style), trace: t, share: &t.shares[i]})
			}
			continue
		}
		l.entries = append(l.entries, entry{text: d.textOf(t.name, style), trace: t})
	}
	if !d.layout.flag("showlegend", len(l.entries) > 1 || explicit && len(l.entries) > 0) || len(l.entries) == 0 {
		return nil
	}
	if len(l.entries) > 2000 {
		refuse("Leave the legend out (showlegend=False), or give fewer names.", "its legend has %d entries", len(l.entries))
	}
	if l.reversed(d) {
		for i, j := 0, len(l.entries)-1; i < j; i, j = i+1, j-1 {
			l.entries[i], l.entries[j] = l.entries[j], l.entries[i]
		}
	}
	l.title = d.titleOf(l.object, "title", textStyle{size: style.size * 1.1, colour: style.colour})
	l.flat = l.str("orientation", "v") == "h"
	l.lineHigh = style.size*leading + 3
	l.place()
	l.measure(d.w)
	return l
}

// reversed: what is stacked is named from the top.
func (l *legend) reversed(d *drawing) bool {
	if order := l.str("traceorder", ""); order != "" {
		return strings.Contains(order, "reversed")
	}
	for _, e := range l.entries {
		if e.trace.kind == "bar" && d.layout.str("barmode", "") == "stack" && !l.flat {
			return true
		}
		if f := e.trace.str("fill", ""); f == "tonexty" || f == "tonextx" {
			return true
		}
	}
	return false
}

// place reads where the legend stands.
func (l *legend) place() {
	usualX, usualY := 1.02, 1.0
	if l.flat {
		usualX, usualY = 0, -0.1
	}
	l.x, l.y = l.within("x", usualX, -2, 3), l.within("y", usualY, -2, 3)
	l.ax = anchorOf(l.str("xanchor", "left"), l.x)
	usual := "auto"
	if l.flat && !l.has("y") {
		usual = "top"
	}
	l.ay = 1 - anchorOf(l.str("yanchor", usual), l.y)
}

// anchorOf is the part of a box that lies at a place of the paper: 0 its left or bottom, 1 its right or top.
func anchorOf(name string, at float64) float64 {
	switch name {
	case "left", "bottom":
		return 0
	case "center", "middle":
		return 0.5
	case "right", "top":
		return 1
	}
	switch {
	case at <= 1.0/3:
		return 0
	case at >= 2.0/3:
		return 1
	}
	return 0.5
}

func (l *legend) measure(width float64) {
	l.rowTop, l.colLeft = nil, nil
	top, left := 3.0, 0.0
	l.w = 0
	if len(l.title.lines) > 0 {
		if l.flat {
			left = l.title.w + 10
		} else {
			top += l.title.h
		}
		l.w = l.title.w + 8
	}
	high := 0.0
	for i := range l.entries {
		e := &l.entries[i]
		e.w = l.swatch + e.text.w + 6
		h := max(l.lineHigh, e.text.h+3)
		if l.flat && left > 0 && left+e.w > width*0.85 {
			top, left, high = top+high, 0, 0
		}
		l.rowTop, l.colLeft = append(l.rowTop, top), append(l.colLeft, left)
		high = max(high, h)
		l.w = max(l.w, left+e.w)
		if l.flat {
			left += e.w + 6
		} else {
			top, high = top+h, 0
		}
	}
	l.h = top + high + 3
}

// wants is the room that a legend beside the plots needs.
func (l *legend) wants(d *drawing) margin {
	var m margin
	in := d.inner
	b := l.box(d)
	if l.x > 1 && l.ax < 0.5 {
		m.r = l.w + (b.l - in.r) + 4
	} else if l.x < 0 && l.ax > 0.5 {
		m.l = l.w + (in.l - b.r) + 4
	}
	if l.flat && (l.x <= 1 && l.x >= 0) || l.x >= 0 && l.x <= 1 {
		if l.y > 1 && l.ay > 0.5 {
			m.t = l.h + (in.t - b.b) + 4
			if len(d.titled.lines) > 0 {
				m.t += d.titled.h
			}
		} else if l.y < 0 && l.ay < 0.5 {
			m.b = l.h + (b.t - in.b) + 4
		}
	}
	m.r, m.l = min(m.r, d.w*0.6), min(m.l, d.w*0.6)
	m.t, m.b = min(m.t, d.h*0.6), min(m.b, d.h*0.6)
	return m
}

func (l *legend) box(d *drawing) box {
	x := d.inner.l + l.x*d.inner.w() - l.ax*l.w
	y := d.inner.b - l.y*d.inner.h() - l.ay*l.h
	if l.flat && l.y < 0 { // below the labels of the axes
		deep := 0.0
		for _, a := range d.order {
			if a.side() == "bottom" && a.horizontal() {
				deep = max(deep, a.deep+a.title.h+4)
			}
		}
		y = max(y, d.inner.b+deep)
	}
	return box{x, y, x + l.w, y + l.h}
}

func (d *drawing) writeLegend() {
	l := d.legend
	if l == nil {
		return
	}
	b := l.box(d)
	ground := l.colour("bgcolor", d.paper)
	edge := look{fill: ground, stroke: l.colour("bordercolor", ink), width: l.within("borderwidth", 0, 0, 20)}
	d.rect(b, edge)
	if len(l.title.lines) > 0 {
		y := b.t + 3
		if l.flat {
			y = b.t + 3 + (l.lineHigh-l.title.h)/2
		}
		d.write(l.title, point{b.l + 4, y}, 0, 0, 0)
	}
	for i, e := range l.entries {
		if b.t+l.rowTop[i] > d.h {
			break // beyond the paper
		}
		middle := point{b.l + l.colLeft[i] + l.swatch/2, b.t + l.rowTop[i] + max(l.lineHigh, e.text.h+3)/2}
		d.swatchOf(e, middle)
		d.write(e.text, point{b.l + l.colLeft[i] + l.swatch, middle.y}, 0, 0.5, 0)
	}
}

// swatchOf draws what an entry of the legend looks like in the plot.
func (d *drawing) swatchOf(e entry, m point) {
	t := e.trace
	square := box{m.x - 6, m.y - 6, m.x + 6, m.y + 6}
	switch {
	case e.share != nil:
		d.rect(square, look{fill: faded(e.share.colour, t.opacity)})
	case t.kind == "bar" || t.kind == "histogram":
		l := look{fill: faded(t.markColours()(0), t.opacity), stroke: colourOf(at(t.get("marker.line.color"), 0), ink)}
		if w, ok := number(at(t.get("marker.line.width"), 0)); ok {
			l.width = min(max(w, 0), 2)
		}
		d.rect(square, l)
	case t.kind == "box" || t.kind == "violin":
		c := t.object.colour("line.color", t.object.colour("marker.color", t.colour))
		d.rect(square, look{fill: faded(t.object.colour("fillcolor", faded(c, 0.5)), t.opacity), stroke: faded(c, t.opacity), width: min(t.within("line.width", 2, 0, 50), 2)})
	default:
		d.scatterSwatch(t, m)
	}
}

func (d *drawing) scatterSwatch(t *trace, m point) {
	fill := t.str("fill", "none")
	if t.base != nil {
		fill = "tonexty"
	}
	left, right := point{m.x - 15, m.y}, point{m.x + 15, m.y}
	if fill != "none" {
		top := m.y
		if !t.mode("lines") && !t.mode("markers") {
			top = m.y - 3
		}
		d.rect(box{left.x, top, right.x, m.y + 6}, look{fill: t.fillColour()})
	}
	if t.mode("lines") {
		l := t.lineLook()
		l.width = min(l.width, 10)
		d.straight(left, right, l)
	}
	if t.mode("markers") {
		r := t.radii()(0)
		if asList(t.get("marker.size")) != nil {
			r = 5
		}
		r = min(max(r, 1.5), 8)
		edge := look{stroke: faded(t.edgeColour(0, false), t.opacity)}
		if w, ok := number(at(t.get("marker.line.width"), 0)); ok {
			edge.width = min(max(w, 0), 3)
		}
		strength := t.opacity
		if f, ok := number(at(t.get("marker.opacity"), 0)); ok {
			strength *= f
		} else if asList(t.get("marker.size")) != nil {
			strength *= 0.7
		}
		d.mark(t.symbol(0), m, r, faded(t.markColours()(0), strength), edge)
	}
	if t.mode("text") && !t.mode("markers") && !t.mode("lines") {
		d.write(d.textOf("Aa", t.object.font("textfont", d.style)), m, 0.5, 0.5, 0)
	}
}
