# what: build the same CPython for this machine (the cross build runs it; it also compiles the standard library)
# time: 2 min
set -euo pipefail
. "$RECIPE/env.sh"
source_dir=$WORK/src/python3.13

mkdir -p "$WORK/native"
cd "$WORK/native"
# -O1 and no tests: this interpreter only works for a minute.
"$source_dir/configure" -q --disable-test-modules --without-ensurepip CC=cc CFLAGS="-O1 -g0"
make -s -j"$JOBS"

# `make install` would compile the library three times over; we need the binary beside its library, at a place that
# can be renamed: CPython finds its library relative to its own path.
home=$STAGE/native
rm -rf "$home"
mkdir -p "$home/bin" "$home/lib/python3.13/lib-dynload"
cp python "$home/bin/python3.13"
cp -r "$source_dir/Lib/." "$home/lib/python3.13/"
cp build/lib.*/*.so "$home/lib/python3.13/lib-dynload/"
cp build/lib.*/_sysconfigdata*.py "$home/lib/python3.13/"
rm -rf "$home"/lib/python3.13/{test,idlelib,tkinter,turtledemo,ensurepip}
"$home/bin/python3.13" -I -c 'import zlib, sys; assert sys.prefix == sys.argv[1], sys.prefix' "$home"
