package workbench

import (
	"context"

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
