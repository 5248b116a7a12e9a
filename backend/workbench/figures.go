package workbench

import (
	"context"
	"encoding/base64"
	"path/filepath"
	"strings"

	"sandglass/backend/figure"
	"sandglass/backend/sandbox/cpython"
)

// drawFigure lets code make pictures of its figures.
func drawFigure(ctx context.Context, spec []byte, how cpython.Drawing) (picture []byte, missing string, err error) {
	p, err := figure.Draw(ctx, spec, figure.Options{
		Format: how.Format, Width: how.Width, Height: how.Height, Scale: how.Scale, Background: how.Background,
	})
	return p.Data, p.Missing, err
}

const mediaFigure = "application/vnd.plotly.v1+json"

// IsFigure says whether it can be saved as a picture.
func (a ArtefactData) IsFigure() bool { return a.MediaType == mediaFigure }

// sharp is how many pixels of a PNG a pixel of plotly.js becomes when a person saves a figure.
const sharp = 2

// SavedAs is what is written into a file of this name: the content as it is, or, if it is a figure and the name ends in .png or
// .svg, a picture of it. Faults: those of figure.Draw.
func (a ArtefactData) SavedAs(ctx context.Context, name string) ([]byte, error) {
	content, err := base64.StdEncoding.DecodeString(a.Base64)
	form := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
	if err != nil || !a.IsFigure() || form != "png" && form != "svg" {
		return content, err
	}
	p, err := figure.Draw(ctx, content, figure.Options{Format: form, Scale: sharp})
	return p.Data, err
}
