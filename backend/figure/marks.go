package figure

import "math"

func (t *trace) drawMarks() {
	radius := t.radii()
	bubbles := asList(t.get("marker.size")) != nil
	colours := t.markColours()
	edge := t.within("marker.line.width", map[bool]float64{true: 1}[bubbles], 0, 50)
	opacity := t.get("marker.opacity")
	area := t.area()
	for i := range t.xs {
		p := point{t.x.px(t.xs[i]), t.y.px(t.ys[i])}
		if math.IsNaN(p.x) || math.IsNaN(p.y) || !area.holds(p) {
			continue
		}
		r := radius(i)
		if r <= 0 {
			continue
		}
		strength := t.opacity
		if f, ok := number(at(opacity, i)); ok {
			strength *= f
		} else if bubbles {
			strength *= 0.7
		}
		border := look{stroke: faded(t.edgeColour(i, bubbles), strength), width: edge}
		if w, ok := number(indexed(asList(t.get("marker.line.width")), i)); ok {
			border.width = min(max(w, 0), 50)
		}
		t.d.mark(t.symbol(i), p, r, faded(colours(i), strength), border)
	}
}

func (t *trace) edgeColour(i int, bubbles bool) colour {
	usual := ink
	if bubbles {
		usual = white
	}
	return colourOf(at(t.get("marker.line.color"), i), usual)
}

// symbol is the name of a mark; plotly.js also has numbers for them.
func (t *trace) symbol(i int) string {
	switch v := at(t.get("marker.symbol"), i).(type) {
	case string:
		return v
	case float64:
		return symbolNumber(int(v))
	}
	return "circle"
}

// markColours gives the colour of each mark: one for all, a list of them, or numbers on a scale.
func (t *trace) markColours() func(i int) colour {
	usual := t.colour
	if c, ok := t.get("line.color").(string); ok && t.kind == "scatter" {
		usual = colourOf(c, usual)
	}
	own := t.get("marker.color")
	list := asList(own)
	if list == nil {
		c := colourOf(own, usual)
		return func(int) colour { return c }
	}
	s := t.coloursOf("marker", "c", numbers(list))
	return func(i int) colour {
		switch v := indexed(list, i).(type) {
		case string:
			if c, ok := parseColour(v); ok {
				return c
			}
			if f, ok := number(v); ok {
				return s.at(f)
			}
		case float64:
			return s.at(v)
		}
		return usual
	}
}

var anchors = map[string][2]float64{
	"top left": {1, 1}, "top center": {0.5, 1}, "top right": {0, 1}, "middle left": {1, 0.5}, "middle center": {0.5, 0.5},
	"middle right": {0, 0.5}, "bottom left": {1, 0}, "bottom center": {0.5, 0}, "bottom right": {0, 0},
}

func (t *trace) drawTexts() {
	radius := t.radii()
	for i := range t.xs {
		p := point{t.x.px(t.xs[i]), t.y.px(t.ys[i])}
		text := t.textAt(i)
		if text == "" || math.IsNaN(p.x) || math.IsNaN(p.y) || !t.area().holds(p) {
			continue
		}
		where, _ := at(t.get("textposition"), i).(string)
		a, ok := anchors[where]
		if !ok {
			a = anchors["middle center"]
		}
		if t.mode("markers") {
			p.x += (0.5 - a[0]) * 2 * (radius(i) + 2)
			p.y += (0.5 - a[1]) * 2 * (radius(i) + 1)
		}
		style := t.object.font("textfont", t.d.style)
		style.colour = colourOf(at(t.get("textfont.color"), i), style.colour)
		t.d.write(t.d.textOf(text, style), p, a[0], a[1], 0)
	}
}

// textAt is what is written at a point: its text, by a template if there is one.
func (t *trace) textAt(i int) string {
	text := object{"t": at(t.get("text"), i)}.str("t", "")
	template, _ := at(t.get("texttemplate"), i).(string)
	if template == "" {
		return text
	}
	return fillTemplate(template, func(name string) (any, bool) {
		switch name {
		case "text":
			return text, true
		case "x", "y", "value":
			if name == "value" {
				_, name = t.ways()
			}
			if len(t.bars) > 0 && i < len(t.bars) {
				if _, along := t.ways(); name == along {
					return t.bars[i].value, true
				}
			}
			return indexed(t.object.list(name), i), true
		}
		return nil, false
	})
}
