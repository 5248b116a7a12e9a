"""Lays the pure Python packages out as one tree.

    assemble.py SOURCES TARGET    packages (name, imported names and version a line) on standard input

Left out: tests, compiled code, types, and what cannot work in the sandbox. Adapted: the places where Debian or the
package itself looks for files of the system (ADAPTED), and plotly's 10,000 small files (merge_validators).
"""

import gzip
import pathlib
import re
import shutil
import sys

sources, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

# Files besides Python that a package reads when it runs.
DATA = {".json", ".gz", ".js"}
LEFT_OUT = [
    # need a browser, a notebook, a plotting library or a build
    "plotly/matplotlylib", "plotly/conftest.py", "plotly/figure_factory/_county_choropleth.py", "altair/examples",
    "jsonschema/benchmarks", "sympy/benchmarks", "sympy/conftest.py", "sympy/testing/runtests.py",
    "networkx/conftest.py", "networkx/classes/tests", "isympy.py", "tools", "pytz/pytz", "pytz/locales",
    "urllib3/contrib/emscripten", "charset_normalizer/cli",
]

# file: (what is there, what comes in its place); it is an error if it is not there.
ADAPTED = {
    "plotly/io/_templates.py": [
        (
            """path = os.path.join(
                        "/usr/share/python3-plotly", "templates", f'{template_name}.json'
                    )
""",
            "path = f'package_data/templates/{template_name}.json'\n",
        ),
        (
            """with open(path, 'r') as f:
                        template_str = f.read()
""",
            "template_str = pkgutil.get_data('plotly', path).decode()\n",
        ),
    ],
    "plotly/offline/offline.py": [
        (
            "    return get_debian_plotlyjs()",
            "    import gzip\n    return gzip.decompress(pkgutil.get_data('plotly', 'package_data/plotly.js.gz')).decode()",
        )
    ],
    "plotly/data/__init__.py": [
        (
            """os.path.join(
            os.path.dirname(os.path.dirname(__file__)),
            "/usr/share/python3-plotly",
            "datasets",
            d + ".csv.gz",
        )""",
            "__import__('io').BytesIO(__import__('pkgutil').get_data('plotly', f'package_data/datasets/{d}.csv.gz')),"
            " compression='gzip'",
        )
    ],
    # The time zones of the standard library's tzdata: one set of rules for zoneinfo, pytz and dateutil.
    "pytz/__init__.py": [
        (
            "        filename = os.path.join('/usr','share',\n                                'zoneinfo', *name_parts)",
            "        import io, pkgutil\n"
            "        return io.BytesIO(pkgutil.get_data('tzdata', 'zoneinfo/' + '/'.join(name_parts)))",
        ),
        ("OLSON_VERSION = _read_olson_version()\n", "OLSON_VERSION = 'unknown'  # the runtime's tzdata is younger than this\n"),
        (
            '''    zone_tab = pathlib.Path("/usr/share/zoneinfo/zone1970.tab")
    for line in zone_tab.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        timezones.add(line.split("\\t")[2])
''',
            '''    import pkgutil
    for name in pkgutil.get_data('tzdata', 'zones').decode().split():
        if name.partition('/')[0] in {'Africa', 'America', 'Antarctica', 'Arctic', 'Asia', 'Atlantic', 'Australia',
                                      'Europe', 'Indian', 'Pacific'}:
            timezones.add(name)
''',
        ),
    ],
    "dateutil/tz/tz.py": [
        (
            "                        tz = None\n                        if tzwin is not None:\n",
            "                        import io, pkgutil\n"
            "                        try:\n"
            "                            data = pkgutil.get_data('tzdata', 'zoneinfo/' + name.replace(' ', '_'))\n"
            "                            tz = tzfile(io.BytesIO(data), filename=name)\n"
            "                        except (OSError, ValueError):\n"
            "                            tz = None\n"
            "                        if tzwin is not None:\n",
        )
    ],
    # Modules that WebAssembly cannot have.
    "sympy/external/gmpy.py": [
        ("from ctypes import c_long, sizeof\n", ""),
        ("(1 << (8*sizeof(c_long) - 1)) - 1", "(1 << 31) - 1"),
    ],
    "xlrd/book.py": [("import mmap\n", ""), ("if self.use_mmap:", "if False:")],
    # Through importlib.resources the whole directory of the zip is read for each of them.
    "jsonschema/_utils.py": [
        (
            """    path = resources.files(__package__).joinpath(f"schemas/{name}.json")
    data = path.read_text(encoding="utf-8")
""",
            "    import pkgutil\n    data = pkgutil.get_data('jsonschema', f'schemas/{name}.json').decode()\n",
        )
    ],
    # It would read the list of files of every zip on the path for plugins that cannot be there.
    "networkx/utils/backends.py": [("    items = entry_points(group=group)\n", "    items = ()\n")],
}


def root_of(source):
    """The folder of a source that would be on sys.path."""
    for place in ("usr/lib/python3/dist-packages", "src", "lib", "."):
        if (source / place).is_dir():
            return source / place
    sys.exit(f"no packages in {source}")


def wanted(path):
    if "tests" in path.parts or "test" in path.parts or "__pycache__" in path.parts:
        return False
    if path.parts[:2] == ("plotly", "validators"):
        return False  # see merge_validators
    return path.suffix == ".py" or path.suffix in DATA


def take(root, name):
    if (root / f"{name}.py").is_file():
        shutil.copyfile(root / f"{name}.py", target / f"{name}.py")
        return
    if not (root / name).is_dir():
        sys.exit(f"{root} has no {name}")
    for path in sorted((root / name).rglob("*")):
        if path.is_file() and wanted(path.relative_to(root)):
            copy = target / path.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def take_metadata(root):
    """What importlib.metadata reads: name and version, without the description."""
    for info in sorted([*root.glob("*.dist-info"), *root.glob("*.egg-info")]):
        text = next(f for f in (info / "METADATA", info / "PKG-INFO") if f.is_file()).read_text()
        name = re.search(r"^Name: (.*)$", text, re.M)[1]
        version = re.search(r"^Version: (.*)$", text, re.M)[1]
        folder = target / f"{re.sub(r'[-_.]+', '_', name)}-{version}.dist-info"
        folder.mkdir(exist_ok=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def merge_validators(root):
    """plotly keeps each of 9,800 little classes in a file of its own, which zipimport would pay for at every start: the
    files of a folder become one module."""
    for init in sorted((root / "plotly/validators").rglob("__init__.py")):
        heads, bodies = {}, []
        for path in sorted(init.parent.glob("_[a-z0-9]*.py")):
            head, _, body = path.read_text().partition("\nclass ")
            if not body:
                sys.exit(f"{path}: no class")
            heads.update(dict.fromkeys(line for line in head.splitlines() if line))  # imports
            bodies.append("class " + body)
        module = target / init.relative_to(root)
        module.parent.mkdir(parents=True)
        module.write_text("\n".join(heads) + "\n\n" + "\n\n".join(bodies))


def adapt():
    for name, changes in ADAPTED.items():
        text = (target / name).read_text()
        for old, new in changes:
            if text.count(old) != 1:
                sys.exit(f"{name} has changed: it holds this {text.count(old)} times:\n{old}")
            text = text.replace(old, new)
        (target / name).write_text(text)


target.mkdir(parents=True)
for line in sys.stdin:
    if not line.strip():
        continue
    package, names, _ = line.split()
    root = root_of(sources / package)
    for name in names.split(","):
        take(root, name)
    take_metadata(root)
for name in LEFT_OUT:
    path = target / name
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

share, data = sources / "python3-plotly/usr/share/python3-plotly", target / "plotly/package_data"
for name in ("templates", "datasets"):
    shutil.copytree(share / name, data / name)

(data / "plotly.js.gz").write_bytes(gzip.compress((share / "plotly.js").read_bytes(), 9, mtime=0))
merge_validators(root_of(sources / "python3-plotly"))
adapt()
