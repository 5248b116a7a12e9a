"""Makes pandas's C with Cython.

    cythonize.py LIBS NUMPY OUT CYTHON JOBS

LIBS is the source's pandas/_libs, NUMPY numpy's declarations. OUT becomes a tree with pandas/_libs and numpy, and the C
beside the .pyx files.
"""

import concurrent.futures
import pathlib
import shutil
import subprocess
import sys

libs, numpy, out, cython = (pathlib.Path(p) for p in sys.argv[1:5])
jobs = int(sys.argv[5])
sys.path.insert(0, str(cython))
from Cython import Tempita

# Types that numpy's declarations have since 1.20 and pandas compiles with.
LATER_TYPES = "generic number integer signedinteger unsignedinteger inexact floating complexfloating flexible character"
CPLUSPLUS = {"aggregations"}


def copy_sources():
    """Into a tree with only what Cython may see."""
    if out.exists():
        return  # before an interruption
    new = out.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(libs, new / "pandas/_libs")
    (new / "pandas/__init__.py").touch()
    (new / "numpy").mkdir()
    (new / "numpy/__init__.py").touch()
    declarations = (numpy / "__init__.cython-30.pxd").read_text()
    declarations += '\ncdef extern from "numpy/arrayscalars.h":\n'
    for name in LATER_TYPES.split():
        declarations += f"    ctypedef class numpy.{name} [object PyObject]:\n        pass\n"
    (new / "numpy/__init__.pxd").write_text(declarations)
    for path in sorted(new.rglob("*.pxi.in")):
        path.with_suffix("").write_text(Tempita.sub(path.read_text()))
    new.rename(out)


def compile_module(path):
    module = ".".join(path.relative_to(out).with_suffix("").parts)
    target = path.with_suffix(".cpp" if path.stem in CPLUSPLUS else ".c")
    if target.exists():
        return None
    run = "import sys; sys.path.insert(0, sys.argv.pop(1)); from Cython.Compiler.Main import setuptools_main as m; m()"
    command = [
        sys.executable, "-I", "-c", run, str(cython), "-3", "-X", "always_allow_keywords=True",
        *(["--cplus"] if path.stem in CPLUSPLUS else []),
        "-I", ".", "-I", "pandas/_libs", "-I", "pandas/_libs/tslibs", "--module-name", module,
        "-o", str(target.with_suffix(".new")), str(path.relative_to(out)),
    ]  # fmt: skip
    result = subprocess.run(command, cwd=out, capture_output=True, text=True)
    if result.returncode == 0:
        target.with_suffix(".new").rename(target)
    return result


copy_sources()
modules = sorted(out.rglob("*.pyx"), key=lambda p: -p.stat().st_size)
failed = False
with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
    for path, result in zip(modules, pool.map(compile_module, modules)):
        if result and result.returncode:
            failed = True
            print(path.stem, result.stdout[-2000:], result.stderr[-4000:])
print(len(modules), "modules")
sys.exit(failed)
