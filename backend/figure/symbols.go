package figure

import (
	"math"
	"strings"
)

// Marks as plotly.js draws them, for a radius of 1 (source: plotly.js, components/drawing/symbol_defs.js).
var (
	s3 = math.Sqrt(3)

	polygons = map[string][]point{
		"square":         {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}},
		"diamond":        {{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}},
		"diamond-tall":   {{0, -1.4}, {0.7, 0}, {0, 1.4}, {-0.7, 0}},
		"diamond-wide":   {{0, -0.7}, {1.4, 0}, {0, 0.7}, {-1.4, 0}},
		"cross":          {{-0.4, -1.2}, {0.4, -1.2}, {0.4, -0.4}, {1.2, -0.4}, {1.2, 0.4}, {0.4, 0.4}, {0.4, 1.2}, {-0.4, 1.2}, {-0.4, 0.4}, {-1.2, 0.4}, {-1.2, -0.4}, {-0.4, -0.4}},
		"triangle-up":    {{-2 / s3, 0.5}, {2 / s3, 0.5}, {0, -1}},
		"triangle-down":  {{-2 / s3, -0.5}, {2 / s3, -0.5}, {0, 1}},
		"triangle-left":  {{0.5, -2 / s3}, {0.5, 2 / s3}, {-1, 0}},
		"triangle-right": {{-0.5, -2 / s3}, {-0.5, 2 / s3}, {1, 0}},
		"triangle-ne":    {{-1.2, -1.2}, {1.2, -1.2}, {1.2, 1.2}},
		"triangle-se":    {{1.2, -1.2}, {1.2, 1.2}, {-1.2, 1.2}},
		"triangle-sw":    {{1.2, 1.2}, {-1.2, 1.2}, {-1.2, -1.2}},
		"triangle-nw":    {{-1.2, 1.2}, {-1.2, -1.2}, {1.2, -1.2}},
		"hourglass":      {{-1, -1}, {1, -1}, {-1, 1}, {1, 1}},
		"bowtie":         {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}},
		"pentagon":       regular(5, -math.Pi/2),
		"hexagon":        regular(6, -math.Pi/2),
		"hexagon2":       regular(6, 0),
		"octagon":        regular(8, math.Pi/8),
		"star":           starOf(5, 1.4, 0.535),
		"hexagram":       starOf(6, 1.3, 0.75),
		"star-square":    starOf(4, 1.4, 0.78),
		"star-diamond":   starOf(4, 1.4, 0.54),
		"x":              turnedCross(),
	}

	strokes = map[string][][2]point{
		"cross-thin": {{{0, -1.4}, {0, 1.4}}, {{-1.4, 0}, {1.4, 0}}},
		"x-thin":     {{{-1, -1}, {1, 1}}, {{-1, 1}, {1, -1}}},
		"asterisk":   {{{0, -1.2}, {0, 1.2}}, {{-1.2, 0}, {1.2, 0}}, {{-0.85, -0.85}, {0.85, 0.85}}, {{-0.85, 0.85}, {0.85, -0.85}}},
		"hash":       {{{0.5, -1}, {0.5, 1}}, {{-0.5, -1}, {-0.5, 1}}, {{-1, 0.5}, {1, 0.5}}, {{-1, -0.5}, {1, -0.5}}},
		"y-up":       {{{-1.2, 0.8}, {0, 0}}, {{1.2, 0.8}, {0, 0}}, {{0, -1.6}, {0, 0}}},
		"y-down":     {{{-1.2, -0.8}, {0, 0}}, {{1.2, -0.8}, {0, 0}}, {{0, 1.6}, {0, 0}}},
		"y-left":     {{{0.8, 1.2}, {0, 0}}, {{0.8, -1.2}, {0, 0}}, {{-1.6, 0}, {0, 0}}},
		"y-right":    {{{-0.8, 1.2}, {0, 0}}, {{-0.8, -1.2}, {0, 0}}, {{1.6, 0}, {0, 0}}},
		"line-ew":    {{{-1.4, 0}, {1.4, 0}}},
		"line-ns":    {{{0, -1.4}, {0, 1.4}}},
		"line-ne":    {{{-1, 1}, {1, -1}}},
		"line-nw":    {{{-1, -1}, {1, 1}}},
	}

	// symbolNames are plotly.js's numbers for the marks.
	symbolNames = strings.Fields(`circle square diamond cross x triangle-up triangle-down triangle-left triangle-right triangle-ne
		triangle-se triangle-sw triangle-nw pentagon hexagon hexagon2 octagon star hexagram star-triangle-up star-triangle-down
		star-square star-diamond diamond-tall diamond-wide hourglass bowtie circle-cross circle-x square-cross square-x
		diamond-cross diamond-x cross-thin x-thin asterisk hash y-up y-down y-left y-right line-ew line-ns line-ne line-nw`)
)

func regular(n int, from float64) []point {
	out := make([]point, n)
	for i := range out {
		sin, cos := math.Sincos(from + 2*math.Pi*float64(i)/float64(n))
		out[i] = point{cos, sin}
	}
	return out
}

func starOf(n int, far, near float64) []point {
	out := make([]point, 2*n)
	for i := range out {
		r := far
		if i%2 == 1 {
			r = near
		}
		sin, cos := math.Sincos(-math.Pi/2 + math.Pi*float64(i)/float64(n))
		out[i] = point{r * cos, r * sin}
	}
	return out
}

func turnedCross() []point {
	const a, b = 0.4, 1.2
	in := []point{{-a, -b}, {a, -b}, {a, -a}, {b, -a}, {b, a}, {a, a}, {a, b}, {-a, b}, {-a, a}, {-b, a}, {-b, -a}, {-a, -a}}
	h := math.Sqrt(0.5)
	for i, p := range in {
		in[i] = point{h * (p.x - p.y), h * (p.x + p.y)}
	}
	return in
}

func symbolNumber(n int) string {
	suffix := ""
	if n >= 200 {
		n, suffix = n-200, "-dot"
	}
	if n >= 100 {
		n, suffix = n-100, "-open"+suffix
	}
	if n < 0 || n >= len(symbolNames) {
		return "circle"
	}
	return symbolNames[n] + suffix
}

// mark draws one mark. An open one, and one that is made of strokes, has its colour in its lines.
func (d *drawing) mark(name string, p point, r float64, fill colour, border look) {
	base, dot := strings.CutSuffix(name, "-dot")
	base, open := strings.CutSuffix(base, "-open")
	if open {
		border = look{stroke: fill, width: max(border.width, 1)}
		fill = clear
	}
	if lines, ok := strokes[base]; ok {
		var out []seg
		for _, l := range lines {
			out = append(out, seg{'M', [3]point{scaledTo(l[0], p, r)}}, seg{'L', [3]point{scaledTo(l[1], p, r)}})
		}
		border.fill = clear
		if border.stroke.A > 0 && border.width > 0 {
			d.add(shape{look: border, outline: out})
		}
		return
	}
	l := border
	l.fill = fill
	if !l.seen() {
		return
	}
	if base == "circle" {
		d.add(shape{look: l, at: p, circle: r})
	} else if outline, ok := polygons[base]; ok {
		points := make([]point, len(outline))
		for i, q := range outline {
			points[i] = scaledTo(q, p, r)
		}
		d.polygon(points, l)
	} else {
		refuse("Use another marker: circle, square, diamond, cross, x, triangle-up, star, hexagon.", "the marker %.40q is not drawn here", name)
	}
	if dot {
		c := border.stroke
		if !open {
			c = contrast(fill)
		}
		d.add(shape{look: look{fill: c}, at: p, circle: max(r/3, 0.7)})
	}
}

func scaledTo(q, p point, r float64) point { return point{p.x + q.x*r, p.y + q.y*r} }
