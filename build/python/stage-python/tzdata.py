"""Makes the package `tzdata` that zoneinfo falls back to, from a folder of compiled time zones.

zoneinfo opens the resource America/New_York of the package tzdata.zoneinfo.America, and reads the list of names from
the resource "zones" of tzdata (Lib/zoneinfo/_common.py, _tzpath.py).
"""

import pathlib
import sys


def is_zone(path):
    return path.is_file() and path.open("rb").read(4) == b"TZif"


def names(source):
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        # "posix" and "right" repeat everything, the latter with leap seconds; the others are not zones.
        if not name.startswith(("posix/", "right/")) and name not in ("localtime", "posixrules") and is_zone(path):
            yield name


def main(source, target):
    zones = list(names(source))
    if len(zones) < 400:
        sys.exit(f"only {len(zones)} time zones in {source}: is the package tzdata complete?")
    for name in zones:
        out = target / "zoneinfo" / name
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes((source / name).read_bytes())
    for folder in [target, *(p for p in target.rglob("*") if p.is_dir())]:
        (folder / "__init__.py").touch()
    (target / "zones").write_text("\n".join(zones) + "\n")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
