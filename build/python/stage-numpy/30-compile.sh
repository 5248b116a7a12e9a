# what: compile numpy
# time: 75 s
set -euo pipefail
. "$RECIPE/env.sh"
here=$RECIPE/stage-numpy

# -fwrapv and -fno-strict-aliasing are what CPython gives to extension modules. A wrong function pointer is an error:
# it would trap when it is called.
# shellcheck disable=SC2206  # lists of flags
flags=($TARGET $PREFIX_MAP "-ffile-prefix-map=$RECIPE=/build" -O2 -g0 -DNDEBUG -fno-strict-aliasing -fwrapv
	-include "$here/fenv/fenv_word.h" -D_FILE_OFFSET_BITS=64 -D_LARGEFILE_SOURCE=1 -DHAVE_NPY_CONFIG_H=1
	-Wno-everything -Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=incompatible-function-pointer-types)
"$BUILD_PYTHON" -I "$here/compile.py" "$WORK/numpy/numpy" "$WORK/generated" "$PYTHON_STAGE/include" \
	"$WORK/objects" "$JOBS" "${flags[@]}"
clang "${flags[@]}" -c "$here/fenv/fenv_word.c" -o "$WORK/objects/fenv_word.o"
rm -f "$STAGE/libnumpy.a"
llvm-ar rcsD "$STAGE/libnumpy.a" "$WORK"/objects/*.o

cp "$here/modules.txt" "$STAGE/modules.txt"
# It prints and reads long doubles, which wasi-libc leaves to a library of its own.
echo -lc-printscan-long-double >"$STAGE/libraries.txt"

# What a package that builds on numpy (pandas) compiles against.
rm -rf "$STAGE/include" "$STAGE/cython"
mkdir -p "$STAGE/include" "$STAGE/cython/numpy"
cp -r "$WORK/numpy/numpy/core/include/numpy" "$STAGE/include/"
cp -r "$WORK/generated/core/include/numpy" "$STAGE/include/"
cp "$here/fenv/fenv_word.h" "$STAGE/include/"
cp -r "$WORK/cython/numpy/." "$STAGE/cython/numpy/"
find "$STAGE/cython" -name '*.pyx' -delete
