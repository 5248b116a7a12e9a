"""Generates what numpy's setup.py would: C from templates, the tables of its C API, and its ufuncs.

    generate.py NUMPY OUT    NUMPY is the source's package folder; OUT mirrors it and comes first in every search
"""

import importlib.util
import os
import pathlib
import sys
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import adapters

source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
NOT_BUILT = {"tests", "f2py", "distutils"}


def load_template_engine():
    """numpy.distutils.conv_template, without importing numpy, which is not built."""
    path = source / "distutils/conv_template.py"
    spec = importlib.util.spec_from_file_location("conv_template", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("numpy", "numpy.distutils"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["numpy.distutils.conv_template"] = module
    return module


def convert_templates(engine):
    """foo.c.src becomes foo.c, foo.h.src becomes foo.h."""
    for path in sorted(source.rglob("*.src")):
        rel = path.relative_to(source)
        if path.name.endswith(".f.src") or NOT_BUILT & set(rel.parts):
            continue
        target = out / rel.with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(engine.process_file(str(path)))


def adapt(folder):
    """Adapters for one folder of C files, of the source and of the templates."""
    count = 0
    names = {p.name for root in (source, out) for p in (root / folder).glob("*.c")}
    for name in sorted(names):
        made = out / folder / name
        text = (made if made.exists() else source / folder / name).read_text()
        adapted, n = adapters.adapt(text)
        if n:
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(adapted)
            count += n
    return count


def generate_api():
    include = out / "core/include/numpy"
    include.mkdir(parents=True, exist_ok=True)
    sys.path[:0] = [str(source / "core/code_generators"), str(source / "core")]
    import generate_numpy_api
    import generate_ufunc_api
    import generate_umath

    os.chdir(source / "core")  # genapi looks for C files from here
    generate_numpy_api.generate_api(str(include), force=True)
    generate_ufunc_api.generate_api(str(include), force=True)
    code = generate_umath.make_code(generate_umath.defdict, generate_umath.__file__)
    (include / "__umath_generated.c").write_text(code.replace(str(source), "numpy"))


convert_templates(load_template_engine())
print("adapters:", sum(adapt("core/src/" + f) for f in ("multiarray", "umath", "common")))
generate_api()
