package cpython

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"sandglass/backend/fault"
)

// Drawing is how code wants a figure to be drawn, in pixels of plotly.js; 0 and "" are the figure's own.
type Drawing struct {
	Format     string  `json:"format"` // "svg" or "png"
	Width      float64 `json:"width"`
	Height     float64 `json:"height"`
	Scale      float64 `json:"scale"`      // pixels of a PNG for each of these
	Background string  `json:"background"` // colour of the paper
}

// decodeDrawing reads "<JSON of Drawing>\0<JSON of a figure>".
func decodeDrawing(data []byte) (d Drawing, figure []byte, err error) {
	head, figure, ok := bytes.Cut(data, []byte{0})
	if !ok || len(head) > 1000 {
		return d, nil, errors.New("what shall be drawn cannot be understood")
	}
	if err := json.Unmarshal(head, &d); err != nil {
		return d, nil, errors.New("how it shall be drawn cannot be understood")
	}
	if !utf8.ValidString(d.Format) || !utf8.ValidString(d.Background) {
		return d, nil, errors.New("how it shall be drawn is no text")
	}
	return d, figure, nil
}

// draw makes a picture of a figure for code: "v", the characters that its font lacks, NUL and the picture; or "e" and why it
// cannot be drawn. It is work of the step: its time counts, and it ends with it. The figure is copied, because the guest's
// memory may not be looked at by anything that a killed step leaves behind.
func (r *run) draw(data []byte) ([]byte, bool) {
	if r.drawer == nil {
		return []byte("efigures cannot be drawn as pictures in this sandbox"), true
	}
	how, figure, err := decodeDrawing(data)
	var picture []byte
	var missing string
	if err == nil {
		ctx, cancel := context.WithDeadline(r.ctx, r.hard)
		defer cancel()
		picture, missing, err = r.drawn(ctx, bytes.Clone(figure), how)
	}
	if err != nil {
		text := err.Error()
		var f *fault.Error
		if errors.As(err, &f) {
			text = f.What + ": " + f.Why
			if f.Do != "" {
				text += ". " + f.Do
			}
		}
		return append([]byte{'e'}, text...), true
	}
	return append(append(append([]byte{'v'}, missing...), 0), picture...), true
}

// drawn turns a panic into a failure: wazero would take it for a crash of the interpreter.
func (r *run) drawn(ctx context.Context, figure []byte, how Drawing) (picture []byte, missing string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("drawing broke down: %v", p)
		}
		if r.ctx.Err() != nil {
			r.stop = killCancel
		}
	}()
	return r.drawer(ctx, figure, how)
}
