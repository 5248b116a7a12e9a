# What pandas 2.2 expects of numpy, and 1.19 does not have; and what is wrong in it where C's long has 32 bits. Runs at boot,
# between the imports of numpy and of pandas, which remembers numpy's functions.
def make_numbers(np):
    import functools, re

    def counted(a, axis, keepdims, where):
        return np.add.reduce(np.broadcast_to(where, a.shape), axis=axis, dtype=np.intp, keepdims=keepdims)

    def whole(a, dtype):
        return "f8" if dtype is None and a.dtype.kind in "biu" else dtype

    def mean_where(a, axis, dtype, keepdims, where):
        a = np.asanyarray(a)
        total = np.add.reduce(a, axis=axis, dtype=whole(a, dtype), keepdims=keepdims, where=where)
        return np.true_divide(total, counted(a, axis, keepdims, where))

    def var_where(a, axis, dtype, ddof, keepdims, where):
        a = np.asanyarray(a)
        away = np.abs(a - mean_where(a, axis, dtype, True, where)) ** 2
        total = np.add.reduce(away, axis=axis, dtype=whole(away, dtype), keepdims=keepdims, where=where)
        return np.true_divide(total, np.maximum(counted(a, axis, keepdims, where) - ddof, 0))

    plain_mean, plain_var, plain_std, plain_fromstring = np.mean, np.var, np.std, np.fromstring

    # where= came with numpy 1.20; pandas' nullable integers and floats need it.
    @functools.wraps(plain_mean)
    def mean(a, axis=None, dtype=None, out=None, keepdims=np._NoValue, *, where=True):
        if where is True or where is np._NoValue:
            return plain_mean(a, axis, dtype, out, keepdims)
        return given(mean_where(a, axis, dtype, keepdims is True, where), out)

    @functools.wraps(plain_var)
    def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=np._NoValue, *, where=True):
        if where is True or where is np._NoValue:
            return plain_var(a, axis, dtype, out, ddof, keepdims)
        return given(var_where(a, axis, dtype, ddof, keepdims is True, where), out)

    @functools.wraps(plain_std)
    def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=np._NoValue, *, where=True):
        if where is True or where is np._NoValue:
            return plain_std(a, axis, dtype, out, ddof, keepdims)
        return given(np.sqrt(var_where(a, axis, dtype, ddof, keepdims is True, where)), out)

    def given(value, out):
        if out is None:
            return value
        out[...] = value
        return out

    # It reads integers by C's strtol, which stops at 2**31 - 1 without a word.
    @functools.wraps(plain_fromstring)
    def fromstring(string, dtype=float, count=-1, sep=""):
        kind = np.dtype(dtype)
        if sep and kind.kind in "iu" and kind.itemsize == 8:
            text = string.decode("latin1") if isinstance(string, bytes) else string
            words = text.split(sep.strip()) if sep.strip() else text.split()
            if all(re.fullmatch(r"\s*[+-]?\d+\s*", w) for w in words):
                return np.array([int(w) for w in words[: count if count >= 0 else None]], kind)
        return plain_fromstring(string, dtype, count, sep=sep)

    np.mean, np.var, np.std, np.fromstring = mean, var, std, fromstring
