package figure

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	_ "image/jpeg" // what pictures in a figure may be
	_ "image/png"
	"math"
	"strings"
)

// fieldSize is how many columns and rows a field has.
func (t *trace) fieldSize() (w, h int) {
	if t.kind == "image" && !t.has("z") {
		if img := t.source(); img != nil {
			return img.Bounds().Dx(), img.Bounds().Dy()
		}
	}
	rows := t.object.list("z")
	for _, r := range rows {
		w = max(w, len(asList(r)))
	}
	return w, len(rows)
}

// source is the picture that an image trace brings along.
func (t *trace) source() image.Image {
	text, ok := strings.CutPrefix(t.str("source", ""), "data:image/")
	_, encoded, isBase64 := strings.Cut(text, ";base64,")
	if !ok || !isBase64 {
		return nil
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width*c.Height > MaxPixels/4 {
		refuse("Make it smaller.", "a picture in it is damaged, or has more than %d million pixels", MaxPixels>>22)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		refuse("", "a picture in it is damaged: %v", err)
	}
	return img
}

func (t *trace) calcField() {
	w, h := t.fieldSize()
	t.xe, t.ye = t.x.edges(t.positions("x", w), w), t.y.edges(t.positions("y", h), h)
	if t.kind != "image" {
		t.z = grid(t.object.list("z"))
	}
	if t.kind == "contour" {
		t.xs, t.ys = t.x.calc(t.positions("x", w)), t.y.calc(t.positions("y", h))
		t.x.hold(0, false, t.xs...)
		t.y.hold(0, false, t.ys...)
		return
	}
	t.x.hold(0, false, t.xe...)
	t.y.hold(0, false, t.ye...)
	if t.kind == "image" && !t.y.has("autorange") && !t.y.has("range") {
		t.y.object = over(t.y.object, object{"autorange": "reversed"})
	}
	if t.kind == "image" && !t.y.has("scaleanchor") {
		t.y.object = over(t.y.object, object{"scaleanchor": t.x.name, "constrain": "domain"})
		t.x.object = over(t.x.object, object{"constrain": "domain"})
	}
}

// edges are the borders of cells around n places.
func (a *axis) edges(values []any, n int) []float64 {
	c := a.calc(values)
	if len(c) == n+1 {
		return c
	}
	c = c[:min(len(c), n)]
	if len(c) == 0 {
		return nil
	}
	if len(c) == 1 {
		half := 0.5
		if a.kind == "date" {
			half = day / 2
		}
		return []float64{c[0] - half, c[0] + half}
	}
	out := []float64{c[0] - (c[1]-c[0])/2}
	for i := 1; i < len(c); i++ {
		out = append(out, (c[i-1]+c[i])/2)
	}
	n = len(c)
	return append(out, c[n-1]+(c[n-1]-c[n-2])/2)
}

// valueColours are colours that stand for values.
type valueColours struct {
	scale
	low, high float64
}

func (v valueColours) at(f float64) colour {
	if v.high == v.low {
		return v.scale.at(0.5)
	}
	return v.scale.at((f - v.low) / (v.high - v.low))
}

// coloursOf reads which colours stand for the values of a trace: its own scale, or one of the layout that several share. part
// is "marker" or "", and letter how its limits begin: "c" or "z".
func (t *trace) coloursOf(part, letter string, values []float64) valueColours {
	t.d.alive()
	o := t.object
	if part != "" {
		o = o.obj(part)
	}
	usual := evenly(scales["rdbu"])
	if s := t.d.layout.get("colorscale.sequential"); s != nil {
		usual = scaleOf(s, usual, false)
	}
	if name := o.str("coloraxis", ""); name != "" {
		shared := over(t.d.template.obj("layout.coloraxis"), t.d.layout.obj(name))
		var all []float64
		for _, other := range t.d.traces {
			all = append(all, other.valuesOn(name)...)
		}
		return limits(shared, "c", all, usual)
	}
	return limits(o, letter, values, usual)
}

// valuesOn are the values of a trace whose colours are on a shared scale.
func (t *trace) valuesOn(name string) []float64 {
	switch {
	case t.str("marker.coloraxis", "") == name:
		return numbers(t.object.list("marker.color"))
	case t.str("coloraxis", "") == name:
		var all []float64
		for _, row := range t.z {
			all = append(all, row...)
		}
		return all
	}
	return nil
}

func limits(o object, letter string, values []float64, usual scale) valueColours {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		low, high = 0, 1
	}
	if mid, ok := o.get(letter + "mid").(float64); ok && !o.has(letter+"min") {
		half := max(high-mid, mid-low)
		low, high = mid-half, mid+half
	}
	v := valueColours{scaleOf(o.get("colorscale"), usual, o.flag("reversescale", false)), o.num(letter+"min", low), o.num(letter+"max", high)}
	if len(v.scale) == 0 {
		v.scale = usual
	}
	return v
}

func (t *trace) fieldColours() valueColours {
	var all []float64
	for _, row := range t.z {
		all = append(all, row...)
	}
	return t.coloursOf("", "z", all)
}

// few cells are drawn as rectangles, more as a picture with a pixel for each.
const few = 1024

func (t *trace) drawField() {
	img := t.pixels()
	if img == nil {
		return
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if len(t.xe) <= w || len(t.ye) <= h {
		w, h = len(t.xe)-1, len(t.ye)-1
	}
	gapX, gapY := t.within("xgap", 0, 0, 50), t.within("ygap", 0, 0, 50)
	area := t.area()
	all := box{t.x.px(t.xe[0]), t.y.px(t.ye[0]), t.x.px(t.xe[w]), t.y.px(t.ye[h])}
	within := area.holds(point{all.l, all.t}) && area.holds(point{all.r, all.b})
	if w*h > few && within && gapX+gapY == 0 && t.x.evenOver(t.xe[:w+1]) && t.y.evenOver(t.ye[:h+1]) {
		t.d.image(flipped(img, all.l > all.r, all.t > all.b), box{min(all.l, all.r), min(all.t, all.b), max(all.l, all.r), max(all.t, all.b)})
	} else {
		for j := range h {
			for i := range w {
				c := faded(colour(img.NRGBAAt(i, j)), 1)
				b := box{t.x.px(t.xe[i]), t.y.px(t.ye[j]), t.x.px(t.xe[i+1]), t.y.px(t.ye[j+1])}
				b = box{min(b.l, b.r) + gapX/2, min(b.t, b.b) + gapY/2, max(b.l, b.r) - gapX/2, max(b.t, b.b) - gapY/2}.meet(area)
				if c.A > 0 && b.l < b.r && b.t < b.b {
					if gapX+gapY == 0 { // cells meet without a seam
						b.r, b.b = min(b.r+0.3, area.r), min(b.b+0.3, area.b)
					}
					t.d.rect(b, look{fill: c})
				}
			}
		}
	}
	t.fieldTexts(w, h)
}

// evenOver says whether borders lie at even distances.
func (a *axis) evenOver(edges []float64) bool {
	n := len(edges) - 1
	for i, e := range edges {
		if math.Abs(a.px(e)-(a.px(edges[0])+(a.px(edges[n])-a.px(edges[0]))*float64(i)/float64(n))) > 0.05 {
			return false
		}
	}
	return true
}

func flipped(img *image.NRGBA, x, y bool) *image.NRGBA {
	if !x && !y {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	out := image.NewNRGBA(img.Bounds())
	for j := range h {
		for i := range w {
			p, q := i, j
			if x {
				p = w - 1 - i
			}
			if y {
				q = h - 1 - j
			}
			out.SetNRGBA(p, q, img.NRGBAAt(i, j))
		}
	}
	return out
}

// pixels are the colours of a field's cells; the first row is that of the first y.
func (t *trace) pixels() *image.NRGBA {
	w, h := t.fieldSize()
	if w == 0 || h == 0 || len(t.xe) < 2 || len(t.ye) < 2 {
		return nil
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if t.kind == "image" && !t.has("z") {
		img := t.source()
		for j := range h {
			for i := range w {
				r, g, b, a := img.At(img.Bounds().Min.X+i, img.Bounds().Min.Y+j).RGBA()
				out.SetNRGBA(i, j, pixel(colour{byte(r >> 8), byte(g >> 8), byte(b >> 8), byte(a >> 8)}, t.opacity))
			}
		}
		return out
	}
	if t.kind == "image" {
		if m := t.str("colormodel", "rgb"); !strings.HasPrefix(m, "rgb") {
			refuse("Give its colours as rgb.", "pictures with the colormodel %.20q are not drawn here", m)
		}
		for j, row := range t.object.list("z") {
			for i, cell := range asList(row) {
				v := asList(cell)
				var p [4]float64
				p[3] = 255
				for k := range min(len(v), 4) {
					f, _ := number(v[k])
					p[k] = f
				}
				if len(v) == 4 && t.str("colormodel", "rgb") == "rgba" {
					p[3] *= 255
				}
				out.SetNRGBA(i, j, pixel(colour{channel(p[0]), channel(p[1]), channel(p[2]), channel(p[3])}, t.opacity))
			}
		}
		return out
	}
	c := t.fieldColours()
	for j, row := range t.z {
		for i, v := range row {
			if finite(v) {
				out.SetNRGBA(i, j, pixel(c.at(v), t.opacity))
			}
		}
	}
	return out
}

func pixel(c colour, opacity float64) color.NRGBA { return color.NRGBA(faded(c, opacity)) }

// fieldTexts writes into the cells what is said for them.
func (t *trace) fieldTexts(w, h int) {
	template, rows := t.str("texttemplate", ""), t.object.list("text")
	if template == "" || t.kind == "image" {
		return
	}
	c := t.fieldColours()
	style := t.object.font("textfont", t.d.style)
	xs, ys := t.positions("x", w), t.positions("y", h)
	for j := range min(h, len(t.z)) {
		for i := range min(w, len(t.z[j])) {
			v := t.z[j][i]
			if !finite(v) {
				continue
			}
			text := fillTemplate(template, func(name string) (any, bool) {
				switch name {
				case "z":
					return v, true
				case "text":
					return indexed(asList(indexed(rows, j)), i), true
				case "x":
					return indexed(xs, i), true
				case "y":
					return indexed(ys, j), true
				}
				return nil, false
			})
			p := point{(t.x.px(t.xe[i]) + t.x.px(t.xe[i+1])) / 2, (t.y.px(t.ye[j]) + t.y.px(t.ye[j+1])) / 2}
			if text == "" || !t.area().holds(p) {
				continue
			}
			if !t.object.has("textfont.color") {
				style.colour = contrast(c.at(v))
			}
			t.d.write(t.d.textOf(text, style), p, 0.5, 0.5, 0)
		}
	}
}
