package cpython_test

import (
	"slices"
	"testing"

	"sandglass/backend/sandbox"
)

// openPandas opens a session of an agent that may import what the runtime brings.
func openPandas(t *testing.T) sandbox.Session {
	t.Helper()
	if !slices.Contains(engine.Packages(), "pandas") {
		t.Fatal("the Python runtime has no pandas: run `make runtime` first")
	}
	s := open(t, sandbox.Config{Imports: append(sandbox.DefaultImports(), engine.Packages()...)}, nil)
	out := run(t, s, `import io, numpy as np, pandas as pd
df = pd.DataFrame({'g': ['a', 'b', 'a', 'c'], 'x': [1, 2, 3, 4], 'y': [1.5, None, 2.5, 4.0]})
sales = pd.DataFrame({'shop': ['N', 'N', 'S', 'S'], 'year': [2023, 2024, 2023, 2024], 'n': [10, 20, 30, 40]})
days = pd.Series(range(6), pd.date_range('2024-02-27', periods=6, freq='D'))`)
	if out.Error != nil {
		t.Fatal(show(out))
	}
	return s
}

// TestPandas goes through what agents do with tables, in one session. The first column reads as Python code does.
func TestPandas(t *testing.T) {
	s := openPandas(t)
	for _, c := range []struct{ code, want string }{
		{"pd.__version__, df.dtypes.astype(str).tolist(), df.shape", "('2.2.3', ['object', 'int64', 'float64'], (4, 3))"},
		{"n = pd.array([1, 2, None], dtype='Int64'); n.mean(), n.std(), pd.DataFrame({'n': n}).mean().tolist(), n.sum(), pd.array([0.5, None], dtype='Float64').var(ddof=0)", "(1.5, 0.7071067811865476, [1.5], 3, 0.0)"},
		{"df.groupby('g').x.agg([np.mean, np.std, 'mean']).loc['a'].round(3).tolist(), df.x.agg(np.mean)", "([2.0, 1.414, 2.0], 2.5)"},
		// choosing and computing
		{"df[df.x > 1].g.tolist(), df.loc[2, 'y'], df.iloc[-1].x, df.query('x < 3 and g == \"a\"').index.tolist()", "(['b', 'a', 'c'], 2.5, 4, [0])"},
		{"df.y.fillna(0).tolist(), df.y.isna().sum(), df.dropna().shape, df.y.interpolate().tolist()", "([1.5, 0.0, 2.5, 4.0], 1, (3, 3), [1.5, 2.0, 2.5, 4.0])"},
		{"df.assign(z=df.x * 10**10).z.sum(), df.x.cumsum().tolist(), df.x.rolling(2).mean().tolist()[1:], df.x.pct_change().round(2).tolist()[1:]", "(100000000000, [1, 3, 6, 10], [1.5, 2.5, 3.5], [1.0, 0.5, 0.33])"},
		{"df.describe().loc['mean'].tolist(), df.x.quantile(0.25), df.x.corr(df.y).round(3), df.x.std().round(4)", "([2.5, 2.6666666666666665], 1.75, 0.954, 1.291)"},
		{"df.sort_values(['g', 'x'], ascending=[False, True]).x.tolist(), df.nlargest(2, 'x').x.tolist(), df.x.rank().tolist()", "([4, 2, 1, 3], [4, 3], [1.0, 2.0, 3.0, 4.0])"},
		{"df.g.value_counts().to_dict(), df.g.unique().tolist(), df.g.nunique(), df.g.map({'a': 1}).tolist()[0], df.x.apply(lambda v: v ** 2).tolist()", "({'a': 2, 'b': 1, 'c': 1}, ['a', 'b', 'c'], 3, 1.0, [1, 4, 9, 16])"},
		{"df.g.str.upper().tolist(), pd.Series(['a-1', 'b-2']).str.extract(r'(\\w)-(\\d)').values.tolist(), df.g.str.contains('a').sum()", "(['A', 'B', 'A', 'C'], [['a', '1'], ['b', '2']], 2)"},
		{"df.eval('x + y').tolist()[0], df.clip(lower=2, upper=3, axis=0) if False else df.x.clip(2, 3).tolist(), df.x.where(df.x > 2, 0).tolist(), df.drop_duplicates('g').x.tolist()", "(2.5, [2, 2, 3, 3], [0, 0, 3, 4], [1, 2, 4])"},
		// grouping and reshaping
		{"df.groupby('g').x.sum().to_dict(), df.groupby('g').agg(n=('x', 'size'), m=('y', 'mean')).values.tolist()", "({'a': 4, 'b': 2, 'c': 4}, [[2.0, 2.0], [1.0, nan], [1.0, 4.0]])"},
		{"df.groupby('g').x.transform('mean').tolist(), df.groupby('g').apply(lambda d: d.x.max(), include_groups=False).tolist(), df.groupby('g', as_index=False).x.max().shape", "([2.0, 2.0, 2.0, 4.0], [3, 2, 4], (3, 2))"},
		{"df.merge(pd.DataFrame({'g': ['a', 'd'], 'w': [9, 8]}), on='g', how='outer').w.tolist(), df.merge(sales, left_on='x', right_index=True).n.tolist()", "([9.0, 9.0, nan, nan, 8.0], [20, 30, 40])"},
		{"pd.concat([df, df], ignore_index=True).shape, pd.concat([df.x, df.y], axis=1).shape, df.set_index('g').join(pd.Series({'a': 7}, name='k')).k.tolist()", "((8, 3), (4, 2), [7.0, nan, 7.0, nan])"},
		{"sales.pivot(index='shop', columns='year', values='n').values.tolist(), sales.melt('shop').shape, sales.set_index(['shop', 'year']).unstack().values.tolist()", "([[10, 20], [30, 40]], (8, 3), [[10, 20], [30, 40]])"},
		{"sales.pivot_table(index='shop', columns='year', values='n', aggfunc='sum', margins=True).values.tolist()", "[[10, 20, 30], [30, 40, 70], [40, 60, 100]]"},
		{"pd.crosstab(df.g, df.x > 2).values.tolist(), pd.crosstab(df.g, df.x > 2, margins=True).shape, pd.get_dummies(df.g).shape", "([[1, 1], [1, 0], [0, 1]], (4, 3), (4, 3))"},
		{"c = df.g.astype('category'); c.cat.categories.tolist(), c.cat.codes.tolist(), c.dtype == 'category', df.assign(g=c).groupby('g', observed=True).x.sum().tolist()", "(['a', 'b', 'c'], [0, 1, 0, 2], True, [4, 2, 4])"},
		{"pd.cut(df.x, [0, 2, 4], labels=['low', 'high']).tolist(), pd.qcut(df.x, 2).cat.codes.tolist(), pd.cut(df.x, 2).value_counts().tolist()", "(['low', 'low', 'high', 'high'], [0, 0, 1, 1], [2, 2])"},
		{"pd.array([1, None, 3], dtype='Int64').sum(), pd.Series(['a', None], dtype='string').isna().tolist(), pd.Series([True, None], dtype='boolean').sum(), df.convert_dtypes().dtypes.astype(str).tolist()", "(4, [False, True], 1, ['string', 'Int64', 'Float64'])"},
		{"pd.Series([1, 2]).dtype == pd.CategoricalDtype(), np.dtype('int64') == pd.Int64Dtype(), pd.MultiIndex.from_product([[1, 2], ['a', 'b']]).shape, df.T.shape, df.stack().shape, df.explode('g').shape", "(False, False, (4,), (3, 4), (11,), (4, 3))"},
		// time
		{"days.resample('ME').sum().tolist(), days['2024-02'].size, days.index.day_name()[2], days.shift(1).tolist()[1:3], days.rolling('2D').sum().tolist()", "([3, 12], 3, 'Thursday', [0.0, 1.0], [0.0, 1.0, 3.0, 5.0, 7.0, 9.0])"},
		{"pd.to_datetime(['2024-03-31 01:30', '2024-03-31 03:30']).tz_localize('Europe/Berlin').tz_convert('UTC').strftime('%H:%M').tolist()", "['00:30', '01:30']"},
		{"pd.to_datetime('2024-07-01T12:00+02:00', utc=True).tz_convert('America/New_York').isoformat(), pd.to_datetime('1 Feb 2024').date(), pd.to_datetime(['31/12/2023'], dayfirst=True)[0].month", "('2024-07-01T06:00:00-04:00', datetime.date(2024, 2, 1), 12)"},
		{"pd.to_datetime(['2024-01-01', 'bad'], errors='coerce').isna().tolist(), pd.Timestamp('2024-02-28') + pd.offsets.BDay(2), (pd.Timestamp('2024-03-01') - pd.Timestamp('2024-02-01')).days", "([False, True], Timestamp('2024-03-01 00:00:00'), 29)"},
		{"pd.Period('2024-01', 'M').strftime('%Y 年 é'), pd.Timestamp('2024-01-01').strftime('%Y é')", "('2024 年 é', '2024 é')"},
		{"pd.Timestamp(2**31 * 10**9).year, pd.Period('2024Q1').end_time.date(), pd.Timedelta('1h30min').total_seconds(), pd.date_range('2024', periods=2, freq='QS').strftime('%m').tolist()", "(2038, datetime.date(2024, 3, 31), 5400.0, ['01', '04'])"},
		{"df.assign(t=pd.to_datetime('2024-01-01')).groupby(pd.Grouper(key='t', freq='D')).x.sum().tolist(), pd.merge_asof(pd.DataFrame({'t': [5]}), pd.DataFrame({'t': [3, 6], 'v': [1, 2]}), on='t').v[0]", "([10], 1)"},
		// files
		{"pd.read_csv(io.StringIO('a,b\\n1,x\\n3,'), dtype={'b': 'string'}).a.sum(), pd.read_csv(io.StringIO('d;v\\n01.02.2024;1,5'), sep=';', decimal=',', parse_dates=['d'], dayfirst=True).values.tolist()", "(4, [[Timestamp('2024-02-01 00:00:00'), 1.5]])"},
		{"df.to_csv(index=False).splitlines()[1], df.to_csv('t.csv'), pd.read_csv('t.csv', index_col=0).equals(df), pd.read_csv('t.csv', chunksize=3).get_chunk().shape", "('a,1,1.5', None, True, (3, 4))"},
		{"pd.read_json(io.StringIO('[{\"a\": 1, \"b\": \"x\"}, {\"a\": 2, \"b\": null}]')).a.tolist(), pd.read_json(io.StringIO(df.to_json())).equals(df), df.to_json(orient='records')[:28]", `([1, 2], True, '[{"g":"a","x":1,"y":1.5},{"g')`},
		{"pd.json_normalize([{'a': {'b': 2**40}}])['a.b'][0], df.to_dict('records')[1]['g'], df.to_pickle('p'), pd.read_pickle('p').equals(df), len(df.to_html()) > 300", "(1099511627776, 'b', None, True, True)"},
		{"import sqlite3; db = sqlite3.connect(':memory:'); df.to_sql('t', db, index=False), pd.read_sql('select sum(x) s from t', db).s[0]", "(4, 10)"},
		{"df.to_excel('t.xlsx', index=False), pd.read_excel('t.xlsx').equals(df), pd.read_html(io.StringIO(df.to_html(index=False)), flavor='bs4')[0].shape", "(None, True, (4, 3))"},
		// as text
		{"df", "   g  x    y\n0  a  1  1.5\n1  b  2  NaN\n2  a  3  2.5\n3  c  4  4.0"},
		{"df.to_markdown(index=False).splitlines()[2], df.head(1).to_string(index=False), repr(df.x.head(2))", `('| a   |   1 |   1.5 |', 'g  x   y\na  1 1.5', '0    1\n1    2\nName: x, dtype: int64')`},
		// errors
		{"df['z']", "KeyError: 'z' (line 1)"},
		{"pd.Series(['x']).astype(int)", "ValueError: invalid literal for int() with base 10: 'x' (line 1)"},
		{"df.merge(sales, on='nothing')", "KeyError: 'nothing' (line 1)"},
	} {
		if got := show(run(t, s, c.code)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}
