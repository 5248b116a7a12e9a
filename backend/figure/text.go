package figure

import (
	"html"
	"math"
	"strconv"
	"strings"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The font is Liberation Sans, which has the widths of Arial and Helvetica, and letters for Latin, Greek, Cyrillic and Hebrew.
var fonts = sync.OnceValue(func() [2]*opentype.Font {
	var out [2]*opentype.Font
	for i, data := range [][]byte{liberationsansregular.TTF, liberationsansbold.TTF} {
		f, err := opentype.Parse(data)
		if err != nil {
			panic(err) // part of the program
		}
		out[i] = f
	}
	return out
})

func fontOf(bold bool) *opentype.Font {
	if bold {
		return fonts()[1]
	}
	return fonts()[0]
}

// outlines gives the outlines of a text's letters, from the beginning of its baseline, and its width.
func outlines(r run, f func(kind byte, points [3]point)) float64 {
	font := fontOf(r.bold)
	var buf sfnt.Buffer
	em := font.UnitsPerEm()
	k := r.size / float64(em) / 64
	ppem := fixed.I(int(em))
	along := 0.0
	for _, c := range r.text {
		i, err := font.GlyphIndex(&buf, c)
		if err != nil {
			continue
		}
		segments, err := font.LoadGlyph(&buf, i, ppem, nil)
		if err != nil {
			continue
		}
		for _, g := range segments {
			var p [3]point
			for j, a := range g.Args {
				p[j] = point{along + float64(a.X)*k, float64(a.Y) * k}
			}
			f("MLQC"[g.Op], p)
		}
		along += widthOf(string(c), r.size, r.bold)
	}
	return along
}

// widthOf is the width of a text in pixels.
func widthOf(s string, size float64, bold bool) float64 {
	f := fontOf(bold)
	var buf sfnt.Buffer
	em := fixed.Int26_6(f.UnitsPerEm())
	sum := 0
	for _, r := range s {
		if i, err := f.GlyphIndex(&buf, r); err == nil {
			if a, err := f.GlyphAdvance(&buf, i, em, font.HintingNone); err == nil {
				sum += int(a)
			}
		}
	}
	return float64(sum) / float64(em) * size
}

// lacks says whether the font has no sign for a character.
func lacks(r rune) bool {
	var buf sfnt.Buffer
	i, err := fontOf(false).GlyphIndex(&buf, r)
	return (err != nil || i == 0) && r > ' '
}

// textStyle is how a text is written.
type textStyle struct {
	size   float64
	colour colour
	bold   bool
}

// font reads a font of a figure; its family is left to the drawing.
func (o object) font(path string, usual textStyle) textStyle {
	f := o.obj(path)
	s := usual
	s.size = f.within("size", usual.size, 1, 300)
	s.colour = f.colour("color", usual.colour)
	if w := f.get("weight"); w != nil {
		n, ok := number(w)
		s.bold = w == "bold" || ok && n >= 600
	}
	return s
}

// run is a piece of text in one style.
type run struct {
	text         string
	bold, italic bool
	size, shift  float64
	colour       *colour
}

// line is one line of text.
type line struct {
	runs   []run
	size   float64
	anchor string // "start", "middle", "end"
}

func (l *line) width() float64 {
	sum := 0.0
	for _, r := range l.runs {
		sum += widthOf(r.text, r.size, r.bold)
	}
	return sum
}

const (
	maxText  = 2000 // characters of one text
	maxLines = 100
	leading  = 1.3 // height of a line, of the font's size
)

// textBlock is a text of one or more lines.
type textBlock struct {
	lines []line
	style textStyle
	w, h  float64
}

// textOf reads the little HTML that plotly.js knows: <br>, <b>, <i>, <em>, <sub>, <sup>, <span>, and <a> without its address.
func (d *drawing) textOf(source string, style textStyle) textBlock {
	if r := []rune(source); len(r) > maxText {
		source = string(r[:maxText]) + "…"
	}
	t := textBlock{style: style}
	cur := run{size: style.size, bold: style.bold}
	stack := []run{}
	now := line{size: style.size}
	flush := func(text string) {
		if text = html.UnescapeString(text); text != "" {
			for _, r := range text {
				if lacks(r) && len(d.seen) < 100 {
					d.seen[r] = true
				}
			}
			piece := cur
			piece.text = text
			now.runs = append(now.runs, piece)
		}
	}
	end := func() {
		if len(t.lines) < maxLines {
			t.lines = append(t.lines, now)
		}
		now = line{size: style.size}
	}
	for source != "" {
		i := strings.IndexAny(source, "<\n")
		if i < 0 {
			flush(source)
			break
		}
		flush(source[:i])
		if source[i] == '\n' {
			source = source[i+1:]
			flush(" ")
			continue
		}
		inside, rest, ok := strings.Cut(source[i+1:], ">")
		name, attributes, _ := strings.Cut(strings.ToLower(strings.TrimSuffix(inside, "/")), " ")
		if !ok || !isTag(strings.TrimPrefix(name, "/")) {
			flush("<")
			source = source[i+1:]
			continue
		}
		source = rest
		switch {
		case name == "br":
			end()
		case strings.HasPrefix(name, "/"):
			if len(stack) > 0 {
				cur, stack = stack[len(stack)-1], stack[:len(stack)-1]
			}
		case len(stack) < maxLines:
			stack = append(stack, cur)
			cur = cur.within(name, attributes)
		}
	}
	end()
	for i := range t.lines {
		t.w = max(t.w, t.lines[i].width())
	}
	t.h = float64(len(t.lines)) * style.size * leading
	return t
}

func isTag(name string) bool {
	switch name {
	case "br", "b", "i", "em", "strong", "sub", "sup", "span", "a", "s", "u":
		return true
	}
	return false
}

func (r run) within(tag, attributes string) run {
	switch tag {
	case "b", "strong":
		r.bold = true
	case "i", "em":
		r.italic = true
	case "sub":
		r.shift += 0.3 * r.size
		r.size *= 0.7
	case "sup":
		r.shift -= 0.6 * r.size
		r.size *= 0.7
	case "span":
		if _, style, ok := strings.Cut(attributes, "style="); ok {
			for part := range strings.SplitSeq(strings.Trim(style, `"'`), ";") {
				k, v, _ := strings.Cut(part, ":")
				v = strings.TrimSpace(v)
				switch strings.TrimSpace(k) {
				case "color":
					if c, ok := parseColour(v); ok {
						r.colour = &c
					}
				case "font-size":
					if f, err := strconv.ParseFloat(strings.TrimSuffix(v, "px"), 64); err == nil && f >= 1 && f <= 300 {
						r.size = f
					}
				case "font-weight":
					r.bold = v == "bold"
				}
			}
		}
	}
	return r
}

// write puts a text on the canvas. ax and ay say which part of it lies at p: 0 its left or top, 0.5 its middle, 1 its right
// or bottom. turn is in degrees, clockwise, around p.
func (d *drawing) write(t textBlock, p point, ax, ay, turn float64) {
	sin, cos := math.Sincos(turn * math.Pi / 180)
	anchor := "start"
	switch {
	case ax > 0.66:
		anchor = "end"
	case ax > 0.33:
		anchor = "middle"
	}
	for i := range t.lines {
		l := t.lines[i]
		if len(l.runs) == 0 {
			continue
		}
		l.anchor = anchor
		// The baseline of a line, from the top of the block: capitals stand in the middle of their line.
		down := t.style.size*(leading*float64(i)+leading/2+0.36) - ay*t.h
		at := point{p.x - sin*down, p.y + cos*down}
		if !finite(at.x) || !finite(at.y) || math.Abs(at.x) > 3*MaxSide || math.Abs(at.y) > 3*MaxSide {
			continue
		}
		d.add(shape{look: look{fill: t.style.colour}, text: &l, at: at, turn: math.Mod(turn, 360)})
	}
}

// turned is the room that a text takes when it is turned.
func (t textBlock) turned(turn float64) (w, h float64) {
	sin, cos := math.Sincos(turn * math.Pi / 180)
	sin, cos = math.Abs(sin), math.Abs(cos)
	return t.w*cos + t.h*sin, t.w*sin + t.h*cos
}

func dashLengths(text string) []float64 {
	var out []float64
	for p := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		v, err := strconv.ParseFloat(strings.TrimSuffix(p, "px"), 64)
		if err != nil || !finite(v) || len(out) == 16 {
			return nil
		}
		out = append(out, min(max(v, 0.5), 1000))
	}
	return out
}
