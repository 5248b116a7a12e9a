package figure

import "math"

// levels of a contour: where they start, how far they are apart, and how many there are.
func (t *trace) levels() (start, step float64, n int) {
	c := t.fieldColours()
	o := t.object.obj("contours")
	step = o.num("size", 0)
	start, end := o.num("start", math.NaN()), o.num("end", math.NaN())
	if !(step > 0) || t.flag("autocontour", math.IsNaN(start)) {
		step = niceStep((c.high - c.low) / t.within("ncontours", 15, 1, 200))
		start = math.Floor(c.low/step+1e-9)*step + step
		end = math.Ceil(c.high/step-1e-9)*step - step
	}
	if !(step > 0) || !finite(step) || !finite(start) || !finite(end) {
		return 0, 1, 0
	}
	count := math.Floor((end-start)/step+1e-6) + 1
	if count > 500 {
		refuse("Choose fewer levels.", "it has %.0f contour levels", count)
	}
	return start, step, int(max(count, 0))
}

func (t *trace) drawContour() {
	o := t.object.obj("contours")
	if kind := o.str("type", "levels"); kind != "levels" {
		refuse("", "contours of the type %.20q are not drawn here", kind)
	}
	start, step, n := t.levels()
	if len(t.z)*len(t.xs)*(n+1) > 20_000_000 {
		refuse("Choose fewer levels, or a coarser grid.", "its contours have too many parts")
	}
	c := t.fieldColours()
	colouring := o.str("coloring", "fill")
	fills := func(i int) colour { return faded(c.scale.at(float64(i)/float64(max(n, 1))), t.opacity) }
	switch colouring {
	case "fill":
		for i := range n + 1 { // each covers all that is higher, and the next one lies upon it
			level := start + float64(i-1)*step
			if i == 0 {
				level = math.Inf(-1)
			}
			t.above(level, fills(i))
		}
	case "heatmap":
		t.xe, t.ye = t.x.edges(t.positions("x", len(t.xs)), len(t.xs)), t.y.edges(t.positions("y", len(t.ys)), len(t.ys))
		t.drawField()
	}
	if colouring != "lines" && !o.flag("showlines", true) {
		return
	}
	width := t.within("line.width", map[bool]float64{true: 1.5, false: 0.5}[colouring == "lines"], 0, 50)
	for i := range n {
		l := look{stroke: faded(t.object.colour("line.color", ink), t.opacity), width: width}
		if colouring == "lines" {
			l.stroke = faded(c.scale.at(float64(i)/float64(max(n-1, 1))), t.opacity)
		}
		l.dash = dashOf(t.str("line.dash", "solid"), width)
		t.levelLine(start+float64(i)*step, step, l, o.flag("showlabels", false))
	}
}

// corner is a point of the grid: pixels, and its value.
type corner struct {
	point
	z float64
}

// cells calls f for each cell of the grid whose corners all have values, row by row; i and j are those of its last corner.
func (t *trace) cells(f func(j, i int, a, b, c, d corner)) {
	at := func(j, i int) corner {
		return corner{point{t.x.px(t.xs[i]), t.y.px(t.ys[j])}, t.z[j][i]}
	}
	for j := 1; j < min(len(t.z), len(t.ys)); j++ {
		t.d.alive()
		for i := 1; i < min(len(t.z[j]), len(t.z[j-1]), len(t.xs)); i++ {
			a, b, c, d := at(j-1, i-1), at(j-1, i), at(j, i), at(j, i-1)
			if finite(a.z) && finite(b.z) && finite(c.z) && finite(d.z) {
				f(j, i, a, b, c, d)
			}
		}
	}
}

// triangles calls f for the parts of a cell: four around its middle do not prefer a direction.
func triangles(a, b, c, d corner, f func(p, q, r corner)) {
	m := corner{point{(a.x + b.x + c.x + d.x) / 4, (a.y + b.y + c.y + d.y) / 4}, (a.z + b.z + c.z + d.z) / 4}
	f(a, b, m)
	f(b, c, m)
	f(c, d, m)
	f(d, a, m)
}

func crossing(a, b corner, level float64) point {
	f := (level - a.z) / (b.z - a.z)
	return point{a.x + (b.x-a.x)*f, a.y + (b.y-a.y)*f}
}

// above fills where the field is higher than a level. Cells beside each other that are all above it are filled as one.
func (t *trace) above(level float64, fill colour) {
	var outline []seg
	clip := t.area()
	add := func(p []point) {
		if len(p) >= 3 {
			outline = append(outline, closed(clipPolygon(widened(p), clip))...)
		}
	}
	var run box
	runRow, runEnd := -1, -1
	flush := func() {
		if runRow >= 0 {
			add(corners(run))
		}
		runRow = -1
	}
	t.cells(func(j, i int, a, b, c, d corner) {
		if min(a.z, b.z, c.z, d.z) >= level {
			if runRow != j || runEnd != i-1 {
				flush()
				run, runRow = box{a.x, a.y, c.x, c.y}, j
			}
			run.r, runEnd = c.x, i
			return
		}
		if max(a.z, b.z, c.z, d.z) < level {
			return
		}
		triangles(a, b, c, d, func(p, q, r corner) {
			var part []point
			parts := [3]corner{p, q, r}
			for i, b := range parts {
				a := parts[(i+2)%3]
				if (a.z >= level) != (b.z >= level) {
					part = append(part, crossing(a, b, level))
				}
				if b.z >= level {
					part = append(part, b.point)
				}
			}
			add(part)
		})
	})
	flush()
	if len(outline) > 0 {
		t.d.add(shape{look: look{fill: fill}, outline: outline})
	}
}

// widened moves the corners of a small polygon out a little, so that those beside each other show no seam.
func widened(p []point) []point {
	var m point
	for _, q := range p {
		m.x, m.y = m.x+q.x/float64(len(p)), m.y+q.y/float64(len(p))
	}
	area := 0.0
	for i, q := range p {
		dx, dy := q.x-m.x, q.y-m.y
		if r := math.Hypot(dx, dy); r > 0 {
			p[i] = point{q.x + dx/r*0.3, q.y + dy/r*0.3}
		}
		o := p[(i+1)%len(p)]
		area += (q.x-m.x)*(o.y-m.y) - (o.x-m.x)*(q.y-m.y)
	}
	if area < 0 { // all the same way round: where two overlap, both count
		for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
			p[i], p[j] = p[j], p[i]
		}
	}
	return p
}

// levelLine draws the line of a level, and its label at one place.
func (t *trace) levelLine(level, step float64, l look, labelled bool) {
	var outline []seg
	clip := t.area()
	var label point
	best := math.Inf(1)
	middle := point{(clip.l + clip.r) / 2, (clip.t + clip.b) / 2}
	part := func(p, q, r corner) {
		var ends []point
		parts := [3]corner{p, q, r}
		for i, b := range parts {
			if a := parts[(i+2)%3]; (a.z >= level) != (b.z >= level) {
				ends = append(ends, crossing(a, b, level))
			}
		}
		if len(ends) != 2 {
			return
		}
		if a, b, ok := clipLine(ends[0], ends[1], clip); ok {
			outline = append(outline, seg{'M', [3]point{a}}, seg{'L', [3]point{b}})
			// Near the diagonal, where labels of several levels do not lie upon each other.
			if d := math.Abs((a.x-middle.x)-(a.y-middle.y)) + 0.2*math.Abs(a.x-middle.x); d < best {
				best, label = d, a
			}
		}
	}
	t.cells(func(_, _ int, a, b, c, d corner) {
		if min(a.z, b.z, c.z, d.z) < level && max(a.z, b.z, c.z, d.z) >= level {
			triangles(a, b, c, d, part)
		}
	})
	if len(outline) == 0 || l.width == 0 {
		return
	}
	t.d.add(shape{look: l, outline: outline})
	if labelled {
		style := t.object.font("contours.labelfont", textStyle{size: 10, colour: l.stroke})
		text := t.d.textOf(plainNumber(level, step), style)
		t.d.write(text, label, 0.5, 0.5, 0)
	}
}
