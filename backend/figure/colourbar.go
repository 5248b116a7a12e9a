package figure

import (
	"fmt"
	"image"
	"image/color"
	"maps"
	"math"
)

// colourBar explains what colours stand for.
type colourBar struct {
	object  // its settings
	colours valueColours
	bands   []colour // of filled contours, in place of a smooth run
	axis    *axis
	title   textBlock
	number  int
}

// colourBars finds the bars that are shown: of traces with colours of their own, and of those that share them.
func (d *drawing) colourBars() []*colourBar {
	var out []*colourBar
	seen := map[string]bool{}
	add := func(o object, c valueColours) *colourBar {
		b := &colourBar{object: o, colours: c, number: len(out)}
		out = append(out, b)
		return b
	}
	for _, t := range d.traces {
		part, letter, own := "", "z", t.object
		if t.kind != "heatmap" && t.kind != "contour" {
			if t.kind == "pie" || asList(t.get("marker.color")) == nil || numbersAmong(t.object.list("marker.color")) == 0 {
				continue
			}
			part, letter, own = "marker", "c", t.object.obj("marker")
		}
		values := numbers(t.object.list("marker.color"))
		if part == "" {
			values = nil
			for _, row := range t.z {
				values = append(values, row...)
			}
		}
		if name := own.str("coloraxis", ""); name != "" {
			shared := over(d.template.obj("layout.coloraxis"), d.layout.obj(name))
			if !seen[name] && shared.flag("showscale", true) {
				add(over(d.template.obj("data.colorbar"), shared.obj("colorbar")), t.coloursOf(part, letter, values))
			}
			seen[name] = true
			continue
		}
		if own.flag("showscale", part == "" || own.has("colorbar.title") || own.has("colorbar.x")) {
			b := add(own.obj("colorbar"), t.coloursOf(part, letter, values))
			if t.kind == "contour" && t.str("contours.coloring", "fill") == "fill" {
				b.band(t)
			}
		}
	}
	return out
}

func numbersAmong(list []any) int {
	n := 0
	for _, v := range list {
		if _, ok := number(v); ok {
			n++
		}
	}
	return n
}

// band makes the bar of filled contours: one colour for each level.
func (b *colourBar) band(t *trace) {
	start, step, n := t.levels()
	for i := range n + 1 {
		b.bands = append(b.bands, t.fieldColours().scale.at(float64(i)/float64(max(n, 1))))
	}
	b.colours.low, b.colours.high = start-step, start+float64(n)*step
}

const barWidth = 30

// box is where the bar of colours stands, without its labels.
func (b *colourBar) box(d *drawing) box {
	if b.str("orientation", "v") != "v" {
		refuse("Leave the orientation of the colour bar out.", "colour bars that lie are not drawn here")
	}
	in := d.inner
	high := b.within("len", 1, 0.05, 1) * in.h()
	if b.str("lenmode", "fraction") == "pixels" {
		high = b.within("len", in.h(), 10, d.h)
	}
	w := b.within("thickness", barWidth, 1, 200)
	x := in.l + b.within("x", 1.02+0.15*float64(b.number), -2, 3)*in.w() + b.within("xpad", 10, 0, 100)
	y := in.b - b.within("y", 0.5, -2, 3)*in.h()
	switch b.str("yanchor", "middle") {
	case "top":
	case "bottom":
		y -= high
	default:
		y -= high / 2
	}
	if pad := b.within("ypad", 10, 0, 100); high > 4*pad {
		y, high = y+pad, high-2*pad
	}
	return box{x, y, x + w, y + high}
}

// arrange makes the axis that the bar's labels lie on.
func (b *colourBar) arrange(d *drawing) box {
	at := b.box(d)
	b.title = d.titleOf(b.object, "title", textStyle{size: math.Round(d.style.size * 1.2), colour: d.style.colour})
	if len(b.title.lines) > 0 && b.str("title.side", "top") == "top" {
		at.t = min(at.t+b.title.h+4, at.b-10)
	}
	own := maps.Clone(b.object) // what its axis knows: its title stands elsewhere
	delete(own, "title")
	b.axis = &axis{name: fmt.Sprint("colours", b.number), way: 'y', kind: "linear", object: own}
	b.axis.style = b.font("tickfont", d.style)
	b.axis.lo, b.axis.hi = b.colours.low, b.colours.high
	if b.axis.lo == b.axis.hi {
		b.axis.lo, b.axis.hi = b.axis.lo-0.5, b.axis.hi+0.5
	}
	b.axis.from, b.axis.to = at.b, at.t
	b.axis.mark()
	d.measure(b.axis)
	return at
}

func (b *colourBar) wants(d *drawing) margin {
	at := b.arrange(d)
	right := at.r + b.axis.deep
	if b.str("title.side", "top") == "right" {
		right += b.title.h + 4
	} else {
		right = max(right, at.l+b.title.w)
	}
	if b.within("x", 1.02, -2, 3) <= 1 {
		return margin{}
	}
	return margin{r: min(right-d.inner.r+6, d.w*0.6)}
}

func (b *colourBar) draw(d *drawing) {
	at := b.arrange(d)
	if len(b.bands) > 0 {
		h := at.h() / float64(len(b.bands))
		for i, c := range b.bands {
			d.rect(box{at.l, at.b - float64(i+1)*h, at.r, at.b - float64(i)*h}, look{fill: c})
		}
	} else {
		const n = 256
		img := image.NewNRGBA(image.Rect(0, 0, 1, n))
		for i := range n {
			img.SetNRGBA(0, i, color.NRGBA(b.colours.scale.at(1-(float64(i)+0.5)/n)))
		}
		d.image(img, at)
	}
	d.rect(at, look{stroke: b.colour("outlinecolor", ink), width: b.within("outlinewidth", 1, 0, 20)})
	length := b.axis.tickLength()
	for i, t := range b.axis.labels {
		y := b.axis.px(b.axis.ticks[i].at)
		if length != 0 {
			d.straight(point{at.r, y}, point{at.r + length, y}, look{stroke: b.colour("tickcolor", ink), width: 1})
		}
		d.write(t, point{at.r + max(length, 0) + labelGap, y}, 0, 0.5, 0)
	}
	if len(b.title.lines) == 0 {
		return
	}
	if b.str("title.side", "top") == "right" {
		d.write(b.title, point{at.r + b.axis.deep + 4, (at.t + at.b) / 2}, 0.5, 1, 90)
		return
	}
	d.write(b.title, point{at.l, at.t - 4}, 0, 1, 0)
}
