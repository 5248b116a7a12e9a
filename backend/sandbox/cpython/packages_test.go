package cpython_test

import (
	"slices"
	"testing"

	"sandglass/backend/sandbox"
)

// TestPackages runs a small program of each pure Python package, all in one session.
func TestPackages(t *testing.T) {
	packages := engine.Packages()
	if !slices.Contains(packages, "plotly") {
		t.Fatal("the Python runtime has no packages: run `make runtime` first")
	}
	s := open(t, sandbox.Config{Imports: append(sandbox.DefaultImports(), packages...)}, nil)
	for _, c := range []struct{ code, want string }{
		{"import plotly.graph_objects as go\nf = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))\nf.update_layout(title='T')\nf.to_plotly_json()['data'], f.layout.title.text",
			"([{'x': [1, 2], 'y': [3, 4], 'type': 'scatter'}], 'T')"},
		{"try:\n  go.Bar(colour=1)\nexcept ValueError as e:\n  r = 'Did you mean' in str(e)\nr", "True"},
		{"import plotly.io as pio\npio.templates['plotly_dark'].layout.paper_bgcolor", "'rgb(17,17,17)'"},
		{"f.write_html('f.html')\nt = open('f.html').read()\n'Plotly.newPlot' in t, len(t) > 8e6", "(True, True)"},
		{"from plotly.subplots import make_subplots\nmake_subplots(rows=2, cols=2).layout.yaxis4.anchor", "'x4'"},
		{"import networkx as nx\ng = nx.Graph([(1, 2), (2, 3), (1, 4), (4, 5), (5, 3)])\nnx.shortest_path(g, 1, 3), nx.number_connected_components(g)", "([1, 2, 3], 1)"},
		{"import sympy as sp\nx = sp.symbols('x')\nsp.integrate(sp.sin(x)**2, x), sp.solve(x**2 - 2, x), sp.latex(sp.sqrt(x)), sp.N(sp.pi, 20)",
			"(x/2 - sin(x)*cos(x)/2, [-sqrt(2), sqrt(2)], '\\\\sqrt{x}', 3.1415926535897932385)"},
		{"import mpmath\nmpmath.mp.dps = 30\nmpmath.nstr(mpmath.zeta(2), 25)", "'1.644934066848226436472415'"},
		{"import openpyxl\nb = openpyxl.Workbook()\nb.active.append(['a', 1.5, True])\nb.active['B2'] = '=B1*2'\nb.save('a.xlsx')\nw = openpyxl.load_workbook('a.xlsx').active\n[c.value for c in w[1]], w['B2'].value",
			"(['a', 1.5, True], '=B1*2')"},
		{"import xlsxwriter\nb = xlsxwriter.Workbook('b.xlsx')\nb.add_worksheet().write('A1', 'x')\nb.close()\nopenpyxl.load_workbook('b.xlsx').active['A1'].value", "'x'"},
		{"import xlrd\ntry:\n  xlrd.open_workbook('b.xlsx')\nexcept xlrd.XLRDError as e:\n  r = str(e)\nr", "'Excel xlsx file; not supported'"},
		{"import pypdf\nw = pypdf.PdfWriter()\nw.add_blank_page(72, 72)\nw.write('a.pdf')\nlen(pypdf.PdfReader('a.pdf').pages)", "1"},
		{"from bs4 import BeautifulSoup\n[BeautifulSoup('<p>a<b>c</b><p>d', k).select('p > b')[0].text for k in ('html.parser', 'html5lib')]", "['c', 'c']"},
		{"import requests, urllib3\nrequests.Request('GET', 'https://example.org/', params={'q': 'ü'}).prepare().url", "'https://example.org/?q=%C3%BC'"},
		{"import charset_normalizer\ncharset_normalizer.from_bytes('Grüße aus Köln, größer und schöner'.encode('cp1252')).best().encoding.startswith('cp')", "True"},
		{"from tabulate import tabulate\ntabulate([[1, 'a'], [22, 'b']], headers=['n', 's'], tablefmt='github').splitlines()[0]", "'|   n | s   |'"},
		{"import jinja2\njinja2.Environment(autoescape=True).from_string('{% for x in xs %}{{ x }};{% endfor %}').render(xs=[1, '<'])", "'1;&lt;;'"},
		{"import dateutil.parser, dateutil.tz, dateutil.relativedelta, datetime\nd = dateutil.parser.parse('3 Jan 2024 10:00')\n(d + dateutil.relativedelta.relativedelta(months=2)).isoformat(), dateutil.tz.gettz('Europe/Berlin').utcoffset(datetime.datetime(2024, 7, 1)).seconds, dateutil.tz.gettz('No/Where')",
			"('2024-03-03T10:00:00', 7200, None)"},
		{"import pytz\npytz.timezone('America/New_York').localize(datetime.datetime(2024, 7, 1)).isoformat(), 'Europe/Paris' in pytz.common_timezones, pytz.utc.zone", "('2024-07-01T00:00:00-04:00', True, 'UTC')"},
		{"import yaml\nyaml.safe_load('a: [1, 2]\\nb: {c: 2024-01-02}'), yaml.safe_dump({'x': ['é']}, allow_unicode=True)", "({'a': [1, 2], 'b': {'c': datetime.date(2024, 1, 2)}}, 'x:\\n- é\\n')"},
		{"import jsonschema\ntry:\n  jsonschema.validate({'a': 'x'}, {'properties': {'a': {'type': 'number'}}})\nexcept jsonschema.ValidationError as e:\n  r = e.message\nr", "\"'x' is not of type 'number'\""},
		{"import six\nsix.text_type", "<class 'str'>"},
	} {
		if got := show(run(t, s, c.code)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
	// What only other packages need is not told, and works for them.
	if out := run(t, s, "import soupsieve"); out.Error == nil || out.Error.Type != "ImportError" {
		t.Errorf("soupsieve: %s", show(out))
	}
	for _, name := range packages {
		if name == "altair" { // needs pandas
			continue
		}
		if out := run(t, s, "import "+name); out.Error != nil {
			t.Errorf("import %s: %s", name, out.Error.Traceback)
		}
	}
}
