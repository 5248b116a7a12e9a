package figure

import (
	"bytes"
	"encoding/base64"
	"html"
	"image/png"
	"strconv"
	"strings"
)

// fontStack names the font that texts are measured with, and those of the same widths.
const fontStack = "Liberation Sans, Arial, Helvetica, sans-serif"

type svgWriter struct {
	bytes.Buffer
	open string // attributes of the group that is open
}

// num writes a length with at most two digits behind the point.
func (w *svgWriter) num(v float64) {
	b := strconv.AppendFloat(nil, v, 'f', 2, 64)
	b = bytes.TrimSuffix(bytes.TrimRight(b, "0"), []byte("."))
	if string(b) == "-0" || len(b) == 0 {
		b = []byte("0")
	}
	w.Write(b)
}

func (w *svgWriter) nums(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			w.WriteString(p)
		case float64:
			w.num(p)
		}
	}
}

func hexOf(c colour) string {
	const digits = "0123456789abcdef"
	out := []byte{'#'}
	for _, v := range []byte{c.R, c.G, c.B} {
		out = append(out, digits[v>>4], digits[v&15])
	}
	return string(out)
}

func (w *svgWriter) paint(name string, c colour) {
	if c.A == 0 {
		w.nums(" ", name, `="none"`)
		return
	}
	w.nums(" ", name, `="`, hexOf(c), `"`)
	if c.A < 255 {
		w.nums(" ", name, `-opacity="`, float64(c.A)/255, `"`)
	}
}

// attributes of a look; shapes that have the same one lie in one group.
func (l look) attributes() string {
	var w svgWriter
	w.paint("fill", l.fill)
	if l.stroke.A > 0 && l.width > 0 {
		w.paint("stroke", l.stroke)
		w.nums(` stroke-width="`, l.width, `"`)
		for i, d := range l.dash {
			w.nums([]string{` stroke-dasharray="`, ","}[min(i, 1)], d)
		}
		if len(l.dash) > 0 {
			w.WriteString(`"`)
		}
		if l.crisp {
			w.WriteString(` shape-rendering="crispEdges"`)
		}
	}
	return w.String()
}

func (w *svgWriter) group(attributes string) {
	if w.open == attributes {
		return
	}
	if w.open != "" {
		w.WriteString("</g>\n")
	}
	if w.open = attributes; attributes != "" {
		w.nums("<g", attributes, ">\n")
	}
}

func (s *scene) svg() []byte {
	w := &svgWriter{}
	w.nums(`<svg xmlns="http://www.w3.org/2000/svg" width="`, s.w, `" height="`, s.h, `" viewBox="0 0 `, s.w, " ", s.h,
		`" font-family="`, fontStack, `" stroke-linejoin="round">`, "\n")
	for i, sh := range s.shapes {
		if i%512 == 0 {
			s.alive()
		}
		if w.Len() > MaxOutput {
			refuse("Draw fewer points, or write a PNG.", "the picture would have more than %d MB", MaxOutput>>20)
		}
		switch {
		case sh.text != nil:
			w.group("")
			w.text(sh)
		case sh.img != nil:
			w.group("")
			var data bytes.Buffer
			_ = png.Encode(&data, sh.img) // to memory, of a size that was checked
			w.nums(`<image x="`, sh.at.x, `" y="`, sh.at.y, `" width="`, sh.size.x, `" height="`, sh.size.y,
				`" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,`,
				base64.StdEncoding.EncodeToString(data.Bytes()), "\"/>\n")
		case sh.circle > 0:
			w.group(sh.attributes())
			w.nums(`<circle cx="`, sh.at.x, `" cy="`, sh.at.y, `" r="`, sh.circle, "\"/>\n")
		default:
			w.group(sh.attributes())
			w.WriteString(`<path d="`)
			w.outline(sh.outline)
			w.WriteString("\"/>\n")
		}
	}
	w.group("")
	w.WriteString("</svg>\n")
	return w.Bytes()
}

func (w *svgWriter) outline(segs []seg) {
	for _, g := range segs {
		w.WriteByte(g.kind)
		switch g.kind {
		case 'M', 'L':
			w.nums(g.p[0].x, " ", g.p[0].y)
		case 'C':
			w.nums(g.p[0].x, " ", g.p[0].y, " ", g.p[1].x, " ", g.p[1].y, " ", g.p[2].x, " ", g.p[2].y)
		}
	}
}

func (w *svgWriter) text(sh shape) {
	l := sh.text
	w.nums(`<text x="`, sh.at.x, `" y="`, sh.at.y, `" font-size="`, l.size, `"`)
	w.paint("fill", sh.fill)
	if l.anchor != "start" {
		w.nums(` text-anchor="`, l.anchor, `"`)
	}
	if sh.turn != 0 {
		w.nums(` transform="rotate(`, sh.turn, " ", sh.at.x, " ", sh.at.y, `)"`)
	}
	w.WriteString(` xml:space="preserve">`)
	shift := 0.0
	for _, r := range l.runs {
		style := ""
		if r.bold {
			style += ` font-weight="bold"`
		}
		if r.italic {
			style += ` font-style="italic"`
		}
		if r.size != l.size {
			style += ` font-size="` + strconv.FormatFloat(r.size, 'f', 1, 64) + `"`
		}
		if r.shift != shift {
			style += ` dy="` + strconv.FormatFloat(r.shift-shift, 'f', 1, 64) + `"`
			shift = r.shift
		}
		if r.colour != nil {
			style += ` fill="` + hexOf(*r.colour) + `"`
		}
		if style == "" {
			w.WriteString(escape(r.text))
		} else {
			w.nums("<tspan", style, ">", escape(r.text), "</tspan>")
		}
	}
	w.WriteString("</text>\n")
}

// escape makes text fit for XML, which some characters cannot be in.
func escape(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < 0x20 || r == 0xFFFE || r == 0xFFFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}
