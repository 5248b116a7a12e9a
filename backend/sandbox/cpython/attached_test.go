package cpython_test

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"sandglass/backend/sandbox"
)

// TestAttached: pandas reads Parquet and Feather files that are attached, with the types that it had when it wrote them.
func TestAttached(t *testing.T) {
	file := func(name, variable string) sandbox.File {
		path := "../../tables/testdata/" + name
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return sandbox.File{Name: name, Var: variable, Size: st.Size(), Open: func() (io.ReadSeekCloser, error) { return os.Open(path) }}
	}
	text := sandbox.File{Name: "text.csv", Var: "text", Open: func() (io.ReadSeekCloser, error) { return nopCloser{strings.NewReader("a,b\n1,2\n")}, nil }}
	cfg := sandbox.Config{
		Imports: []string{"*"},
		Files:   []sandbox.File{file("mixed.zstd.parquet", "p"), file("mixed.arrow", "f"), file("nullable.impala.parquet", "nested"), file("num_values_exceeds_data.parquet", "odd"), file("negative_page_size.parquet", "bad"), text},
	}
	s := open(t, cfg, nil)
	first := run(t, s, "import pandas as pd, numpy as np\nd = pd.read_parquet(p)\nd.shape")
	if got := show(first); got != "(5, 18)" {
		t.Fatal(got)
	}
	for _, c := range []struct{ code, want string }{
		{"pd.testing.assert_frame_equal(d, pd.read_feather(f)); 1", "1"},
		{"' '.join(map(str, d.dtypes))", "'int64 float64 UInt8 float64 float32 object object bool datetime64[us] datetime64[us, Europe/Berlin] object object object category object object object object'"},
		{"d.index.tolist(), d.index.name", "(['k1', 'k2', 'k3', 'k4', 'k5'], 'the key')"},
		{"d.name.tolist()", `['ä', None, '', '日本語 🙂', 'a "b"\n']`},
		{"d.there.iloc[0], d['at'].isna().sum(), d.price.sum()", "(Timestamp('2024-03-31 03:30:00+0200', tz='Europe/Berlin'), 1, Decimal('10000012.28'))"},
		{"d.day.iloc[0], d.hour.iloc[3], d.ok.tolist()", "(datetime.date(2024, 2, 29), datetime.time(23, 59, 59, 999999), [True, None, False, True, False])"},
		{"list(d.kind.cat.categories), d.kind.isna().sum(), d.blob.iloc[0]", "(['b', 'a', 'c'], 1, b'\\x00\\xff')"},
		{"d.list.iloc[0], d.words.iloc[0].tolist(), d.point.iloc[0], d.list.iloc[1]", "(array([1, 2], dtype=int32), ['a', None], {'x': 1, 's': 'a'}, None)"},
		{"list(pd.read_parquet(p, columns=['x', 'id']).columns)", "['x', 'id']"},
		{"pd.read_parquet(p, columns=['id'], filters=[('small', '>', 1), ('name', '!=', '')]).id.tolist()", "[4, 9007199254740993]"},
		{"pd.read_parquet(p, columns=['n', 'ok', 'name'], dtype_backend='numpy_nullable').dtypes.astype(str).tolist()", "['Int32', 'boolean', 'string']"},
		{"import pathlib; len(pd.read_parquet(pathlib.Path(p))), len(pd.read_parquet(open(p, 'rb')))", "(5, 5)"},
		{"pd.read_parquet(nested).int_map.iloc[0], pd.read_parquet(nested, columns='id').id.sum()", "([('k1', 1), ('k2', 100)], 28)"},
		{"open(p, 'rb').read(4), sorted(__import__('os').listdir('/input'))[:2]", "(b'PAR1', ['mixed.arrow', 'mixed.zstd.parquet'])"},
		{"len(pd.read_parquet(bad, columns=['name']))", "500"},
		{"pd.read_parquet(bad)", `ValueError: column "id": The Parquet file cannot be read: it is damaged or not complete`},
		{"pd.read_parquet(p, columns=['nope'])", "ValueError: /input/mixed.zstd.parquet has no column 'nope'; it has: 'id', 'n',"},
		{"pd.read_parquet(text)", "ValueError: /input/text.csv is neither a Parquet nor a Feather file"},
		{"pd.read_parquet('gone.parquet')", "FileNotFoundError: [Errno 44] No such file or directory: 'gone.parquet'"},
		// files that are not attached
		{"import io, shutil; shutil.copy(p, 'mine.parquet'); pd.testing.assert_frame_equal(d, pd.read_parquet('mine.parquet')); 1", "1"},
		{"shutil.copy(f, 'mine.arrow'); pd.testing.assert_frame_equal(d, pd.read_feather(pathlib.Path('mine.arrow'))); 1", "1"},
		{"d.equals(pd.read_parquet(io.BytesIO(open(p, 'rb').read()))), len(pd.read_feather(open('mine.arrow', 'rb'))), pd.read_parquet('/scratch/mine.parquet', columns=['id'], filters=[('small', '>', 1), ('name', '!=', '')]).id.tolist()", "(True, 5, [4, 9007199254740993])"},
		{"shutil.copy(bad, 'bad.parquet'); pd.read_parquet('bad.parquet')", `ValueError: column "id": The Parquet file cannot be read: it is damaged or not complete`},
		{"len(pd.read_parquet('bad.parquet', columns=['name']))", "500"},
		{"open('none.parquet', 'w').close(); pd.read_parquet('none.parquet')", "ValueError: none.parquet is neither a Parquet nor a Feather file"},
		{"pd.read_parquet(io.BytesIO(b'PAR1'))", "ValueError: The Parquet file cannot be read: it is damaged or not complete"},
		{"pd.read_parquet('/scratch')", "IsADirectoryError: [Errno 31] pd.read_parquet reads one file at a time, and this is a folder: '/scratch'"},
		{"d.to_feather('x.feather')", "NotImplementedError: to_feather does not work in the sandbox"},
		{"import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n    d.applymap(str)\nw[0].filename[:5], w[0].lineno", "('<step', 4)"},
		{"import pyarrow", "ModuleNotFoundError: No module named 'pyarrow': it is not part of the sandbox's Python, and nothing can be installed: pd.read_parquet and pd.read_feather read such files without it"},
	} {
		if got := show(run(t, s, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}

	// A state remembers nothing of tables: they are read again when the code does.
	st, err := s.Snapshot(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = engine.Restore(context.Background(), cfg, &host{}, []sandbox.State{st}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := show(run(t, s, "d.equals(pd.read_parquet(p)) and d.equals(pd.read_feather(f))")); got != "True" {
		t.Errorf("after a restore: %s", got)
	}
}
