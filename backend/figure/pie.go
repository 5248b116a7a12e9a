package figure

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// share is a slice of a pie.
type share struct {
	label, text string
	value       float64
	first       int // the first value that it is made of
	colour      colour
	pull        float64
}

func (t *trace) calcPie() {
	values, labels := t.object.list("values"), t.object.list("labels")
	n := len(values)
	if values == nil {
		n = len(labels)
	}
	by := map[string]int{}
	for i := range n {
		v := 1.0
		if values != nil {
			var ok bool
			if v, ok = number(values[i]); !ok || v < 0 {
				continue
			}
		}
		label := plainNumber(float64(i), 0)
		if i < len(labels) {
			label = object{"t": labels[i]}.str("t", label)
		}
		if k, ok := by[label]; ok {
			t.shares[k].value += v
			continue
		}
		by[label] = len(t.shares)
		s := share{label: label, value: v, first: i, text: object{"t": at(t.get("text"), i)}.str("t", "")}
		if f, ok := number(at(t.get("pull"), i)); ok {
			s.pull = min(max(f, 0), 1)
		}
		t.shares = append(t.shares, s)
	}
	if t.flag("sort", true) {
		slices.SortStableFunc(t.shares, func(a, b share) int { return cmp.Compare(b.value, a.value) })
	}
	for i := range t.shares { // the cycle is for them as they are sorted
		s := &t.shares[i]
		s.colour = colourOf(indexed(t.object.list("marker.colors"), s.first), t.d.cycle[i%len(t.d.cycle)])
	}
}

func (t *trace) pieBox() box {
	side := func(way string) (float64, float64) {
		if v := numbers(t.object.list("domain." + way)); len(v) == 2 && v[0] >= 0 && v[1] <= 1 && v[0] < v[1] {
			return v[0], v[1]
		}
		return 0, 1
	}
	x0, x1 := side("x")
	y0, y1 := side("y")
	in := t.d.inner
	return box{in.l + x0*in.w(), in.b - y1*in.h(), in.l + x1*in.w(), in.b - y0*in.h()}
}

func (t *trace) shareText(s share, total float64) string {
	if template, _ := at(t.get("texttemplate"), s.first).(string); template != "" {
		return fillTemplate(template, func(name string) (any, bool) {
			switch name {
			case "label":
				return s.label, true
			case "value":
				return s.value, true
			case "percent":
				return s.value / total, true
			case "text":
				return s.text, true
			}
			return nil, false
		})
	}
	usual := "percent"
	if t.has("text") {
		usual = "text+percent"
	}
	var parts []string
	for _, p := range []string{"label", "text", "value", "percent"} {
		if !slices.Contains(strings.Split(t.str("textinfo", usual), "+"), p) {
			continue
		}
		switch p {
		case "label":
			parts = append(parts, s.label)
		case "text":
			parts = append(parts, s.text)
		case "value":
			parts = append(parts, plainNumber(s.value, 0))
		case "percent":
			parts = append(parts, plainNumber(roundTo(100*(s.value/total), 3), 0)+"%")
		}
	}
	return strings.Join(parts, "<br>")
}

func (t *trace) drawPie() {
	total := 0.0
	for _, s := range t.shares {
		total += s.value
	}
	if !(total > 0) || !finite(total) {
		return
	}
	b := t.pieBox()
	middle := point{(b.l + b.r) / 2, (b.t + b.b) / 2}
	r := min(b.w(), b.h()) / 2
	pull := 0.0
	for _, s := range t.shares {
		pull = max(pull, s.pull)
	}
	outer := r / (1 + pull)
	blocks := make([]textBlock, len(t.shares))
	style := t.object.font("textfont", t.d.style)
	where := t.str("textposition", "auto")
	outside := make([]bool, len(t.shares))
	for i, s := range t.shares {
		if where == "none" || s.value == 0 {
			continue
		}
		blocks[i] = t.d.textOf(t.shareText(s, total), style)
		room := 2 * outer * 0.62 * math.Sin(min(math.Pi*(s.value/total), math.Pi/2))
		outside[i] = where == "outside" || where != "inside" && (room < max(blocks[i].h, blocks[i].w*0.8) || blocks[i].w > outer*0.8)
		if outside[i] { // the labels need room beside the pie
			outer = min(outer, (min(b.w()/2-blocks[i].w*0.8, b.h()/2-blocks[i].h)-12)/(1+pull))
		}
	}
	outer = max(outer, r*0.3)
	hole := t.within("hole", 0, 0, 0.99) * outer
	clockwise := t.str("direction", "counterclockwise") == "clockwise"
	angle := (t.num("rotation", 0) - 90) * math.Pi / 180
	angle = math.Mod(angle, 2*math.Pi)
	if !clockwise { // the first slice begins where it is said, and lies clockwise from there (source: plotly.js, pie/calc.js)
		for _, s := range t.shares {
			if s.value > 0 {
				angle += 2 * math.Pi * (s.value / total)
				break
			}
		}
	}
	edge := look{stroke: t.object.colour("marker.line.color", ink), width: t.within("marker.line.width", 0, 0, 50)}
	for i, s := range t.shares {
		turn := 2 * math.Pi * (s.value / total)
		if !clockwise {
			turn = -turn
		}
		from := angle
		angle += turn
		if s.value == 0 {
			continue
		}
		sin, cos := math.Sincos(from + turn/2)
		c := point{middle.x + cos*s.pull*outer, middle.y + sin*s.pull*outer}
		l := edge
		l.stroke, l.fill = faded(l.stroke, t.opacity), faded(s.colour, t.opacity)
		t.d.add(shape{look: l, outline: slice(c, outer, hole, from, turn)})
		t.shareLabel(blocks[i], outside[i], c, outer, hole, sin, cos, s)
	}
}

// slice is the outline of a piece of a ring.
func slice(c point, r, hole, from, turn float64) []seg {
	on := func(r, angle float64) point {
		sin, cos := math.Sincos(angle)
		return point{c.x + r*cos, c.y + r*sin}
	}
	start := seg{'M', [3]point{on(r, from)}}
	out := arc([]seg{start}, c, r, from, from+turn)
	if hole > 0 {
		out = append(out, seg{'L', [3]point{on(hole, from+turn)}})
		out = arc(out, c, hole, from+turn, from)
	} else if math.Abs(turn) < 2*math.Pi-1e-9 {
		out = append(out, seg{'L', [3]point{c}})
	}
	return append(out, seg{kind: 'Z'})
}

func (t *trace) shareLabel(b textBlock, outside bool, c point, r, hole, sin, cos float64, s share) {
	if len(b.lines) == 0 {
		return
	}
	if !outside {
		if !t.object.has("textfont.color") && !t.object.has("insidetextfont.color") {
			b.style.colour = contrast(s.colour)
		}
		at := 0.62 * r
		if hole > 0 {
			at = (r + hole) / 2
		}
		t.d.write(b, point{c.x + cos*at, c.y + sin*at}, 0.5, 0.5, 0)
		return
	}
	at := r + 10
	t.d.straight(point{c.x + cos*r, c.y + sin*r}, point{c.x + cos*(at-2), c.y + sin*(at-2)}, look{stroke: b.style.colour, width: 1})
	ax := 0.0
	if cos < 0 {
		ax = 1
	}
	t.d.write(b, point{c.x + cos*at, c.y + sin*at}, ax, (1-sin)/2, 0)
}
