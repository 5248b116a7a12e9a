# Runs in the sandbox: PACKAGE, FILES (of the tests), ZIP (the path of tests.zip). Prints one line of JSON a file.
import importlib, json, os, sys, types, zipfile

sys.path.append(ZIP)
with zipfile.ZipFile(ZIP) as z:
    for name in z.namelist():
        if name.startswith("tests/"):
            to = "/scratch/" + name.removeprefix("tests/")
            os.makedirs(os.path.dirname(to), exist_ok=True)
            with open(to, "wb") as f:
                f.write(z.read(name))
# numpy.core.tests and pandas.tests are imported by name.
for folder in sorted({d for d, _, _ in os.walk("/scratch/" + PACKAGE)}):
    if os.path.basename(folder) == "tests" or folder.endswith("/" + PACKAGE):
        parent = folder if folder.endswith("/" + PACKAGE) else os.path.dirname(folder)
        module = importlib.import_module(parent.removeprefix("/scratch/").replace("/", "."))
        if parent not in module.__path__:
            module.__path__.append(parent)
os.environ["HOME"] = "/tmp"
os.getuid = lambda: os.stat("/scratch").st_uid  # pytest's folders for tests have an owner
sys.argv = ["pytest"]
import pytest

# Whole files import ctypes for a few of their tests: those are skipped, the others run.
if PACKAGE == "numpy":

    class Missing(type):
        def __getattr__(cls, name):
            if name.startswith("__"):
                raise AttributeError(name)
            pytest.skip("ctypes")

        def __mul__(cls, n):
            return cls

        def __call__(cls, *args, **kwargs):
            pytest.skip("ctypes")

    class Ctypes(types.ModuleType):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return Missing(name, (), {})

    sys.modules["ctypes"] = Ctypes("ctypes")

# Whole files import mmap for a few of their tests: those say what is missing, the others run.
if PACKAGE == "pandas":
    from pandas.io import common

    sys.modules["mmap"] = types.ModuleType("mmap")
    sys.modules["mmap"].__dict__.update(vars(common.mmap))

# What fails because the sandbox has no such thing is counted apart.
IMPOSSIBLE = {
    "no threads in the sandbox": "threads",
    "no other processes in the sandbox": "processes",
    "No module named '_ctypes'": "ctypes",
    "'numpy.ctypeslib' has no attribute 'as_ctypes_type'": "ctypes",
    "No module named 'mmap'": "mmap",
    "files cannot be mapped into memory": "mmap",
    "No module named 'numpy.distutils": "numpy.distutils",
    "no sockets in the sandbox": "sockets",
    "[Errno 58] Not supported": "file descriptors that are duplicated",
    "there is no pyarrow in the sandbox": "pyarrow",
    "module 'time' has no attribute 'tzset'": "time.tzset",
    "TestFromCTypes": "ctypes",
    "TestStructuredObjectRefcounting": "objects 0 and 1 whose references count (until Python 3.11)",
}

OFF = "terminal cacheprovider faulthandler logging threadexception unraisableexception hypothesispytest".split()
SELECT = "not slow and not network and not single_cpu and not db and not clipboard"


class Counter:
    """Counts outcomes by file; a failure keeps its last line."""

    def __init__(self):
        self.files = {}

    def pytest_addoption(self, parser):
        parser.addoption("--lf", action="store_true")  # of the cache provider; pandas' tests look at it

    def of(self, nodeid):
        new = {"passed": 0, "failed": 0, "error": 0, "impossible": 0, "skipped": 0, "xfailed": 0, "xpassed": 0, "why": []}
        return self.files.setdefault(nodeid.partition("::")[0], new)

    def pytest_runtest_logreport(self, report):
        counts, kind = self.of(report.nodeid), None
        if report.when == "call" or report.outcome != "passed":
            kind = report.outcome if report.when == "call" or report.skipped else "error"
            if hasattr(report, "wasxfail"):
                kind = "xfailed" if report.skipped else "xpassed"
        if kind and not (report.when == "teardown" and report.passed):
            crash = getattr(report.longrepr, "reprcrash", None)
            text = crash.message if crash else str(report.longrepr)
            if kind in ("failed", "error"):
                lacks = [v for k, v in IMPOSSIBLE.items() if k in text or k in report.nodeid]
                if lacks:
                    kind, text = "impossible", "needs " + lacks[0]
            elif kind == "skipped" and "ctypes" in text and PACKAGE == "numpy":
                kind, text = "impossible", "needs ctypes"
            counts[kind] += 1
            if kind in ("failed", "error", "impossible"):
                counts["why"].append(report.nodeid.partition("::")[2] + ": " + text.partition("\n")[0][:120])

    def pytest_collectreport(self, report):
        if report.failed:
            counts, text = self.of(report.nodeid), str(report.longrepr).strip().rpartition("\n")[2]
            lacks = [v for k, v in IMPOSSIBLE.items() if k in text]
            counts["impossible" if lacks else "error"] += 1
            counts["why"].append("not collected: " + ("needs " + lacks[0] if lacks else text[:200]))
        elif report.skipped:
            counts = self.of(report.nodeid)
            counts["skipped"] += 1
            counts["why"].append("skipped: " + str(report.longrepr[2] if type(report.longrepr) is tuple else report.longrepr)[:200])


counter = Counter()
status = pytest.main(
    ["--continue-on-collection-errors", "--import-mode=importlib", "--capture=sys", "-W", "ignore", "--rootdir=/scratch", "-o", "addopts=",
     "-o", "xfail_strict=false", "-m", SELECT, *(x for p in OFF for x in ("-p", "no:" + p)), *("/scratch/" + f for f in FILES)],
    plugins=[counter],
)  # fmt: skip
if status not in (0, 1, 2, 5):  # passed, failed, not all collected, nothing selected
    raise SystemExit(f"pytest did not run: {status}")
for f in FILES:
    result = {"file": f, **counter.of(f)}
    del result["why"][300 // len(FILES) :]  # what is printed has a limit
    print("RESULT", json.dumps(result))
