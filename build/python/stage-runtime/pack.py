"""Packs a tree into a zip, the same bytes from the same tree: sorted names, one date, no modes."""

import pathlib
import sys
import zipfile

tree, target = pathlib.Path(sys.argv[1]), sys.argv[2]
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    for path in sorted(p for p in tree.rglob("*") if p.is_file()):
        info = zipfile.ZipInfo(path.relative_to(tree).as_posix(), (2025, 6, 11, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        out.writestr(info, path.read_bytes())
