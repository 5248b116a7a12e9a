"""Names of later versions (numpy 1.20 to 2), which models write; by what 1.19 has."""
import collections

import numpy as np

__all__ = [
    "acos", "acosh", "asin", "asinh", "astype", "atan", "atan2", "atanh", "bitwise_invert", "bitwise_left_shift",
    "bitwise_right_shift", "concat", "cumulative_prod", "cumulative_sum", "isdtype", "matrix_transpose", "permute_dims",
    "pow", "trapezoid", "unique_all", "unique_counts", "unique_inverse", "unique_values", "unstack", "vecdot",
]

acos, acosh, asin, asinh = np.arccos, np.arccosh, np.arcsin, np.arcsinh
atan, atan2, atanh, pow = np.arctan, np.arctan2, np.arctanh, np.power
bitwise_invert, bitwise_left_shift, bitwise_right_shift = np.invert, np.left_shift, np.right_shift
concat, permute_dims, trapezoid = np.concatenate, np.transpose, np.trapz

UniqueAllResult = collections.namedtuple("UniqueAllResult", "values indices inverse_indices counts")
UniqueCountsResult = collections.namedtuple("UniqueCountsResult", "values counts")
UniqueInverseResult = collections.namedtuple("UniqueInverseResult", "values inverse_indices")


def _unique(x):
    """As unique, with positions in the shape of x."""
    x = np.asarray(x)
    found = list(np.unique(x, True, True, True))
    found[2] = found[2].reshape(x.shape)
    return found


def unique_all(x):
    """The values with their first positions, their counts, and the positions that give x back."""
    return UniqueAllResult(*_unique(x))


def unique_counts(x):
    """The values and how often each one is there."""
    values, _, _, counts = _unique(x)
    return UniqueCountsResult(values, counts)


def unique_inverse(x):
    """The values and the positions that give x back."""
    values, _, inverse, _ = _unique(x)
    return UniqueInverseResult(values, inverse)


def unique_values(x):
    """The values, sorted."""
    return np.unique(np.asarray(x))


def astype(x, dtype, /, *, copy=True):
    """x as an array of another type."""
    return x.astype(dtype, copy=copy)


_KINDS = {
    "bool": np.bool_, "signed integer": np.signedinteger, "unsigned integer": np.unsignedinteger,
    "integral": np.integer, "real floating": np.floating, "complex floating": np.complexfloating, "numeric": np.number,
}


def isdtype(dtype, kind):
    """Whether dtype is of a kind: a name of a kind, a type, or a tuple of them."""
    if isinstance(kind, tuple):
        return any(isdtype(dtype, k) for k in kind)
    if isinstance(kind, str):
        if kind not in _KINDS:
            raise ValueError(f"kind argument is a string, but {kind!r} is not a known kind name.")
        return np.issubdtype(dtype, _KINDS[kind])
    return np.dtype(dtype) == np.dtype(kind)


def matrix_transpose(x, /):
    """Swaps the last two axes."""
    x = np.asanyarray(x)
    if x.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {x.ndim}")
    return np.swapaxes(x, -1, -2)


def vecdot(x1, x2, /, *, axis=-1):
    """The product of vectors along an axis; the first one is conjugated."""
    x1, x2 = np.broadcast_arrays(x1, x2)
    return np.sum(np.conjugate(x1) * x2, axis=axis)


def unstack(x, /, *, axis=0):
    """The parts of an array along an axis, as a tuple."""
    return tuple(np.moveaxis(np.asanyarray(x), axis, 0))


def _cumulative(function, first, x, axis, dtype, out, include_initial):
    x = np.atleast_1d(np.asanyarray(x))
    if axis is None:
        if x.ndim > 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0
    if not include_initial:
        return function(x, axis=axis, dtype=dtype, out=out)
    sums = function(x, axis=axis, dtype=dtype)
    shape = list(sums.shape)
    shape[axis] = 1
    sums = np.concatenate([np.full(shape, first, sums.dtype), sums], axis=axis)
    if out is None:
        return sums
    out[...] = sums
    return out


def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """The sums of all up to each element along an axis."""
    return _cumulative(np.cumsum, 0, x, axis, dtype, out, include_initial)


def cumulative_prod(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """The products of all up to each element along an axis."""
    return _cumulative(np.cumprod, 1, x, axis, dtype, out, include_initial)
