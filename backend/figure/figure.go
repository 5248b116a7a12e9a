// Package figure draws figures of plotly.js as still pictures: SVG, or PNG. It does for files what plotly.js does for the
// window, with the same look; what it cannot draw is refused, so that no picture lies.
//
// A figure comes from an agent's code and may hold anything: it is bounded before it is read (Max…), what has the wrong type
// counts as not said, as in plotly.js, and a drawing is a list of plain shapes within the canvas: SVG holds no scripts, links
// or addresses. The same figure gives the same bytes.
package figure

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"sandglass/backend/fault"
)

// The limits of one drawing.
const (
	MaxBytes  = 32 << 20  // of a figure's JSON
	MaxValues = 2_000_000 // numbers, texts, lists and objects in it
	MaxDepth  = 40        // lists and objects in each other
	MaxTraces = 2000      // series
	MaxShapes = 200_000   // marks, lines, texts: what an SVG has as elements
	MaxSide   = 10_000    // pixels of a picture's side
	MaxPixels = 40 << 20  // of a PNG; it takes 4 bytes each while it is drawn
	MaxOutput = 48 << 20  // bytes of a picture
)

// Options say how to draw.
type Options struct {
	Format        string  // "svg" or "png"
	Width, Height float64 // in plotly's pixels; 0 for the figure's own size, or 700 × 500
	Scale         float64 // pixels of a PNG for each of these; 0 for 1
	Background    string  // colour of the paper, in place of the figure's; "" for the figure's
}

// Picture is a drawn figure.
type Picture struct {
	MediaType string
	Data      []byte
	// Missing are characters that the PNG shows as boxes, because its font has no sign for them. An SVG is drawn with the
	// fonts of whoever looks at it.
	Missing string
}

// Formats are those that figures are drawn in.
func Formats() []string { return []string{"svg", "png"} }

// Draw draws a figure: JSON with "data" and "layout". Faults: Invalid (no figure, beyond the limits, or something in it that
// cannot be drawn: said is what, and what to do), and those of a context that ended.
func Draw(ctx context.Context, spec []byte, o Options) (pic Picture, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case refusal:
			err = fault.New(fault.Invalid, "The figure cannot be drawn as a picture", p.why, p.do)
		case ended:
			err = p.error
		default:
			panic(p)
		}
	}()
	if o.Format != "svg" && o.Format != "png" {
		refuse("Write it as .svg or .png.", "there is no way to draw a figure as %.20q", o.Format)
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	if !(o.Scale >= 0.05 && o.Scale <= 20) {
		refuse("Use a scale from 0.05 to 20.", "its scale is %v", o.Scale)
	}
	measure(spec)
	select { // each takes memory beside the sandbox's
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return pic, ctx.Err()
	}
	var root any
	if err := json.Unmarshal(spec, &root); err != nil {
		refuse("", "it is not JSON: %v", err)
	}
	d := &drawing{scene: scene{ctx: ctx}, seen: map[rune]bool{}}
	d.read(object(asObject(root)))
	d.size(o)
	d.draw()
	if o.Format == "svg" {
		pic = Picture{MediaType: "image/svg+xml", Data: d.scene.svg()}
	} else {
		pic = Picture{MediaType: "image/png", Data: d.scene.png(o.Scale), Missing: d.missing()}
	}
	if len(pic.Data) > MaxOutput {
		refuse("Draw fewer points, or write a smaller PNG.", "the picture would have %d MB", len(pic.Data)>>20)
	}
	return pic, nil
}

// refusal is the panic with which drawing ends where a figure cannot be drawn.
type refusal struct{ why, do string }

func refuse(do, format string, args ...any) {
	panic(refusal{fmt.Sprintf(format, args...), do})
}

// ended is the panic with which drawing ends when its context does.
type ended struct{ error }

// measure bounds a figure before it is read: JSON of few bytes can become a lot of memory.
func measure(spec []byte) {
	if len(spec) > MaxBytes {
		refuse("Draw fewer points: take a sample, or means.", "it has %d MB, and %d can be drawn", len(spec)>>20, MaxBytes>>20)
	}
	values, depth, quoted := 0, 0, false
	for i := 0; i < len(spec); i++ {
		switch c := spec[i]; {
		case quoted:
			if c == '\\' {
				i++
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '[' || c == '{':
			depth++
			values++
		case c == ']' || c == '}':
			depth--
		case c == ',':
			values++
		}
		if depth > MaxDepth {
			refuse("", "it is nested more than %d levels deep", MaxDepth)
		}
		if values > MaxValues {
			refuse("Draw fewer points: take a sample, or means.", "it holds more than %d values", MaxValues)
		}
	}
}

// turns lets two figures be drawn at a time.
var turns = make(chan struct{}, 2)

func (d *drawing) size(o Options) {
	pick := func(asked, own, usual float64) float64 {
		switch {
		case asked > 0:
			return asked
		case own > 0:
			return own
		}
		return usual
	}
	d.w = math.Round(pick(o.Width, d.layout.num("width", 0), 700))
	d.h = math.Round(pick(o.Height, d.layout.num("height", 0), 500))
	if d.w < 20 || d.h < 20 || !(max(d.w, d.h) <= MaxSide) {
		refuse(fmt.Sprintf("Choose a size from 20 to %d pixels a side.", MaxSide), "it is %.0f × %.0f pixels large", d.w, d.h)
	}
	if w, h := d.w*o.Scale, d.h*o.Scale; o.Format == "png" && (w > MaxSide || h > MaxSide || w*h > MaxPixels || w < 1 || h < 1) {
		refuse("Choose a smaller size or dpi, or write SVG, which is sharp at every size.",
			"it would have %.0f × %.0f pixels (at most %d a side, and %d million)", w, h, MaxSide, MaxPixels>>20)
	}
	if o.Background != "" {
		c, ok := parseColour(o.Background)
		if !ok {
			refuse("", "%.40q is no colour", o.Background)
		}
		d.paper, d.ownPaper = c, true
	}
}
