"""Runs a package's own tests in the sandbox, some files a session, and prints a table.

    run.py RESULTS PACKAGE [--failed] [FOLDER-OR-FILE…]

RESULTS holds tests.zip and the program sandglass, and gets results.jsonl. --failed runs again what failed when it last ran.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

results, package, only = pathlib.Path(sys.argv[1]), sys.argv[2], [a for a in sys.argv[3:] if a != "--failed"]
again = "--failed" in sys.argv[3:]
here = pathlib.Path(__file__).parent
log = results / "results.jsonl"
KINDS = "passed failed error impossible skipped xfailed xpassed".split()
TOGETHER = {"numpy": 1, "pandas": 12}[package]  # files a session: a session costs seconds to import pytest and pandas
TIMEOUT = 900  # seconds


def run(files):
    """The results of files in one session; None when the session was killed."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as cells:
        json.dump([f"PACKAGE, FILES = {package!r}, {files!r}", (here / "inside.py").read_text()], cells)
        cells.flush()
        command = [
            results / "sandglass", "exec", "--json", "--import", "*", "--memory", "2048",
            "--step-timeout", f"{TIMEOUT}s", "--file", f"ZIP={results / 'tests.zip'}", "--cells", cells.name,
        ]  # fmt: skip
        own = {**os.environ, "SANDGLASS_HOME": str(results / "home")}  # not the user's settings and packages
        out = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=own)
    found, last = [], {}
    for line in out.stdout.splitlines():
        last = json.loads(line)
        for text in last.get("stdout", "").splitlines():
            if text.startswith("RESULT ") and text.endswith("}"):  # else it was cut
                found.append(json.loads(text.removeprefix("RESULT ")))
    if len(found) == len(files):
        return found
    why = (last.get("error") or {}).get("message") or out.stderr.strip().rpartition("\n")[2]
    why = why or f"{len(found)} of {len(files)} results, killed: {last.get('killed')}, exit status {out.returncode}"
    return None, why


def table(rows):
    by = collections.defaultdict(lambda: collections.Counter())
    for row in rows:
        parts = row["file"].split("/")
        group = ".".join(parts[:3] if package == "pandas" and len(parts) > 3 else parts[:2])
        for name in (group, "all"):
            by[name]["files"] += 1
            for kind in KINDS:
                by[name][kind] += row.get(kind, 0)
    print("| package | files | passed | failed | errors | impossible here | skipped | expected to fail |\n|---|---|---|---|---|---|---|---|")
    for name in [*sorted(n for n in by if n != "all"), "all"]:
        c = by[name]
        print(f"| `{name}` | {c['files']} | {c['passed'] + c['xpassed']:,} | {c['failed']:,} | {c['error']:,} | {c['impossible']:,} | {c['skipped']:,} | {c['xfailed']:,} |")


with zipfile.ZipFile(results / "tests.zip") as z:
    names = [n.removeprefix("tests/") for n in z.namelist() if n.startswith("tests/")]
files = [n for n in names if os.path.basename(n).startswith("test_") and n.endswith(".py")]
if only:
    files = [f for f in files if any(f.removeprefix(package + "/").startswith(o.removesuffix("/")) for o in only)]
done = {}
if log.exists():
    done = {r["file"]: r for r in map(json.loads, log.read_text().splitlines())}
if again:
    missing = [f for f in files if f in done and (done[f]["failed"] or done[f]["error"])]
else:
    missing = [f for f in files if f not in done]
work = [missing[i : i + TOGETHER] for i in range(0, len(missing), TOGETHER)]
while work:
    some = work.pop(0)
    answer = run(some)
    if type(answer) is tuple and len(some) > 1:
        work = [[f] for f in some] + work  # which one was it?
        continue
    if type(answer) is tuple:
        answer = [{"file": some[0], **dict.fromkeys(KINDS, 0), "error": 1, "why": ["the session ended: " + answer[1]]}]
    with log.open("a") as out:
        for row in answer:
            done[row["file"]] = row
            out.write(json.dumps(row) + "\n")
            print(f"{row['file']}: {row['passed']} passed, {row['failed']} failed, {row['error']} errors", file=sys.stderr)
table([done[f] for f in files if f in done])
print(f"\nWhat failed, and why: {log}")
