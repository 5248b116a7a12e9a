"""Packs trees into one zip, the same bytes from the same files: sorted names, one date, no modes.

    pack.py TARGET TREE…
"""

import pathlib
import sys
import zipfile

target, trees = sys.argv[1], [pathlib.Path(a) for a in sys.argv[2:]]
files = {}
for tree in trees:
    for path in tree.rglob("*"):
        if path.is_file():
            name = path.relative_to(tree).as_posix()
            if name in files:
                sys.exit(f"{name} is in {files[name]} and in {path}: which one should be packed?")
            files[name] = path
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    for name, path in sorted(files.items()):
        info = zipfile.ZipInfo(name, (2025, 6, 11, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        out.writestr(info, path.read_bytes())
