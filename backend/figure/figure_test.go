package figure_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/figure"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

func draw(t testing.TB, spec string, o figure.Options) figure.Picture {
	t.Helper()
	if o.Format == "" {
		o.Format = "svg"
	}
	p, err := figure.Draw(t.Context(), []byte(spec), o)
	if err != nil {
		t.Fatalf("%s: %v", spec, err)
	}
	return p
}

// TestGolden compares the SVG of a figure of each kind with a golden one: look at it when it changes.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 15 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		t.Run(name, func(t *testing.T) {
			spec, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got := draw(t, string(spec), figure.Options{}).Data
			golden := strings.TrimSuffix(f, ".json") + ".svg"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("another picture than %s; with -update it is written anew, look at it then", golden)
			}
			if err := inert(got); err != nil {
				t.Error(err)
			}
			if again := draw(t, string(spec), figure.Options{}).Data; !bytes.Equal(got, again) {
				t.Error("the same figure gave other bytes")
			}
			if p := draw(t, string(spec), figure.Options{Format: "png"}); p.MediaType != "image/png" || p.Missing != "" {
				t.Errorf("as PNG: %s, missing %q", p.MediaType, p.Missing)
			}
		})
	}
}

// inert says what of an SVG could act or load something, or is no XML.
func inert(svg []byte) error {
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("no XML: %w", err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "svg", "g", "path", "circle", "text", "tspan", "image":
		default:
			return fmt.Errorf("there is <%s>", e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "data:image/png;base64,") || strings.Contains(a.Value, "url(") {
				return fmt.Errorf("there is %s=%q", a.Name.Local, a.Value)
			}
		}
	}
}

// TestPixels looks at single pixels of PNGs: colours are where they belong, and sizes are as asked for.
func TestPixels(t *testing.T) {
	bare := `"xaxis":{"visible":false},"yaxis":{"visible":false},"margin":{"l":0,"r":0,"t":0,"b":0},"showlegend":false`
	type at struct {
		x, y int
		c    string
	}
	for _, c := range []struct {
		name, spec string
		o          figure.Options
		w, h       int
		pixels     []at
	}{
		{"a bar and its ground", `{"data":[{"type":"bar","x":[0,1],"y":[1,2],"marker":{"color":"#ff0000"}}],"layout":{"width":200,"height":100,"plot_bgcolor":"#0000ff",` + bare + `}}`,
			figure.Options{}, 200, 100, []at{{50, 90, "ff0000"}, {50, 10, "0000ff"}, {150, 20, "ff0000"}, {100, 50, "0000ff"}}},
		{"a picture's pixels, twice as large", `{"data":[{"type":"image","z":[[[255,0,0],[0,255,0]],[[0,0,255],[9,9,9]]]}],"layout":{"width":100,"height":100,` + bare + `}}`,
			figure.Options{Scale: 2}, 200, 200, []at{{50, 50, "ff0000"}, {150, 50, "00ff00"}, {50, 150, "0000ff"}, {150, 150, "090909"}}},
		{"a field with a pixel for each value", `{"data":[{"type":"heatmap","z":[` + strings.Repeat("["+strings.Repeat("0,", 49)+"1],", 49) + "[" + strings.Repeat("1,", 49) + `1]],"colorscale":[[0,"#000000"],[1,"#ffffff"]],"showscale":false}],"layout":{"width":100,"height":100,` + bare + `}}`,
			figure.Options{}, 100, 100, []at{{50, 50, "000000"}, {99, 50, "ffffff"}, {50, 0, "ffffff"}, {10, 97, "000000"}}},
		{"half of a pie", `{"data":[{"type":"pie","values":[1,1],"sort":false,"textinfo":"none","marker":{"colors":["#ff0000","#00ff00"]}}],"layout":{"width":100,"height":100,` + bare + `}}`,
			figure.Options{}, 100, 100, []at{{75, 50, "ff0000"}, {25, 50, "00ff00"}, {2, 2, "ffffff"}}},
		{"the paper's colour", `{"data":[],"layout":{"width":50,"height":50,"paper_bgcolor":"#123456"}}`, figure.Options{Background: "#654321"}, 50, 50, []at{{1, 1, "654321"}}},
		{"a size that is asked for", `{"data":[{"type":"pie","values":[]}],"layout":{"width":50,"height":50}}`, figure.Options{Width: 300, Height: 200, Scale: 0.5}, 150, 100, []at{{1, 1, "ffffff"}}},
	} {
		c.o.Format = "png"
		img, err := png.Decode(bytes.NewReader(draw(t, c.spec, c.o).Data))
		if err != nil {
			t.Fatal(c.name, err)
		}
		if b := img.Bounds(); b.Dx() != c.w || b.Dy() != c.h {
			t.Errorf("%s: %v", c.name, b)
		}
		for _, p := range c.pixels {
			k := color.NRGBAModel.Convert(img.At(p.x, p.y)).(color.NRGBA)
			if got := fmt.Sprintf("%02x%02x%02x", k.R, k.G, k.B); got != p.c {
				t.Errorf("%s: the pixel at %d, %d is %s, not %s", c.name, p.x, p.y, got, p.c)
			}
		}
	}
	transparent, err := png.Decode(bytes.NewReader(draw(t, `{"data":[]}`, figure.Options{Format: "png", Background: "rgba(0,0,0,0)"}).Data))
	if _, _, _, a := transparent.At(2, 2).RGBA(); err != nil || a != 0 {
		t.Error("the paper is not transparent", err)
	}
}

// TestMissing names the characters that PNGs cannot show.
func TestMissing(t *testing.T) {
	p := draw(t, `{"data":[],"layout":{"title":{"text":"Größe αβγ Δ → 日本 €"}}}`, figure.Options{Format: "png"})
	if p.Missing != "日本" {
		t.Errorf("%q", p.Missing)
	}
}

// TestSays looks at words in SVGs: labels of axes, names, texts.
func TestSays(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{`{"data":[{"x":[1,2],"y":[0,1600000]}]}`, ">1.5M<"},
		{`{"data":[{"x":[1,2],"y":[0.1,0.2]}],"layout":{"yaxis":{"tickformat":".0%"}}}`, ">18%<"},
		{`{"data":[{"x":[1,2],"y":[-5,5]}]}`, ">\u22124<"},
		{`{"data":[{"x":["2013-01-01","2026-01-01"],"y":[1,2]}]}`, ">2020<"},
		{`{"data":[{"x":["2024-01-01","2024-06-01"],"y":[1,2]}]}`, ">Mar 2024<"},
		{`{"data":[{"x":["2024-01-01T08:00","2024-01-01T10:00"],"y":[1,2]}]}`, ">09:00<"},
		{`{"data":[{"x":["2024-01-01","2024-06-01"],"y":[1,2]}],"layout":{"xaxis":{"tickformat":"%d.%m.%y"}}}`, ">01.03.24<"},
		{`{"data":[{"x":[1,2],"y":[1,2]}],"layout":{"xaxis":{"tickvals":[1,2],"ticktext":["eins","zwei"]}}}`, ">zwei<"},
		{`{"data":[{"x":["b","a"],"y":[1,2]}]}`, ">b<"},
		{`{"data":[{"y":{"dtype":"i2","bdata":"AQAsAQ=="}}]}`, ">300<"},
		{`{"data":[{"type":"pie","labels":["<script>"],"values":[2]}]}`, ">&lt;script&gt;<"},
		{`{"data":[{"y":[1,2],"name":"one"},{"y":[2,1],"name":"two"}]}`, ">two<"},
		{`{"data":[{"type":"pie","labels":["a","b"],"values":[1,2]}]}`, ">66.7%<"},
	} {
		if got := string(draw(t, c.spec, figure.Options{}).Data); !strings.Contains(got, c.want) {
			t.Errorf("%s does not say %s:\n%s", c.spec, c.want, got)
		}
	}
}

// TestRefused: what cannot be drawn is said, and no picture comes.
func TestRefused(t *testing.T) {
	many := "[" + strings.Repeat("1,", figure.MaxValues) + "1]"
	marks := "[" + strings.Repeat("1,2,", figure.MaxShapes/2) + "1]"
	for _, c := range []struct {
		spec string
		o    figure.Options
		want string
	}{
		{`{"data":[{"type":"scatter3d"}]}`, figure.Options{}, `type "scatter3d" are not drawn`},
		{`{"data":[{"type":"bar","y":[1],"marker":{"pattern":{"shape":"/"}}}]}`, figure.Options{}, `"marker.pattern.shape" of bar traces`},
		{`{"data":[{"y":[1],"strange":1}]}`, figure.Options{}, `"strange" of scatter traces`},
		{`{"data":[],"layout":{"images":[{"source":"http://x"}]}}`, figure.Options{}, "images"},
		{`{"data":[],"layout":{"xaxis":{"rangeslider":{"visible":true}}}}`, figure.Options{}, "rangeslider"},
		{`{"data":[{"y":[1],"mode":"markers","marker":{"symbol":"arrow"}}]}`, figure.Options{}, `the marker "arrow"`},
		{`{"data":[{"x":[["a","b"],["c","d"]],"y":[1,2]}]}`, figure.Options{}, "several levels"},
		{`{"data":[{"type":"heatmap","z":[[1]],"colorscale":"Nope"}]}`, figure.Options{}, `colour scale "Nope"`},
		{`{"data":[{"y":[1,2]}],"layout":{"yaxis":{"tickformat":"??"}}}`, figure.Options{}, "number format"},
		{`{"data":[]}`, figure.Options{Format: "pdf"}, `as "pdf"`},
		{`{"data":[]}`, figure.Options{Format: "png", Width: 5000, Height: 5000, Scale: 2}, "10000 × 10000 pixels"},
		{`{"data":[]}`, figure.Options{Width: 1e9}, "pixels large"},
		{`{"data":[]}`, figure.Options{Scale: -1}, "scale"},
		{`{"data":[]}`, figure.Options{Background: "url(x)"}, "no colour"},
		{`[]`, figure.Options{}, "no figure"},
		{`{"data":`, figure.Options{}, "not JSON"},
		{strings.Repeat(`[`, 100), figure.Options{}, "nested"},
		{`{"data":[{"y":` + many + `}]}`, figure.Options{}, "more than 2000000 values"},
		{`{"data":[{"y":` + marks + `,"mode":"markers"}]}`, figure.Options{}, "more than 200000 marks"},
		{strings.Repeat(" ", figure.MaxBytes+1), figure.Options{}, "MB"},
	} {
		if c.o.Format == "" {
			c.o.Format = "svg"
		}
		_, err := figure.Draw(t.Context(), []byte(c.spec), c.o)
		if f := fault.Of(err); err == nil || f.Code != fault.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80s: %v, not %q", c.spec, err, c.want)
		}
	}
}

func TestStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := figure.Draw(ctx, []byte(`{"data":[{"y":[1,2]}]}`), figure.Options{Format: "png"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// FuzzDraw draws what is no figure of anybody: it is refused, or it is an inert picture of a bounded size.
func FuzzDraw(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.json")
	for _, p := range files {
		spec, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(spec)
	}
	for _, s := range []string{
		`{"data":[{"x":[1e308,-1e308],"y":[1e-320,1e308]}]}`, `{"data":[{"type":"bar","x":["a"],"y":[1e300],"width":-1}],"layout":{"yaxis":{"type":"log"}}}`,
		`{"data":[{"type":"histogram","x":[0,1e300,"x",null]}]}`, `{"data":[{"type":"box","y":[]},{"type":"violin","y":[1]}]}`,
		`{"data":[{"type":"contour","z":[[1],[2,3],[]],"x":["a"]}]}`, `{"data":[{"type":"heatmap","z":[[null]]}],"layout":{"xaxis":{"range":["a",null]}}}`,
		`{"data":[{"type":"image","source":"data:image/png;base64,AAAA"}]}`, `{"data":[{"x":["0001-01-01","9999-12-31"],"y":[1,2]}],"layout":{"xaxis":{"dtick":1e-9}}}`,
		`{"data":[{"y":[1,2]}],"layout":{"yaxis":{"dtick":1e-300,"range":[0,1e300]},"xaxis":{"overlaying":"x2","anchor":"y9"},"xaxis2":{"overlaying":"x"}}}`,
		`{"data":[{"type":"pie","values":[1e308,1e308],"pull":9,"hole":5}]}`, `{"data":[{"type":"pie","values":[1e308]}]}`, `{"data":[{"y":[1],"xaxis":"x2"}],"layout":{"xaxis2":{"matches":"x2","scaleanchor":"x2"}}}`,
		`{"data":[{"type":"histogram","x":["0001-01-01","9999-12-31"],"xbins":{"size":"M1"}}]}`, `{"data":[{"type":"histogram","x":[1,2],"xbins":{"size":1e-300}}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, spec []byte) {
		p, err := figure.Draw(t.Context(), spec, figure.Options{Format: "svg"})
		if err != nil {
			if fault.Of(err).Code != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if err := inert(p.Data); err != nil {
			t.Errorf("%s: %v", spec, err)
		}
		if bytes.Contains(p.Data, []byte("NaN")) || bytes.Contains(p.Data, []byte("Inf ")) {
			if !bytes.Contains(spec, []byte("NaN")) && !bytes.Contains(spec, []byte("Inf")) {
				t.Errorf("%s gave numbers that are none:\n%s", spec, p.Data)
			}
		}
		if _, err := figure.Draw(t.Context(), spec, figure.Options{Format: "png", Width: 200, Height: 150}); err != nil && fault.Of(err).Code != fault.Invalid {
			t.Error(err)
		}
	})
}
