# what: compile pandas
# time: 150 s
set -euo pipefail
. "$RECIPE/env.sh"
here=$RECIPE/stage-pandas

# As for numpy. A wrong function pointer traps when it is called, and a wrong pointer to an integer is the wrong width
# (numpy's npy_intp is wider than Py_ssize_t here).
# shellcheck disable=SC2206  # lists of flags
flags=($TARGET $PREFIX_MAP "-ffile-prefix-map=$RECIPE=/build" -O2 -g0 -DNDEBUG -fno-strict-aliasing -fwrapv
	-include "$NUMPY_STAGE/include/fenv_word.h" -DNPY_NO_DEPRECATED_API=0
	-I"$WORK/cython/pandas/_libs/include" -I"$WORK/cython/pandas/_libs" -I"$PYTHON_STAGE/include" -I"$NUMPY_STAGE/include"
	-I"$NUMPY_STAGE/include/numpy"
	-Wno-everything -Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=incompatible-function-pointer-types)
"$BUILD_PYTHON" -I "$here/compile.py" "$WORK/cython/pandas/_libs" "$LLVM/.." "$WORK/objects" \
	"$STAGE/modules.txt" "$JOBS" "${flags[@]}"
clang "${flags[@]}" -c "$here/no_exceptions.c" -o "$WORK/objects/no_exceptions.o"
rm -f "$STAGE"/lib*.a
llvm-ar rcsD "$STAGE/libpandas.a" "$WORK"/objects/*.o
for library in libc++.a libc++abi.a; do cp "$LLVM/../lib/wasm32-wasi/$library" "$STAGE/"; done
