package cpython_test

import (
	"slices"
	"strings"
	"testing"

	"sandglass/backend/sandbox"
)

// openNumpy opens a session of an agent that may import numpy.
func openNumpy(t *testing.T) sandbox.Session {
	t.Helper()
	if !slices.Contains(engine.Packages(), "numpy") {
		t.Fatal("the Python runtime has no numpy: run `make runtime` first")
	}
	s := open(t, sandbox.Config{Imports: withNumpy()}, nil)
	if out := run(t, s, "import io, numpy as np"); out.Error != nil {
		t.Fatal(show(out))
	}
	return s
}

func TestNumpy(t *testing.T) {
	s := openNumpy(t)
	for _, c := range []struct{ code, want string }{
		{"np.__version__", "'1.19.5'"},
		// arithmetic, broadcasting, reductions
		{"np.arange(6).reshape(2, 3) * np.array([1, 10, 100])", "array([[  0,  10, 200],\n       [  3,  40, 500]])"},
		{"(np.ones((2, 1), np.float32) / 3).sum()", "0.6666667"},
		{"np.array([7, -7]) // 2, np.array([7, -7]) % 3, np.array([2.5, 3.5]).round().tolist()", "(array([ 3, -4]), array([1, 2]), [2.0, 4.0])"},
		{"a = np.arange(12.).reshape(3, 4); a[a > 5].sum(), a.mean(axis=0).tolist(), a.std().round(6), a.T.shape", "(51.0, [4.0, 5.0, 6.0, 7.0], 3.452053, (4, 3))"},
		{"np.int32(2**31 - 1) + np.int64(1), np.uint8(200) + np.uint8(55), np.iinfo(np.int64).max", "(2147483648, 255, 9223372036854775807)"},
		{"np.einsum('ij,jk->ik', np.eye(2), [[1, 2], [3, 4]]).tolist(), np.vdot([1j, 2], [1j, 2])", "([[1.0, 2.0], [3.0, 4.0]], (5+0j))"},
		{"np.percentile([1, 2, 3, 4], 75), np.median([3, 1, 2]), np.corrcoef([1, 2, 3], [2, 4, 6])[0, 1].round(9)", "(3.25, 2.0, 1.0)"},
		{"np.histogram([1, 2, 2, 9], bins=2), np.bincount([0, 2, 2]).tolist()", "((array([3, 1]), array([1., 5., 9.])), [1, 0, 2])"},
		{"np.sqrt(np.array([4, -1 + 0j])).tolist(), np.exp(1j * np.pi).real, np.cbrt(27.0), np.log1p(1e-20)", "([(2+0j), 1j], -1.0, 3.0, 1e-20)"},
		{"np.finfo(np.longdouble).nmant, np.isnan(np.nan), np.float64('inf') > 1e308", "(112, True, True)"},
		{"np.fromstring('9223372036854775807 -5', sep=' ', dtype=int).tolist(), np.fromstring('1,2,x', dtype='u8', sep=',', count=2).tolist(), np.fromstring('1.5 2', sep=' ').tolist()", "([9223372036854775807, -5], [1, 2], [1.5, 2.0])"},
		{"w = np.array([[True, False], [True, True]]); a = np.array([[1, 9], [3, 5]]); np.mean(a, where=w), np.mean(a, axis=0, where=w).tolist(), np.std(a, axis=1, where=w, ddof=0).tolist(), np.var([1., 2, 4], where=[True, True, False], ddof=1)", "(3.0, [2.0, 5.0], [0.0, 1.0], 0.5)"},
		{"np.array([1., -1, 0]) // 0, np.divmod(1., 0.), np.float32(7) // 0, np.array([True, False]).any(where=[False, True])", "(array([ inf, -inf,  nan]), (inf, nan), inf, False)"},
		{"np.array([np.timedelta64('NaT'), 1.5]).dtype.name, np.promote_types('m8', 'i8').name, np.int64 == 'Int64', np.dtype('int64') == 'Int64'", "('object', 'timedelta64', False, False)"},
		{"np.unique_counts([1, 1, 2]).counts.tolist(), np.cumulative_sum([1, 2], include_initial=True).tolist(), np.pow(2, 3), np.isdtype(np.int8, 'integral'), np.bool is np.bool_, np.long(2**40)", "([2, 1], [0, 1, 3], 8, True, True, 1099511627776)"},
		{"[np.quantile([1, 2, 3, 4, 10], 0.4, method=m).round(3) for m in ('linear', 'hazen', 'weibull', 'median_unbiased', 'normal_unbiased', 'interpolated_inverted_cdf', 'inverted_cdf', 'lower')]", "[2.6, 2.5, 2.4, 2.467, 2.475, 2.0, 2, 2]"},
		// linear algebra
		{"np.linalg.solve([[3., 1], [1, 2]], [9, 8]).round(12).tolist()", "[2.0, 3.0]"},
		{"np.linalg.inv([[4., 7], [2, 6]]).round(12).tolist()", "[[0.6, -0.7], [-0.2, 0.4]]"},
		{"u, d, v = np.linalg.svd([[3., 0], [4, 5]]); d.round(6).tolist(), np.allclose(u @ np.diag(d) @ v, [[3, 0], [4, 5]])", "([6.708204, 2.236068], True)"},
		{"np.linalg.det(np.diag([2., 3, 4])).round(9), np.linalg.norm([3, 4]), np.linalg.eigvalsh([[2, 1], [1, 2]]).round(9).tolist()", "(24.0, 5.0, [1.0, 3.0])"},
		{"np.linalg.lstsq([[0., 1], [1, 1], [2, 1]], [1., 3, 5], rcond=None)[0].round(9).tolist(), np.polyfit([0, 1, 2], [3, 6, 11], 2).round(9).tolist()", "([2.0, 1.0], [1.0, 2.0, 3.0])"},
		{"m = np.random.RandomState(1).rand(60, 60); np.allclose(m @ np.linalg.inv(m), np.eye(60))", "True"},
		// Fourier
		{"np.fft.fft([1, 2, 3, 4]).tolist()", "[(10+0j), (-2+2j), (-2+0j), (-2-2j)]"},
		{"x = np.arange(1000.) % 7; np.allclose(np.fft.irfft(np.fft.rfft(x)), x)", "True"},
		// random numbers are those of every other numpy 1.19
		{"np.random.seed(42); np.random.rand(), np.random.randint(0, 10)", "(0.3745401188473625, 7)"},
		{"np.random.seed(0); np.random.randint(0, 10, 5).tolist(), np.random.RandomState(0).randn()", "([5, 0, 3, 3, 7], 1.764052345967664)"},
		{"np.random.default_rng(42).random(), np.random.default_rng(42).integers(0, 10, 10).tolist()", "(0.7739560485559633, [0, 7, 6, 4, 4, 8, 0, 6, 2, 0])"},
		{"sorted(np.random.default_rng(3).choice(10, 10, replace=False).tolist()) == list(range(10)), abs(np.random.default_rng(1).normal(size=10_000).mean()) < 0.05", "(True, True)"},
		// sorting and sets
		{"a = np.array([3, 1, 2]); np.sort(a).tolist(), np.argsort(a).tolist(), np.sort(np.array(['b', 'a'])).tolist(), np.searchsorted([1, 3, 5], 4)", "([1, 2, 3], [1, 2, 0], ['a', 'b'], 2)"},
		{"np.sort(np.array([2.5, np.nan, 1])).tolist()[:2], np.sort(np.array([2j, 1])).tolist(), np.sort(np.array(['x', None, 'a'], object)[::2]).tolist()", "([1.0, 2.5], [2j, (1+0j)], ['a', 'x'])"},
		{"all((np.diff(np.sort(np.random.RandomState(0).randint(0, 99, 5000).astype(t), kind=k).astype(float)) >= 0).all() for t in 'bhilqBHILQefdg' for k in ('quick', 'heap', 'stable'))", "True"},
		{"np.unique([3, 1, 3], return_counts=True), np.in1d([1, 5], [5]).tolist(), np.partition([3, 1, 2], 1)[1]", "((array([1, 3]), array([1, 2])), [False, True], 2)"},
		// types
		{"np.dtype('<i4').name, np.dtype('float32').itemsize, np.dtype('U5').str, np.dtype(int).name, np.dtype('datetime64[D]').str", "('int32', 4, '<U5', 'int64', '<M8[D]')"},
		{"r = np.array([('Ann', 31), ('Bob', 27)], dtype=[('name', 'U10'), ('age', 'i4')]); r['age'].mean(), np.sort(r, order='age')['name'].tolist(), r.dtype.names", "(29.0, ['Bob', 'Ann'], ('name', 'age'))"},
		{"r[0]", "('Ann', 31)"}, {"r.view(np.recarray).name.tolist()", "['Ann', 'Bob']"},
		{"np.datetime64('2024-03-01') - np.datetime64('2024-02-01'), np.arange('2024-02', '2024-03', dtype='datetime64[D]').size", "(numpy.timedelta64(29,'D'), 29)"},
		{"np.char.upper(np.array(['a', 'b'])).tolist(), np.array(['a', 'bc']).astype('S').tolist(), np.array(['1.5', '2']).astype(float).sum()", "(['A', 'B'], [b'a', b'bc'], 3.5)"},
		{"a = np.zeros((2, 3)); a.flags.c_contiguous, a.T.flags['F'], a.flags.writeable, a.flags.num, a.strides, a.nbytes", "(True, True, True, 1285, (24, 8), 48)"},
		{"np.full(3, 7).tolist(), np.full(2, 'x').tolist(), np.full(2, None, object).tolist(), np.where([True, False], 1, 2).tolist()", "([7, 7, 7], ['x', 'x'], [None, None], [1, 2])"},
		{"np.ma.array([1, 2, 3], mask=[0, 1, 0]).mean(), hash(np.float64(1.5)) == hash(1.5), {np.int32(1): 2}[1]", "(2.0, True, 2)"},
		{"[hash(t(n)) == hash(n) for t, n in ((np.int32, 2**31 - 1), (np.int32, -(2**31)), (np.int32, -1), (np.uint32, 2**32 - 1), (np.int64, 2**40))]", "[True, True, True, True, True]"},
		{"np.vectorize(lambda x: x + 1)([1, 2]).tolist(), np.frompyfunc(max, 2, 1)([1, 5], 3).tolist(), np.apply_along_axis(sum, 0, [[1, 2], [3, 4]]).tolist()", "([2, 3], [3, 5], [4, 6])"},
		// files
		{"f = io.BytesIO(); np.save(f, np.arange(3)); f.seek(0); np.load(f).tolist()", "[0, 1, 2]"},
		{"np.savez_compressed('a.npz', x=np.eye(2), y=[1]); z = np.load('a.npz'); z['x'].sum(), z.files", "(2.0, ['x', 'y'])"},
		{"np.savetxt('t.csv', [[1.5, 2], [3, 4]], delimiter=',', fmt='%g'); np.loadtxt('t.csv', delimiter=',').tolist(), np.genfromtxt(['1,2', '3,'], delimiter=',').tolist()[0]", "([[1.5, 2.0], [3.0, 4.0]], [1.0, 2.0])"},
		{"np.frombuffer(np.arange(3, dtype='i2').tobytes(), 'i2').tolist(), memoryview(np.zeros((2, 2))).shape", "([0, 1, 2], (2, 2))"},
		{"a = np.arange(3.); a.tofile('a.bin'); f = open('b.bin', 'wb'); f.write(b'head'); a.tofile(f); f.write(b'tail'); f.close(); f = open('b.bin', 'rb'); f.read(4), np.fromfile(f, count=3).tolist(), f.read(), np.fromfile('a.bin').tolist()", "(b'head', [0.0, 1.0, 2.0], b'tail', [0.0, 1.0, 2.0])"},
		{"a.tofile('a.txt', sep=' '); open('a.txt').read(), np.fromfile('a.txt', sep=' ').tolist(), np.fromfile('a.bin', offset=8).tolist()", "('0.0 1.0 2.0', [0.0, 1.0, 2.0], [1.0, 2.0])"},
		// as text
		{"np.array([1e-10, 1, 1e10])", "array([1.e-10, 1.e+00, 1.e+10])"}, {"np.array([0.1, 1/3])", "array([0.1       , 0.33333333])"},
		{"str(np.arange(2000)), repr(np.array([True, None])), str(np.longdouble(1) / 3)", "('[   0    1    2 ... 1997 1998 1999]', 'array([True, None], dtype=object)', '0.3333333333333333333333333333333333')"},
	} {
		if got := show(run(t, s, c.code)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}

// TestNumpyErrors: what goes wrong in numpy's C must read like any other error of the step.
func TestNumpyErrors(t *testing.T) {
	s := openNumpy(t)
	for _, c := range []struct{ code, want string }{
		{"x = 1\nnp.ones(3) + np.ones(4)", "ValueError: operands could not be broadcast together with shapes (3,) (4,)  (line 2)"},
		{"np.arange(3)[5]", "IndexError: index 5 is out of bounds for axis 0 with size 3 (line 1)"},
		{"np.linalg.inv(np.zeros((2, 2)))", "LinAlgError: Singular matrix (line 1)"},
		{"np.zeros(3).foo", "AttributeError: 'numpy.ndarray' object has no attribute 'foo' (line 1)"},
		{"np.array(['a']).astype(int)", "ValueError: invalid literal for int() with base 10: 'a' (line 1)"},
		{"np.zeros(2).reshape(3)", "ValueError: cannot reshape array of size 2 into shape (3,) (line 1)"},
	} {
		if got := show(run(t, s, c.code)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
	out := run(t, s, "np.array([1, 2]) // 0")
	if show(out) != "array([0, 0])" || !strings.Contains(out.Stderr, "RuntimeWarning: divide by zero") {
		t.Errorf("integer division by zero gives %s and says %q", show(out), out.Stderr)
	}
	// What floats warn of is found from the values, in place or not, in arrays and numbers; and nothing is said without need.
	for _, c := range []struct{ code, want string }{
		{"np.array([1., -1]) / 0", "divide by zero"}, {"1 / np.float64(0)", "divide by zero"}, {"np.log(0)", "divide by zero"},
		{"np.array([0., 1]) / 0", "invalid value"}, {"np.log(-1)", "invalid value"}, {"np.sqrt([-1.])", "invalid value"}, {"np.array([np.inf]) - np.inf", "invalid value"},
		{"np.exp(1000)", "overflow"}, {"np.array([1e308] * 2).sum()", "overflow"}, {"a = np.array([1e308]); a *= 10", "overflow"}, {"np.float32(3e38) * np.float32(10)", "overflow"}, {"np.float16(6e4) + np.float16(6e4)", "overflow"},
		{"np.array([np.inf, np.nan, 1]) * 2 + np.sqrt([np.nan]), np.array([np.inf, 1]).sum(), np.inf / np.float64(0), np.nan // np.float64(0), np.exp(-1000), np.log(np.inf)", ""},
		{"with np.errstate(all='ignore'): np.log([-1, 0])", ""},
	} {
		out := run(t, s, c.code)
		if out.Error != nil || (c.want == "") != (out.Stderr == "") || c.want != "" && !strings.Contains(out.Stderr, "RuntimeWarning: "+c.want) {
			t.Errorf("%s gives %s and says %q, want %q", c.code, show(out), out.Stderr, c.want)
		}
	}
	if got := show(run(t, s, "with np.errstate(invalid='raise'): np.log([1, -1])")); !strings.HasPrefix(got, "FloatingPointError: invalid value encountered in log") {
		t.Error(got)
	}
	if out := run(t, s, "a = np.ones(2 * 10**8)"); out.Killed != "memory" {
		t.Errorf("1.5 GiB of 1 give %s", show(out))
	}
	if out := run(t, s, "try: np.ones(2 * 10**8)\nexcept MemoryError as e: print(e)"); !strings.Contains(out.Stdout, "1.49 GiB") {
		t.Errorf("1.5 GiB of 1, caught, give %s %q", show(out), out.Stdout)
	}
	if got := show(run(t, s, "np.arange(3).sum()")); got != "3" {
		t.Errorf("after the errors: %s", got)
	}
}

// TestNumpySessionsDiffer: unseeded random numbers must not come from the image.
func TestNumpySessionsDiffer(t *testing.T) {
	a := show(run(t, openNumpy(t), "np.random.rand(), np.random.default_rng().random()"))
	if b := show(run(t, openNumpy(t), "np.random.rand(), np.random.default_rng().random()")); a == b {
		t.Errorf("two sessions both drew %s", a)
	}
}

// TestNumpyStops: a long loop in numpy's C ends when the step's time does.
func TestNumpyStops(t *testing.T) {
	s := open(t, sandbox.Config{Imports: withNumpy(), Limits: sandbox.Limits{Step: 1e9, Grace: 5e8}}, nil)
	if out := run(t, s, "import numpy as np\nm = np.ones((1500, 1500))\nwhile True: m = m @ m * 0"); out.Killed != "time" {
		t.Errorf("an endless product gives %s", show(out))
	}
}

func withNumpy() []string { return append(sandbox.DefaultImports(), "numpy") }

// TestNumpyIntegers: integers have 64 bits, as on a desktop, wherever numpy makes them or takes them. C's long and
// pointers have 32 here, so each line is a place in numpy's C that could cut a number off.
func TestNumpyIntegers(t *testing.T) {
	s := openNumpy(t)
	for _, c := range []struct{ code, want string }{
		{"[np.dtype(t).itemsize for t in (int, 'int', 'l', 'p', np.int_, np.intp, np.uint, np.longlong)]", "[8, 8, 8, 8, 8, 8, 8, 8]"},
		{"np.array([2**31]).sum(), np.array([2**40, 1]).dtype.name, np.int_(2**40) + 1, np.int64(1) << 40", "(2147483648, 'int64', 1099511627777, 1099511627776)"},
		{"(np.arange(4) * 10**9).tolist(), np.arange(2**33, 2**33 + 2).tolist()", "([0, 1000000000, 2000000000, 3000000000], [8589934592, 8589934593])"},
		{"np.full(3, 2**30).cumsum().tolist(), np.prod([2**20, 2**20]), np.mean([2**31, 2**31 + 2])", "([1073741824, 2147483648, 3221225472], 1099511627776, 2147483649.0)"},
		{"np.zeros(3, int).dtype.name, np.array([1.5, 2e10]).astype(int).tolist(), np.dot([10**6], [10**6]), np.einsum('i,i', [10**6], [10**6])", "('int64', [1, 20000000000], 1000000000000, 1000000000000)"},
		{"np.random.RandomState(0).randint(0, 2**40) > 2**31, np.random.randint(0, 10, 3).dtype.name, np.random.default_rng(0).integers(2**50) > 2**31", "(True, 'int64', True)"},
		{"np.random.RandomState(1).binomial(10**10, 0.5) > 2**31, np.random.RandomState(1).poisson(1e10) > 2**31", "(True, True)"},
		{"[x.dtype.name for x in (np.argsort([2, 1]), np.nonzero([0, 1])[0], np.bincount([1]), np.unique([1], return_counts=True)[1], np.histogram([1])[0])]", "['int64', 'int64', 'int64', 'int64', 'int64']"},
		{"i = np.array([0, 2]); np.arange(3)[i].tolist(), np.take([1, 2, 3], i).tolist(), np.repeat([1, 2], i).tolist(), np.searchsorted(i, 1), np.insert(i, 1, 9).tolist()", "([0, 2], [1, 3], [2, 2], 1, [0, 9, 2])"},
		{"np.ravel_multi_index(([1], [2]), (2, 3)).tolist(), np.unravel_index(5, (2, 3)), np.lexsort(([1, 2], [2, 1])).tolist()", "([5], (1, 2), [1, 0])"},
		{"np.array([1, 2])[2**32]", "IndexError: index 4294967296 is out of bounds for axis 0 with size 2 (line 1)"},
		{"np.array([1, 2])[np.array([2**32])]", "IndexError: index 4294967296 is out of bounds for axis 0 with size 2 (line 1)"},
		{"np.ones(2**40)", "MemoryError: Unable to allocate 8.00 TiB for an array with shape (1099511627776,) and data type float64 (line 1)"},
		{"[i.index for i in [np.nditer([np.arange(6).reshape(2, 3)] * 20, flags=['c_index'])] for _ in i]", "[0, 1, 2, 3, 4, 5]"},
		{"m = memoryview(np.arange(6).reshape(2, 3)); m.shape, m.strides, m.format, m.tolist()", "((2, 3), (24, 8), 'q', [[0, 1, 2], [3, 4, 5]])"},
		{"[np.array(memoryview(bytes(8)).cast(c)).dtype.name for c in 'lqLQ'], np.asarray(memoryview(b'ab')).tolist()", "(['int32', 'int64', 'uint32', 'uint64'], [97, 98])"},
		{"np.iinfo(int).max, int(np.uint(2**64 - 1)), np.array([2**63]).dtype.name, hash(np.int64(2**40)) == hash(2**40)", "(9223372036854775807, 18446744073709551615, 'uint64', True)"},
		{"str(np.timedelta64(2**40, 's')), np.broadcast_to(1, (2**40,)).shape, np.arange(9)[-3:].tolist(), np.arange(9)[::-4].tolist()", "('1099511627776 seconds', (1099511627776,), [6, 7, 8], [8, 4, 0])"},
	} {
		if got := show(run(t, s, c.code)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}

// TestNumpyLater: what later versions of numpy have, and models write.
func TestNumpyLater(t *testing.T) {
	s := openNumpy(t)
	for _, c := range []struct{ code, want string }{
		{"import numpy.typing as npt; def_ = npt.NDArray[np.float64]; str(def_), npt.ArrayLike is not None", "('numpy.ndarray[typing.Any, numpy.dtype[numpy.float64]]', True)"},
		{"from numpy.typing import NDArray\nnp.ndarray[int, np.dtype[np.int64]] is not None", "True"},
		{"np.lib.stride_tricks.sliding_window_view(np.arange(4), 2).tolist(), np.broadcast_shapes((2, 1), (3,))", "([[0, 1], [1, 2], [2, 3]], (2, 3))"},
		{"np.exceptions.AxisError is np.AxisError, np.trapezoid([1, 2, 3]), np.concat([[1], [2]]).tolist()", "(True, 4.0, [1, 2])"},
		{"np.percentile([1, 2, 3, 4], 40, method='lower'), np.quantile([1, 2], 0.5, method='linear'), np.nanquantile([1, np.nan, 3], 0.5, method='nearest')", "(2, 1.5, 1.0)"},
		{"np.dtype(int) == object(), np.dtype(int) != 'no such type'", "(False, True)"},
	} {
		if got := show(run(t, s, c.code)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}
