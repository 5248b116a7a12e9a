package cpython_test

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"sandglass/backend/sandbox"
)

const (
	onePixel = `__import__('base64').b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')`
	classes  = `import math, datetime
def make(**m): return type('Thing', (), {k: (lambda x: lambda self, *a, **k: x)(v) for k, v in m.items()})()
figure = make(to_plotly_json={'data': [{'type': 'bar', 'x': ['a', datetime.date(2026, 1, 2)], 'y': [1, math.nan, {3}]}], 'layout': {}})
vega = {'$schema': 'https://vega.github.io/schema/vega-lite/v5.json', 'mark': 'bar'}
class DataFrame:
    columns, shape, index = ["a"], (2, 1), range(2)
    def head(self, n): return self
    def reset_index(self): return self
    def itertuples(self, index, name): return iter([(1,), (2,)])
    def to_csv(self, index): return "a\n1\n2\n"
`
)

func TestDisplay(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	run(t, s, classes)
	for _, c := range []struct{ code, want string }{
		{"figure", `figure1.plotly.json application/vnd.plotly.v1+json {"data":[{"type":"bar","x":["a","2026-01-02"],"y":[1,null,[3]]}],"layout":{}}`},
		{"make(_sandglass_figure_=('application/vnd.plotly.v1+json', {'data': []}))", `figure1.plotly.json application/vnd.plotly.v1+json {"data":[]}`},
		{"vega", `chart1.vl.json application/vnd.vegalite.v5+json {"$schema":"https://vega.github.io/schema/vega-lite/v5.json","mark":"bar"}`},
		{"type('Chart', (), {'__module__': 'altair.x', 'to_dict': lambda s: vega})()", `chart1.vl.json application/vnd.vegalite.v5+json {"$schema":"https://vega.github.io/schema/vega-lite/v5.json","mark":"bar"}`},
		{"make(_repr_svg_='<svg/>')", "image1.svg image/svg+xml <svg/>"},
		{"make(_repr_html_='<b>x</b>', _repr_png_=None)", "page1.html text/html <b>x</b>"},
		{"make(_repr_mimebundle_=({'text/plain': 'p', 'text/html': '<i>'}, {}), _repr_svg_='<svg/>')", "page1.html text/html <i>"},
		{"make(_repr_mimebundle_={'text/plain': 'p'}, _repr_svg_='<svg/>')", "image1.svg image/svg+xml <svg/>"},
		{"make(_repr_png_='UE5H')", "image1.png image/png PNG"},
		{"make(_repr_markdown_='# x')", "text1.md text/markdown # x"},
		{onePixel, "image1.png image/png \x89PNG"},
		{"b'RIFF\\0\\0\\0\\0WEBPVP8 '", "image1.webp image/webp RIFF"},
		{"bytearray(b'GIF89a')", "image1.gif image/gif GIF89a"},
		{"display(figure, 'text', 1, figure)", `figure1.plotly.json application/vnd.plotly.v1+json {"data"|figure2.plotly.json application/vnd.plotly.v1+json {"data"`},
		{"display(DataFrame())", "table1.csv text/csv a\n1\n2\n"},
		{"final_answer(figure)", `figure1.plotly.json application/vnd.plotly.v1+json {"data"`},
		{"final_answer(DataFrame())", "table1.csv text/csv a\n1\n2\n"},
		{"DataFrame()", ""}, // its first rows are all of it
		{"b'no image'", ""}, {"'<svg/>'", ""}, {"{'$schema': 5}", ""}, {"figure.__class__", ""}, {"[figure]", ""},
		{"type('Mock', (), {'__getattr__': lambda s, n: lambda: 1/0})()", ""},
		{"make(_repr_html_=None)", ""},
	} {
		out := run(t, s, c.code)
		var got []string
		for i, d := range out.Displayed {
			dir, name, _ := strings.Cut(d.Name, "-")
			text := name + " " + d.MediaType + " " + string(d.Data)
			if i < strings.Count(c.want, "|")+1 {
				want := strings.Split(c.want, "|")[i]
				text = text[:min(len(text), len(want))]
			}
			got = append(got, text)
			if !strings.HasPrefix(dir, "displayed/step") {
				t.Errorf("%s is called %s", c.code, d.Name)
			}
		}
		if strings.Join(got, "|") != c.want || out.Error != nil {
			t.Errorf("%s:\n got %q, %v\nwant %q", c.code, got, out.Error, c.want)
		}
		for _, v := range []string{valueDisplay(out)} {
			alone := len(out.Displayed) == 1 && !strings.HasPrefix(c.code, "display(")
			if alone != (v != "") || alone && v != out.Displayed[0].Name {
				t.Errorf("%s: the value is shown by %q", c.code, v)
			}
		}
	}
	if out := run(t, s, "display(5, 'a', None)"); out.Stdout != "5\na\nNone\n" {
		t.Errorf("plain values: %q", out.Stdout)
	}
	out := run(t, s, "final_answer(DataFrame())")
	if out.Final.Table == nil || out.Final.Table.Total != 2 {
		t.Errorf("a data frame as the answer: %+v", out.Final)
	}
	if out := run(t, s, "figure"); !strings.Contains(out.Value.Repr, "shown to the user") || len(out.Value.Repr) > 200 {
		t.Errorf("the model is told %s", out.Value.Repr)
	}
}

func valueDisplay(out sandbox.Output) string {
	if out.Final != nil {
		return out.Final.Display
	}
	if out.Value != nil {
		return out.Value.Display
	}
	return ""
}

func TestDisplayOfArrays(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	out := run(t, s, "import numpy as np\na = np.zeros((20, 30, 3), 'uint8'); a[5, 7] = (255, 128, 0)\ndisplay(a, a[:, :, 0], np.zeros((3, 3, 3)))")
	if len(out.Displayed) != 1 {
		t.Fatalf("%s, %d displayed", show(out), len(out.Displayed))
	}
	img, err := png.Decode(bytes.NewReader(out.Displayed[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := img.At(7, 5).RGBA(); img.Bounds().Dx() != 30 || img.Bounds().Dy() != 20 || r>>8 != 255 || g>>8 != 128 || b != 0 {
		t.Errorf("%v, %d %d %d", img.Bounds(), r>>8, g>>8, b>>8)
	}
}

func TestDisplayFails(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	run(t, s, classes)
	for _, c := range []struct{ code, want string }{
		{"display(make(_repr_png_=5))", "TypeError: image/png must be text or bytes, not int"},
		{"class B:\n    def _repr_html_(self): 1/0\ndisplay(B())", "ZeroDivisionError"},
		{"display(make(_repr_svg_='x' * (33 << 20)))", "ValueError: this image is too large to display: 34.6 MB, the limit is 32 MB"},
		{"for i in range(101): display(make(_repr_svg_='<svg/>'))", "ValueError: a step can display 100 values"},
		{"big = make(_repr_svg_='x' * (30 << 20))\nfor i in range(5): display(big)", "ValueError: a step can display 128 MB in all"},
		{"display(make(_sandglass_figure_=('no type', {})))", `ValueError: "no type" is no media type`},
		{"display(make(_sandglass_figure_=('application/json', b'{')))", "ValueError: what shall be displayed as application/json is not JSON"},
		{"a = []; a.append(a)\ndisplay(make(to_plotly_json={'data': a}))", "RecursionError"},
	} {
		if got := show(run(t, s, c.code)); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.code, got, c.want)
		}
	}
	// A last value or an answer that cannot be shown as more is still a value.
	if out := run(t, s, "class B:\n    def _repr_html_(self): 1/0\n    def __repr__(self): return 'B!'\nB()"); show(out) != "B!" || !strings.Contains(out.Stderr, "ZeroDivisionError") {
		t.Errorf("%s, %q", show(out), out.Stderr)
	}
	if out := run(t, s, "final_answer(B())"); out.Final == nil || out.Final.Repr != "B!" {
		t.Errorf("%+v", out.Final)
	}
	// A killed step keeps what it showed, as it keeps what it printed.
	if out := run(t, s, "display(figure)\n__import__('os')._exit(1)"); out.Killed == "" || len(out.Displayed) != 1 {
		t.Errorf("%s, %d", show(out), len(out.Displayed))
	}
	// Past the driver.
	for i, code := range []string{"b''", "b'x'", `b'image/png\0x'`, `b'a/b\0x'`, `b'a/b/c\0x'`, `b'\xff\0x'`, `b'text/html' * 50 + b'\0'`} {
		out := run(t, s, fmt.Sprintf("print(final_answer.__globals__['host_call'](7, %s))", code))
		if kept := i == 2 || i == 3; out.Killed != "" || (len(out.Displayed) == 1) != kept || strings.HasPrefix(out.Stdout, "b'v") != kept {
			t.Errorf("%s: %s %s", code, show(out), out.Stdout)
		}
	}
	if got := show(run(t, s, "display = 5\n1")); got != "1" {
		t.Error(got)
	}
}
