package cpython_test

import (
	"context"
	"image/png"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"sandglass/backend/figure"
	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython"
)

// drawFigure draws as the app does.
func drawFigure(ctx context.Context, spec []byte, how cpython.Drawing) ([]byte, string, error) {
	p, err := figure.Draw(ctx, spec, figure.Options{Format: how.Format, Width: how.Width, Height: how.Height, Scale: how.Scale, Background: how.Background})
	return p.Data, p.Missing, err
}

// TestSavefig writes pictures as code writes them, and looks at the files.
func TestSavefig(t *testing.T) {
	s := openPyplot(t)
	code := `
import io, warnings
fig, axes = plt.subplots(1, 2, figsize=(8, 4))
axes[0].plot([1, 2, 4], label="a"); axes[0].legend(); axes[0].set_title("Left"); axes[0].set_yscale("log")
axes[1].bar(["x", "y"], [3, 1])
plt.savefig("plain.png", bbox_inches="tight")
fig.savefig("fine.png", dpi=200, facecolor="w")
fig.savefig("vector.svg", transparent=True)
fig.savefig("without-suffix")
b = io.BytesIO()
fig.savefig(b, format="png")
open("stream.png", "wb").write(b.getvalue())
plt.figure(); plt.title("日本"); plt.plot([1, 2])
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    plt.savefig("signs.png")
[b.getvalue()[:4], str(w[0].message)[:40]]
`
	out := run(t, s, code)
	if got := show(out); got != `[b'\x89PNG', 'the font of PNG pictures has no sign for']` {
		t.Fatal(got)
	}
	want := []string{"fine.png", "plain.png", "signs.png", "stream.png", "vector.svg", "without-suffix.png"}
	if !slices.Equal(out.Written, want) {
		t.Errorf("written: %v", out.Written)
	}
	for name, size := range map[string][2]int{"plain.png": {800, 400}, "fine.png": {1600, 800}, "stream.png": {800, 400}, "without-suffix.png": {800, 400}, "signs.png": {640, 480}} {
		f, err := s.Scratch().Open(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil || img.Bounds().Dx() != size[0] || img.Bounds().Dy() != size[1] {
			t.Errorf("%s: %v, %v", name, img.Bounds(), err)
		}
	}
	svg, err := fs.ReadFile(s.Scratch(), "vector.svg")
	if err != nil || !strings.HasPrefix(string(svg), "<svg ") || !strings.Contains(string(svg), ">Left<") {
		t.Errorf("%v %.200s", err, svg)
	}
}

// TestWriteImage uses plotly's own way to pictures, which asks kaleido.
func TestWriteImage(t *testing.T) {
	if !slices.Contains(engine.Packages(), "plotly") {
		t.Skip("this runtime has no plotly")
	}
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	for _, c := range []struct{ code, want string }{
		{"import plotly.graph_objects as go\nfig = go.Figure(go.Bar(x=['a', 'b'], y=[1, float('nan')]), layout=dict(title='Two'))\nfig.to_image('png')[:4]", `b'\x89PNG'`},
		{"fig.write_image('a.svg', width=300, height=200)\nopen('a.svg').read()[:66]", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"200\""},
		{"fig.write_image('a.jpeg')", "jpeg pictures cannot be made here: use png or svg"},
		{"go.Figure(go.Scatter3d(x=[1], y=[1], z=[1])).to_image('png')", `series of the type "scatter3d" are not drawn`},
	} {
		if got := show(run(t, s, c.code)); !strings.Contains(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}

// TestDrawnAgain executes a step again: the picture comes from its tape, so that a later way of drawing changes no run.
func TestDrawnAgain(t *testing.T) {
	cfg := sandbox.Config{Imports: []string{"*"}, Origin: sandbox.NewOrigin()}
	const code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('a.png')\nimport hashlib\nprint(hashlib.sha256(open('a.png', 'rb').read()).hexdigest())"
	first := run(t, open(t, cfg, nil), code)
	if first.Error != nil || len(first.Stdout) != 65 {
		t.Fatal(show(first))
	}
	again, err := open(t, cfg, nil).Replay(t.Context(), code, first.Tape)
	if err != nil || again.Diverged != "" || again.Stdout != first.Stdout {
		t.Errorf("%v %q: %q, not %q", err, again.Diverged, again.Stdout, first.Stdout)
	}
}
