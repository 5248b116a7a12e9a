/* Python's int becomes npy_long, which has 64 bits here; C's long has 32. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#define PyLong_AsLong PyLong_AsLongLong
#define PyLong_AsUnsignedLong PyLong_AsUnsignedLongLong
#define PyLong_FromLong PyLong_FromLongLong
#define PyLong_FromUnsignedLong PyLong_FromUnsignedLongLong

/* Slices are Python's, whose indices have 32 bits here; npy_intp has 64. */
static inline int npy_slice_indices(PyObject *slice, Py_ssize_t length, long long *start, long long *stop,
                                    long long *step, long long *n) {
    Py_ssize_t a, b, c, d;
    if (PySlice_GetIndicesEx(slice, length, &a, &b, &c, &d) < 0) return -1;
    *start = a, *stop = b, *step = c, *n = d;
    return 0;
}
