package cpython_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sandglass/backend/sandbox"
)

var update = flag.Bool("update", false, "write the golden figures anew")

// openPyplot opens a session with the stand-in for matplotlib, in which fig is to be drawn.
func openPyplot(t *testing.T) sandbox.Session {
	t.Helper()
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	if out := run(t, s, "import matplotlib.pyplot as plt, matplotlib._pandas as backend, json"); out.Error != nil {
		t.Fatal(show(out))
	}
	return s
}

// TestPyplot compares the figures of small programs with golden ones. plotly's own validators judge them too: a name
// that plotly.js does not know would be left out of the picture without a word.
func TestPyplot(t *testing.T) {
	s := openPyplot(t)
	validate := slices.Contains(engine.Packages(), "plotly")
	programs, err := filepath.Glob("testdata/pyplot/*.py")
	if err != nil || len(programs) == 0 {
		t.Fatal(err)
	}
	for _, p := range programs {
		t.Run(strings.TrimSuffix(filepath.Base(p), ".py"), func(t *testing.T) {
			code, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			if out := run(t, s, "plt.close('all')\n"+string(code)); out.Error != nil {
				t.Fatal(out.Error.Traceback)
			}
			out := run(t, s, "print(plt.gcf().to_json())")
			var got bytes.Buffer
			if err := json.Indent(&got, []byte(out.Stdout), "", " "); err != nil {
				t.Fatal(err, show(out))
			}
			golden := strings.TrimSuffix(p, ".py") + ".json"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("another figure than %s; with -update it is written anew:\n%s", golden, got.String())
			}
			if validate {
				if out := run(t, s, "import plotly.graph_objects as go\nlen(go.Figure(json.loads(plt.gcf().to_json())).data) > 0"); show(out) != "True" {
					t.Errorf("plotly does not take it: %s", show(out))
				}
			}
		})
	}
}

// TestPyplotSays looks at what the stand-in says of itself, and of what it cannot do.
func TestPyplotSays(t *testing.T) {
	s := openPyplot(t)
	for _, c := range []struct{ code, want string }{
		{"plt.figure()\nplt.plot([1, 2], label='a')\nplt.title('T')\nrepr(plt.gcf())", "<Figure 'T' with 1 axes: scatter 'a'>"},
		{"media, figure = plt.gcf()._sandglass_figure_()\nmedia, sorted(figure)", "('application/vnd.plotly.v1+json', ['data', 'layout'])"},
		{"sorted(plt.gcf()._repr_mimebundle_())", "['application/vnd.plotly.v1+json', 'text/plain']"},
		{"plt.savefig('f.json')\nsorted(json.load(open('f.json')))", "['data', 'layout']"},
		{"plt.savefig('f.html')\n'newPlot' in open('f.html').read()", "True"},
		{"import io\nb = io.BytesIO()\nplt.savefig(b, format='json')\nb.getvalue()[:8]", "b'{\"data\":'"},
		{"plt.savefig('f.pdf')", "cannot write pdf: use png or svg"},
		{"plt.savefig('f.png', strange=1)", "savefig() of the stand-in for matplotlib does not know 'strange'"},
		{"plt.quiver([1], [1])", "has no pyplot.quiver: use plotly"},
		{"plt.gca().streamplot(1)", "has no Axes.streamplot: use plotly"},
		{"hasattr(plt.gca(), 'quiver')", "False"},
		{"plt.subplot(projection='3d')", "use plotly's go.Scatter3d, Surface"},
		{"import matplotlib.animation", "there is no matplotlib.animation: matplotlib is a small stand-in"},
		{"plt.plot([1, 2], [1])", "x and y must have same first dimension, but have shapes (2,) and (1,)"},
		{"plt.plot([1], strange=1)", "does not know 'strange'"},
		{"plt.plot([1], 'zz')", "'zz' is not a format"},
		{"plt.imshow([[1]], cmap='nope')", "there is no colour map 'nope'"},
		{"backend.plot([1], kind='kde')", "use kind='hist', or plotly.express"},
		{"import matplotlib.cm as cm\n[round(v, 2) for v in cm.viridis(0.5)], cm.tab10(1)[:1], plt.get_cmap('Reds')(255)[0] == 103 / 255", "([0.15, 0.56, 0.54, 1.0], (1.0,), True)"},
		{"import matplotlib\nmatplotlib.use('Agg')\nplt.style.use('ggplot')\nplt.rcParams['figure.figsize'] = (4, 3)\nplt.figure()\nplt.plot([1])\nplt.gcf().to_plotly_json()['layout']['width']", "320"},
		{"plt.show()\nplt.get_fignums()", "[]"},
		// pandas asks for its drawing code by this name
		{"import sys, types\nsys.modules.setdefault('pandas', types.ModuleType('pandas')).__path__ = ()\nsys.modules.setdefault('pandas.plotting', types.ModuleType('pandas.plotting')).__path__ = ()\nimport pandas.plotting._matplotlib as m\nm is backend", "True"},
	} {
		if got := show(run(t, s, c.code)); !strings.Contains(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}

// TestPyplotShows looks at what the user gets to see.
func TestPyplotShows(t *testing.T) {
	s := openPyplot(t)
	for _, code := range []string{"plt.plot([1, 2])\nplt.show()", "plt.plot([1])\nplt.gca()", "plt.gcf()"} {
		if out := run(t, s, code); len(out.Displayed) != 1 || out.Displayed[0].MediaType != "application/vnd.plotly.v1+json" {
			t.Errorf("%s: %+v, %s", code, out.Displayed, show(out))
		}
	}
}

// TestFramePlot draws from data frames, as pandas does with the backend that it takes for matplotlib.
func TestFramePlot(t *testing.T) {
	if !slices.Contains(engine.Packages(), "pandas") {
		t.Skip("this runtime has no pandas")
	}
	s := openPyplot(t)
	for _, c := range []struct{ code, want string }{
		{"import pandas as pd\ndf = pd.DataFrame({'sales': [1, 2, 3], 'costs': [3.5, 2, 1], 'who': ['a', 'b', 'c']}, index=pd.Index([2020, 2021, 2022], name='year'))\n" +
			"def kinds(ax):\n  f = ax.figure if hasattr(ax, 'figure') else ax.flat[0].figure\n  return [(t['type'], t.get('name')) for t in f.to_plotly_json()['data']]\n" +
			"kinds(df.plot())", "[('scatter', 'sales'), ('scatter', 'costs')]"},
		{"kinds(df.plot(kind='bar', stacked=True, title='T'))", "[('bar', 'sales'), ('bar', 'costs')]"},
		{"kinds(df.plot.barh(x='who', y='sales'))", "[('bar', 'sales')]"},
		{"kinds(df.plot.scatter(x='sales', y='costs', c='sales'))", "[('scatter', None)]"},
		{"kinds(df['sales'].plot(kind='hist', bins=3))", "[('bar', 'sales')]"},
		{"kinds(df.plot.box())", "[('box', 'sales'), ('box', 'costs')]"},
		{"kinds(df.plot.area())", "[('scatter', 'sales'), ('scatter', 'costs')]"},
		{"kinds(df.set_index('who')['sales'].plot.pie(autopct='%d'))", "[('pie', None)]"},
		{"kinds(df.hist())", "[('bar', None), ('bar', None)]"},
		{"kinds(df.boxplot(column='sales', by='who'))", "[('box', 'a'), ('box', 'b'), ('box', 'c')]"},
		{"kinds(df.plot(subplots=True))", "[('scatter', 'sales'), ('scatter', 'costs')]"},
		{"kinds(pd.Series([1, 2], index=pd.to_datetime(['2024-01-01', '2024-01-02'])).plot())", "[('scatter', None)]"},
		{"kinds(df.groupby('who')['sales'].sum().plot(kind='bar', color='steelblue'))", "[('bar', 'sales')]"},
		{"df.plot(kind='kde')", "use kind='hist', or plotly.express"},
		{"df.to_excel('t.xlsx')\npd.read_excel('t.xlsx', index_col=0).equals(df)", "True"},
		{"import altair as alt\nalt.Chart(df).mark_bar().encode(x='who', y='sales').to_dict()['mark']", "{'type': 'bar'}"},
		{"import plotly.express as px\nlen(px.line(df.reset_index(), x='year', y=['sales', 'costs']).data)", "2"},
	} {
		if got := show(run(t, s, c.code)); !strings.Contains(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}
