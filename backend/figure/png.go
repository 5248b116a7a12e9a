package figure

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"math"

	"git.sr.ht/~sbinet/gg"
	xdraw "golang.org/x/image/draw"
)

// painting is one scene as pixels.
type painting struct {
	*gg.Context
	img *image.RGBA
	k   float64 // pixels for each of the scene's
}

func (s *scene) png(k float64) []byte {
	img := image.NewRGBA(image.Rect(0, 0, int(math.Round(s.w*k)), int(math.Round(s.h*k))))
	p := painting{gg.NewContextForRGBA(img), img, k}
	p.SetLineCapButt()
	p.SetLineJoinRound()
	for i, sh := range s.shapes {
		if i%64 == 0 {
			s.alive()
		}
		switch {
		case sh.text != nil:
			p.text(sh)
		case sh.img != nil:
			p.image(sh)
		default:
			p.shape(sh, s.alive)
		}
	}
	s.alive()
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.DefaultCompression}
	_ = enc.Encode(&out, img) // to memory, of a size that was checked
	return out.Bytes()
}

func (p painting) shape(sh shape, alive func()) {
	if sh.crisp {
		sh = p.snapped(sh)
	}
	if sh.fill.A > 0 && lengthOf(sh.outline)*p.k > longestEdge {
		refuse("Draw fewer points, or a smaller picture.", "an area in it has too fine an edge")
	}
	for rest := sh.outline; ; {
		sh.outline, rest = p.piece(rest, sh.fill.A > 0)
		p.paint(sh)
		if len(rest) == 0 {
			return
		}
		alive()
	}
}

// What is drawn at once takes memory for each pixel that its edges touch, and cannot be stopped: long lines are drawn in
// pieces, and the edge of an area is bounded. In pixels of the PNG.
const (
	longestLine = 200_000
	longestEdge = 8_000_000
)

// piece cuts the beginning off a line that is too long to be drawn at once.
func (p painting) piece(outline []seg, area bool) (first, rest []seg) {
	if area {
		return outline, nil
	}
	length := 0.0
	for i := 1; i < len(outline); i++ {
		a, b := outline[i-1], outline[i]
		if b.kind != 'L' {
			continue
		}
		if length += math.Hypot(b.p[0].x-a.p[0].x, b.p[0].y-a.p[0].y) * p.k; (length > longestLine || i > 5000) && i+1 < len(outline) {
			first = append([]seg(nil), outline[:i+1]...)
			outline[i] = seg{'M', b.p} // where the next piece begins
			return first, outline[i:]
		}
	}
	return outline, nil
}

func (p painting) paint(sh shape) {
	p.ClearPath()
	if sh.circle > 0 {
		p.DrawCircle(sh.at.x*p.k, sh.at.y*p.k, sh.circle*p.k)
	}
	for _, g := range sh.outline {
		a, b, c := g.p[0], g.p[1], g.p[2]
		switch g.kind {
		case 'M':
			p.MoveTo(a.x*p.k, a.y*p.k)
		case 'L':
			p.LineTo(a.x*p.k, a.y*p.k)
		case 'C':
			p.CubicTo(a.x*p.k, a.y*p.k, b.x*p.k, b.y*p.k, c.x*p.k, c.y*p.k)
		case 'Z':
			p.ClosePath()
		}
	}
	if sh.fill.A > 0 {
		p.SetColor(sh.fill)
		p.FillPreserve()
	}
	if sh.stroke.A > 0 && sh.width > 0 {
		p.SetColor(sh.stroke)
		p.SetLineWidth(sh.width * p.k)
		dash := make([]float64, len(sh.dash))
		for i, d := range sh.dash {
			dash[i] = d * p.k
		}
		p.SetDash(dash...)
		p.StrokePreserve()
	}
	p.ClearPath()
}

// snapped puts a straight line onto whole pixels.
func (p painting) snapped(sh shape) shape {
	width := max(math.Round(sh.width*p.k), 1)
	off := math.Mod(width, 2) / 2
	sh.width = width / p.k
	if len(sh.outline) == 2 {
		a, b := sh.outline[0].p[0], sh.outline[1].p[0]
		on := func(v float64) float64 { return (math.Floor(v*p.k+0.5-off) + off) / p.k }
		if a.x == b.x {
			a.x, b.x = on(a.x), on(a.x)
		} else if a.y == b.y {
			a.y, b.y = on(a.y), on(a.y)
		}
		sh.outline = []seg{{'M', [3]point{a}}, {'L', [3]point{b}}}
	}
	return sh
}

// image draws pixels as pixels: the picture is of data, and none is to be made up between them.
func (p painting) image(sh shape) {
	b := image.Rect(round(sh.at.x*p.k), round(sh.at.y*p.k), round((sh.at.x+sh.size.x)*p.k), round((sh.at.y+sh.size.y)*p.k))
	xdraw.NearestNeighbor.Scale(p.img, b, sh.img, sh.img.Bounds(), draw.Over, nil)
}

func round(v float64) int { return int(math.Round(v)) }

// text is drawn by the outlines of its letters: they are sharp at every angle.
func (p painting) text(sh shape) {
	l := sh.text
	sin, cos := math.Sincos(sh.turn * math.Pi / 180)
	along := 0.0
	switch l.anchor {
	case "middle":
		along = -l.width() / 2
	case "end":
		along = -l.width()
	}
	for _, r := range l.runs {
		c := sh.fill
		if r.colour != nil {
			c = *r.colour
		}
		p.SetColor(c)
		p.ClearPath()
		along += outlines(r, func(kind byte, points [3]point) {
			for i, q := range points {
				x, y := along+q.x, r.shift+q.y
				points[i] = point{(sh.at.x + x*cos - y*sin) * p.k, (sh.at.y + x*sin + y*cos) * p.k}
			}
			a, b, c := points[0], points[1], points[2]
			switch kind {
			case 'M':
				p.MoveTo(a.x, a.y)
			case 'L':
				p.LineTo(a.x, a.y)
			case 'Q':
				p.QuadraticTo(a.x, a.y, b.x, b.y)
			case 'C':
				p.CubicTo(a.x, a.y, b.x, b.y, c.x, c.y)
			}
		})
		p.Fill()
	}
}
