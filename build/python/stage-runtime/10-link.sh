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

# What the package stages compiled: their archives, and a table of their extension modules.
archives=() libraries=() modules=()
for name in $PACKAGE_STAGES; do
	folder=${name^^}_STAGE
	folder=${!folder}
	[ -f "$folder/modules.txt" ] || continue # only Python
	modules+=("$folder/modules.txt")
	archives+=("$folder"/lib*.a)
	# shellcheck disable=SC2207  # a list of flags
	[ ! -f "$folder/libraries.txt" ] || libraries+=($(cat "$folder/libraries.txt"))
done
cat /dev/null "${modules[@]}" | "$BUILD_PYTHON" -I "$RECIPE/stage-runtime/register.py" >"$WORK/register.c"
# shellcheck disable=SC2086
clang $TARGET $PREFIX_MAP -O2 -DNDEBUG -I"$py/include" -c "$WORK/register.c" -o "$WORK/register.o"

# A reactor has no main: the host calls _initialize and then the functions marked export_name("sb_…").
# __stack_pointer is exported because a snapshot is the memory plus this one mutable global. The stack comes first, so
# that an overflow traps at address 0 and doesn't run into the data.
# shellcheck disable=SC2086
clang $TARGET $LINK -mexec-model=reactor -o "$WORK/python.wasm" "${objects[@]}" \
	"$WORK/register.o" "${archives[@]}" \
	"$PREFIX/lib/libpython3.13.a" "$PREFIX/lib/libmpdec.a" "$PREFIX/lib/libHacl_Hash_SHA2.a" "$PREFIX/lib/libexpat.a" \
	-L"$PREFIX/lib" -lz -lbz2 -llzma -lsqlite3 \
	"${libraries[@]}" -ldl -lwasi-emulated-signal -lwasi-emulated-getpid -lwasi-emulated-process-clocks -lm \
	-Wl,--export=__stack_pointer -Wl,--stack-first -z stack-size=8388608 -Wl,--strip-debug -Wl,--gc-sections
mv "$WORK/python.wasm" "$STAGE/python.wasm"
