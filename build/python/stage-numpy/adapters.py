"""Adapters for functions that a table of CPython's holds with a cast.

WebAssembly compares the signature of each indirect call with that of the function. CPython calls a getter with two
arguments, and numpy's take one and are cast; on other machines that passes. For each such function in a PyGetSetDef or
PyMethodDef table, a small function with the exact signature is written before the table and takes its place.
"""

import re

# What the cast says: how many parameters numpy's function has when it needs an adapter, and the adapter.
KINDS = {
    "getter": (1, "static PyObject *%s__exact(PyObject *a, void *c) { return %s((void *)a); }\n"),
    "setter": (2, "static int %s__exact(PyObject *a, PyObject *b, void *c) { return %s((void *)a, b); }\n"),
    "PyCFunction": (1, "static PyObject *%s__exact(PyObject *a, PyObject *c) { return %s((void *)a); }\n"),
}
TABLE = re.compile(r"^(?:NPY_NO_EXPORT\s+|static\s+)?(?:struct\s+)?(PyGetSetDef|PyMethodDef)\s+\w+\[\]\s*=\s*\{", re.M)
CAST = re.compile(r"\((getter|setter|PyCFunction)\)\s*(\w+)")


def parameters(text, name):
    """How many parameters the definition of a function has; None when it is not in this text."""
    for m in re.finditer(r"(?<![\w.>])" + re.escape(name) + r"\s*\(", text):
        i, depth, commas, empty = m.end(), 1, 0, True
        while depth:
            c = text[i]
            if c == "(":
                depth += 1
            elif c == ")":
                depth -= 1
            elif c == "," and depth == 1:
                commas += 1
            if depth and not c.isspace():
                empty = False
            i += 1
        if text[i : i + 40].lstrip().startswith("{"):
            return 0 if empty else commas + 1
    return None


def adapt(text):
    """The text with adapters, and how many there are."""
    edits, done = [], set()
    for m in TABLE.finditer(text):
        end, written = text.index("};", m.start()), []

        def replace(cast):
            kind, name = cast.groups()
            short, template = KINDS[kind]
            if name == "NULL" or parameters(text, name) != short:
                return cast.group()
            if name not in done:
                done.add(name)
                written.append(template % (name, name))
            return f"({kind}){name}__exact"

        table = CAST.sub(replace, text[m.start() : end])
        edits.append((m.start(), end, "".join(written) + table))
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text, len(done)
