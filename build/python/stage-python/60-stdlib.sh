# what: compile the standard library and the time zones
# time: 20 s
set -euo pipefail
. "$RECIPE/env.sh"
tree=$STAGE/stdlib # a tree, not an archive: the stage "runtime" lays its own files over it and packs it
source_dir=$WORK/src/python3.13

rm -rf "$tree"
mkdir -p "$tree"
cp -r "$source_dir/Lib/." "$tree/"
cp "$WORK"/wasm/build/lib.*/_sysconfigdata*.py "$tree/"
# sysconfig's variables hold the folders of this build.
sed -i "s#$PYTHON_STAGE#/build#g" "$tree"/_sysconfigdata*.py

cd "$tree"
# Windows of any kind, installers, CPython's own tests and examples. _pyrepl stays: pydoc's pager comes from it.
rm -rf test idlelib tkinter turtle.py turtledemo ensurepip venv pydoc_data curses dbm/gnu.py __phello__ __hello__.py \
	site-packages
find . -type d \( -name __pycache__ -o -name tests \) -prune -exec rm -rf {} +
find . -type f ! -name '*.py' -delete

# zoneinfo looks into the package "tzdata" when there is no folder of time zones.
"$BUILD_PYTHON" -I "$RECIPE/stage-python/tzdata.py" "$WORK/deb/tzdata/usr/share/zoneinfo" "$tree/tzdata"
for deb in "$WORK"/tz/tzdata_*.deb; do dpkg-deb -f "$deb" Version >"$STAGE/tzdata-version"; done

# .pyc only, with the path that a traceback shows, and no source to compare with.
"$BUILD_PYTHON" -I -m compileall -q -b -j"$JOBS" --invalidation-mode unchecked-hash \
	-s "$tree" -p /lib/python3.13 "$tree"
find . -name '*.py' -delete

# Licence texts travel with the runtime.
mkdir -p "$STAGE/licenses"
cp "$source_dir/LICENSE" "$STAGE/licenses/cpython.txt"
cp "$source_dir/Doc/license.rst" "$STAGE/licenses/cpython-incorporated-software.txt" # libmpdec, HACL*, expat and others
cp "$WORK/src/zlib/LICENSE" "$STAGE/licenses/zlib.txt"
cp "$WORK/src/bzip2/LICENSE" "$STAGE/licenses/bzip2.txt"
cp "$WORK/src/xz-utils/COPYING.0BSD" "$STAGE/licenses/xz.txt"
cp "$WORK/deb/wasi-libc/usr/share/doc/wasi-libc/copyright" "$STAGE/licenses/wasi-libc.txt"
cp "$WORK/deb/tzdata/usr/share/doc/tzdata/copyright" "$STAGE/licenses/tzdata.txt"
cp "/usr/share/doc/libclang-rt-$LLVM_MAJOR-dev-wasm32/copyright" "$STAGE/licenses/llvm.txt" # compiler-rt is linked in
