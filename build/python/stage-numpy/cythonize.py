"""Makes the C of numpy.random with Cython.

    cythonize.py NUMPY OUT CYTHON JOBS
"""

import concurrent.futures
import pathlib
import shutil
import subprocess
import sys

numpy, out, cython = (pathlib.Path(p) for p in sys.argv[1:4])
jobs = int(sys.argv[4])
sys.path.insert(0, str(cython))
from Cython import Tempita

# The two longest first.
MODULES = "_generator mtrand _common _bounded_integers bit_generator _mt19937 _philox _pcg64 _sfc64".split()


def copy_sources():
    """Into a tree with only what Cython may see: it would follow every other .pxd."""
    tree = out.parent / "cython"
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "numpy/random").mkdir(parents=True)
    for package in ("numpy", "numpy/random"):
        (tree / package / "__init__.py").touch()
    for name in ("__init__.pxd", "__init__.cython-30.pxd"):
        shutil.copy(numpy / name, tree / "numpy")
    for path in sorted((numpy / "random").iterdir()):
        if path.suffix in (".pxd", ".pyx"):
            shutil.copy(path, tree / "numpy/random")
        elif path.suffix == ".in":
            text = Tempita.sub(path.read_text(encoding="utf-8"))
            (tree / "numpy/random" / path.stem).write_text(text, encoding="utf-8")
    return tree


def compile_module(tree, name):
    target = out / "random" / (name + ".c")
    run = "import sys; sys.path.insert(0, sys.argv.pop(1)); from Cython.Compiler.Main import setuptools_main as m; m()"
    command = [
        sys.executable, "-I", "-c", run, str(cython), "-3",
        "-X", "legacy_implicit_noexcept=True",  # numpy was written for Cython 0.29
        "-I", ".", "--module-name", "numpy.random." + name, "-o", str(target), f"numpy/random/{name}.pyx",
    ]  # fmt: skip
    return subprocess.run(command, cwd=tree, capture_output=True, text=True)


tree = copy_sources()
(out / "random").mkdir(exist_ok=True)
failed = False
with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
    for name, result in zip(MODULES, pool.map(lambda m: compile_module(tree, m), MODULES)):
        if result.returncode:
            failed = True
            print(name, result.stdout, result.stderr)
sys.exit(failed)
