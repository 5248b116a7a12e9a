# what: compile the sandbox's C code and link python.wasm
# time: 5 s
set -euo pipefail
. "$RECIPE/env.sh"
py=$PYTHON_STAGE

objects=()
for file in "$RECIPE"/reactor/*.c; do
	object=$WORK/$(basename "$file" .c).o
	# CPython's internal headers, for the words that interrupt a running step.
	# shellcheck disable=SC2086  # lists of flags
	clang $TARGET $PREFIX_MAP -ffile-prefix-map="$RECIPE=/build" -O3 -DNDEBUG -I"$RECIPE/reactor" -I"$py/include" -I"$py/include/internal" \
		-Wall -Wno-unused-function -c "$file" -o "$object"
	objects+=("$object")
done

# A reactor has no main: the host calls _initialize and then the functions marked export_name("sb_…").
# __stack_pointer is exported because a snapshot is the memory plus this one mutable global. The stack comes first, so
# that an overflow traps at address 0 and doesn't run into the data.
# numpy prints and reads long doubles, which wasi-libc leaves to a library of its own.
# shellcheck disable=SC2086
clang $TARGET $LINK -mexec-model=reactor -o "$WORK/python.wasm" "${objects[@]}" \
	"$NUMPY_STAGE/register.o" "$NUMPY_STAGE/libnumpy.a" \
	"$PREFIX/lib/libpython3.13.a" "$PREFIX/lib/libmpdec.a" "$PREFIX/lib/libHacl_Hash_SHA2.a" "$PREFIX/lib/libexpat.a" \
	-L"$PREFIX/lib" -lz -lbz2 -llzma -lsqlite3 \
	-lc-printscan-long-double -ldl -lwasi-emulated-signal -lwasi-emulated-getpid -lwasi-emulated-process-clocks -lm \
	-Wl,--export=__stack_pointer -Wl,--stack-first -z stack-size=8388608 -Wl,--strip-debug -Wl,--gc-sections
mv "$WORK/python.wasm" "$STAGE/python.wasm"
