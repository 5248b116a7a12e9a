package figure

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// colour is not premultiplied; one whose A is 0 is not drawn.
type colour struct{ R, G, B, A uint8 }

// RGBA implements color.Color.
func (c colour) RGBA() (r, g, b, a uint32) { return color.NRGBA(c).RGBA() }

var (
	clear = colour{}
	white = colour{255, 255, 255, 255}
	ink   = colour{0x44, 0x44, 0x44, 255} // plotly's text
	pale  = colour{0xee, 0xee, 0xee, 255} // plotly's grid
)

// parseColour reads a colour of CSS: a name, #rgb, #rrggbb, #rrggbbaa, rgb(), rgba(), hsl() and hsla().
func parseColour(s string) (colour, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if hex, ok := strings.CutPrefix(s, "#"); ok {
		return hexColour(hex)
	}
	if kind, rest, ok := strings.Cut(s, "("); ok {
		return functionColour(strings.TrimSpace(kind), strings.TrimSuffix(strings.TrimSpace(rest), ")"))
	}
	if s == "transparent" || s == "none" {
		return clear, true
	}
	c, ok := colornames.Map[s]
	return colour{c.R, c.G, c.B, c.A}, ok
}

func hexColour(s string) (colour, bool) {
	if len(s) == 3 || len(s) == 4 {
		long := ""
		for _, c := range s {
			long += string(c) + string(c)
		}
		s = long
	}
	if len(s) == 6 {
		s += "ff"
	}
	v, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 8 {
		return clear, false
	}
	return colour{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}, true
}

func functionColour(kind, inside string) (colour, bool) {
	parts := strings.FieldsFunc(inside, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) != 3 && len(parts) != 4 {
		return clear, false
	}
	var v [4]float64
	v[3] = 1
	for i, p := range parts {
		text, share := strings.CutSuffix(p, "%")
		f, err := strconv.ParseFloat(strings.TrimSuffix(text, "deg"), 64)
		if err != nil || !finite(f) {
			return clear, false
		}
		if share && i == 3 {
			f /= 100
		} else if share && strings.HasPrefix(kind, "rgb") {
			f *= 2.55
		}
		v[i] = f
	}
	alpha := channel(255 * v[3])
	switch kind {
	case "rgb", "rgba":
		return colour{channel(v[0]), channel(v[1]), channel(v[2]), alpha}, true
	case "hsl", "hsla":
		c := fromHSL(v[0], v[1]/100, v[2]/100)
		c.A = alpha
		return c, true
	}
	return clear, false
}

func channel(v float64) byte { return byte(math.Round(min(max(v, 0), 255))) }

func fromHSL(h, s, l float64) colour {
	f := func(n float64) byte {
		k := math.Mod(n+math.Mod(h, 360)/30+12, 12)
		a := s * min(l, 1-l)
		return channel(255 * (l - a*max(-1, min(k-3, 9-k, 1))))
	}
	return colour{f(0), f(8), f(4), 255}
}

// colour of a value; usual if it is none.
func colourOf(v any, usual colour) colour {
	if s, ok := v.(string); ok {
		if c, ok := parseColour(s); ok {
			return c
		}
	}
	return usual
}

func (o object) colour(path string, usual colour) colour { return colourOf(o.get(path), usual) }

// faded is a colour with its opacity multiplied.
func faded(c colour, opacity float64) colour {
	c.A = channel(float64(c.A) * min(max(opacity, 0), 1))
	return c
}

// contrast is dark or white text, what can be read better on c (WCAG's contrast ratio).
func contrast(c colour) colour {
	if c.A < 100 {
		return ink
	}
	l := luminance(c) + 0.05
	if 1.05/l > l/(luminance(ink)+0.05) {
		return white
	}
	return ink
}

func luminance(c colour) float64 {
	part := func(v byte) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// stop is one place of a colour scale.
type stop struct {
	at float64
	c  colour
}

type scale []stop

// at is the colour at a place from 0 to 1.
func (s scale) at(f float64) colour {
	if math.IsNaN(f) {
		return clear
	}
	f = min(max(f, 0), 1)
	for i := 1; i < len(s); i++ {
		if a, b := s[i-1], s[i]; f <= b.at {
			g := 0.0
			if b.at > a.at {
				g = (f - a.at) / (b.at - a.at)
			}
			mix := func(p, q byte) byte { return channel(float64(p) + (float64(q)-float64(p))*g) }
			return colour{mix(a.c.R, b.c.R), mix(a.c.G, b.c.G), mix(a.c.B, b.c.B), mix(a.c.A, b.c.A)}
		}
	}
	return s[len(s)-1].c
}

func evenly(colours string) scale {
	parts := strings.Fields(colours)
	out := make(scale, len(parts))
	for i, p := range parts {
		c, _ := hexColour(p)
		out[i] = stop{float64(i) / float64(len(parts)-1), c}
	}
	return out
}

// scaleOf reads a colour scale: a name, a list of colours, or a list of [place, colour].
func scaleOf(v any, usual scale, reversed bool) scale {
	found := usual
	switch v := v.(type) {
	case string:
		name, back := strings.CutSuffix(strings.ToLower(v), "_r")
		text, ok := scales[name]
		if !ok {
			refuse("Give it as a list of colours.", "the colour scale %.40q is not known", v)
		}
		if found = evenly(text); back {
			reversed = !reversed
		}
	case []any:
		var own scale
		for i, p := range v {
			pair, isPair := p.([]any)
			s := stop{at: float64(i) / float64(max(len(v)-1, 1))}
			if isPair && len(pair) == 2 {
				s.at, _ = number(pair[0])
				p = pair[1]
			}
			text, _ := p.(string)
			c, ok := parseColour(text)
			if !ok || i > 0 && s.at < own[i-1].at {
				own = nil
				break
			}
			s.c = c
			own = append(own, s)
		}
		if len(own) >= 2 && len(own) <= 4096 {
			found = own
		}
	}
	if reversed {
		back := make(scale, len(found))
		for i, s := range found {
			back[len(found)-1-i] = stop{1 - s.at, s.c}
		}
		found = back
	}
	return found
}
