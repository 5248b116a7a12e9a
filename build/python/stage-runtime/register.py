"""Writes the C that makes extension modules part of the interpreter. Reads their names, one a line.

sb_init in reactor/sb.c calls sb_register_extra before it starts Python.
"""

import sys

modules = sys.stdin.read().split()
inits = {m: "PyInit_" + m.rpartition(".")[2] for m in modules}
print("#include <Python.h>")
for init in inits.values():
    print(f"extern PyObject *{init}(void);")
print("void sb_register_extra(void) {")
for module, init in inits.items():
    print(f'    PyImport_AppendInittab("{module}", {init});')
print("}")
