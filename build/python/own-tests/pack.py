"""Packs pytest and a package's own tests into one zip, which the sandbox's Python imports from and unpacks.

    pack.py TARGET PACKAGE TESTS SITE…
"""

import pathlib
import py_compile
import re
import sys
import zipfile

target, package, tests, sites = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4:]


def adapted(text):
    """Today's pytest no longer calls what nose called."""
    text = re.sub(r"^(    def )(setup|teardown)\((self|cls)", r"\1\2_method(\3", text, flags=re.M)
    return re.sub(r"\b(self|TestComparisons|test_case_instance)\.(setup|teardown)\(", r"\1.\2_method(", text)


with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
    for site in map(pathlib.Path, sites):
        for path in sorted(p for p in site.rglob("*.py") if "_hypothesis_ftz_detector" not in p.name):
            name = path.relative_to(site)
            compiled = py_compile.compile(str(path), cfile=target + ".pyc", dfile="/lib/" + str(name), doraise=True,
                                          invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)  # fmt: skip
            out.write(compiled, str(name.with_suffix(".pyc")))
        for path in sorted(site.rglob("*")):
            if path.is_file() and (re.search(r"\.(dist|egg)-info", str(path)) or path.suffix in (".txt", ".json")):
                out.write(path, str(path.relative_to(site)))
    for path in sorted(p for p in tests.rglob("*") if p.is_file()):
        name = "tests/" + path.relative_to(tests).as_posix()
        if path.suffix == ".py" and package == "numpy":
            out.writestr(name, adapted(path.read_text()))
        else:
            out.write(path, name)
pathlib.Path(target + ".pyc").unlink(missing_ok=True)
