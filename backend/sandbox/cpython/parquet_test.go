package cpython_test

import (
	"strings"
	"testing"

	"sandglass/backend/sandbox"
)

// TestToParquet: what pandas writes is read again as it was, by a reader that is not ours to agree with (package tables).
func TestToParquet(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	made := run(t, s, `import pandas as pd, numpy as np, io, datetime as dt
from decimal import Decimal as D
d = pd.DataFrame({
    "i": range(5), "u1": np.arange(5, dtype="u1"), "i2": -np.arange(5, dtype="i2"), "u8": np.array([2**63 + 1] * 5, "u8"), "f": [1.5, np.nan, 3, -np.inf, 5],
    "f4": np.arange(5, dtype="f4"), "b": [True, False, True, False, True], "s": ["a", None, "", "ä🙂", "a"], "by": [b"x", b"\0", None, b"", b"y"],
    "t": pd.to_datetime(["2024-01-01 01:02:03.123456789", None, "1950-01-01", "2024-03-31", "2024-01-01"], format="ISO8601"), "tz": pd.date_range("2024-03-30", periods=5, tz="Europe/Berlin"),
    "day": [dt.date(2024, 2, 29), None, dt.date(1900, 1, 1), dt.date(2000, 1, 1), dt.date(2000, 1, 2)], "time": [dt.time(1, 2, 3, 4), None, *[dt.time(0)] * 3],
    "dec": [D("1.25"), None, D("-1000000.1"), D(0), D("7")], "cat": pd.Categorical(["lo", "hi", None, "lo", "mid"], ["lo", "mid", "hi"], ordered=True), "num": pd.Categorical([3, 1, 3, None, 1], [3, 1]),
    "I": pd.array([1, None, 3, 4, 2**60], "Int64"), "B": pd.array([True, None, False, True, True], "boolean"), "S": pd.array(["x", None, "y", "x", "x"], "string"), "td": pd.to_timedelta([1, None, 3, 4, 5], unit="h"),
    "maybe": [True, None, False, True, False], "none": [None] * 5, "words": [["a", "b"], None, [], ["c", None], [""]], "array": [np.array([1.5]), np.array([]), None, np.array([2., 3.]), np.array([0.])],
})
def back(frame, **how):
    return pd.read_parquet(io.BytesIO(frame.to_parquet(**how)))
big = pd.DataFrame({"k": np.arange(1_100_000.)})
wide = pd.DataFrame({"s": np.tile(["aa", None, "bb", "c" * 9, "d", None, ""], 10_000), "l": [[1, 2], [], [3], None, [4]] * 14_000})
d.shape`)
	if got := show(made); got != "(5, 24)" {
		t.Fatal(got)
	}
	for _, c := range []struct{ code, want string }{
		{"pd.testing.assert_frame_equal(d, back(d)); pd.testing.assert_frame_equal(d, back(d, compression=None)); 1", "1"},
		{"d.to_parquet('x.parquet'); len(d.to_parquet()) == len(open('x.parquet', 'rb').read()), pd.read_parquet('x.parquet', columns=['s']).s.tolist()", "(True, ['a', None, '', 'ä🙂', 'a'])"},
		{"f = io.BytesIO(); d.to_parquet(f, engine='pyarrow', compression='zstd'); f.getvalue() == d.to_parquet()", "True"},
		// row groups, pages, dictionaries
		{"r = back(wide); back(big).equals(big), r.s.equals(wide.s), r.l.map(list, na_action='ignore').tolist() == wide.l.tolist()", "(True, True, True)"},
		// the index and names of columns
		{"back(d.set_index('s')[['i']]).index.tolist(), back(d.set_index('s')[['i']], index=False).index", "(['a', None, '', 'ä🙂', 'a'], RangeIndex(start=0, stop=5, step=1))"},
		{"x = pd.DataFrame([[1, 2.5]], pd.MultiIndex.from_tuples([('x', 1)], names=['p', None]), pd.MultiIndex.from_tuples([('a', 1), ('a', 2)])); back(x).equals(x), back(x).index.names", "(True, FrozenList(['p', None]))"},
		{"back(pd.DataFrame({1: [2]}, [5])).columns.tolist(), back(pd.DataFrame({'a': []})).shape, back(pd.DataFrame()).shape, back(d[['i']].iloc[1:3]).index", "([1], (0, 1), (0, 0), RangeIndex(start=1, stop=3, step=1))"},
		// what cannot be written says so, and leaves no file
		{"pd.DataFrame({'a': [1, 'x']}).to_parquet('y.parquet')", "TypeError: the column 'a' has values of different types, or of a type that to_parquet does not write here (int): make them texts, e.g. df['a'].map(json.dumps)"},
		{"pd.DataFrame({'a': [{'x': 1}]}).to_parquet('y.parquet')", "TypeError: the column 'a' has values of different types, or of a type that to_parquet does not write here (dict)"},
		{"pd.DataFrame({'a': [[[1]]]}).to_parquet('y.parquet')", "TypeError: the column 'a' has lists of lists"},
		{"pd.DataFrame({'a': [1j]}).to_parquet('y.parquet')", "TypeError: the column 'a' has the type complex128"},
		{"pd.DataFrame({'a': pd.period_range('2024', periods=1, freq='D')}).to_parquet('y.parquet')", "TypeError: the column 'a' has the type period[D]"},
		{"pd.DataFrame([[1, 2]], columns=['a', 'a']).to_parquet('y.parquet')", "ValueError: Duplicate column names found: ['a', 'a']"},
		{"d.to_parquet('y.parquet', engine='foo')", "ValueError: engine must be one of"},
		{"d.to_parquet('y', partition_cols=['s'])", "NotImplementedError: to_parquet writes one file in the sandbox"},
		{"__import__('os').path.exists('y.parquet')", "False"},
	} {
		if got := show(run(t, s, c.code)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}
