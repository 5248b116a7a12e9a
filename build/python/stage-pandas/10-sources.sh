# what: fetch pandas (11 MB) and Cython, patch pandas
# time: 15 s
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/env.sh"
. "$RECIPE/apt-private.sh"
. "$RECIPE/fetch.sh"
. "$RECIPE/stage-numpy/pins.sh"
. "$RECIPE/stage-pandas/pins.sh"

[ -f "$LLVM/../lib/wasm32-wasi/libc++.a" ] || die "the C++ library for WebAssembly is missing." \
	"Do: build/setup/setup.sh runtime"

fetch_and_unpack <<<"$PANDAS_FILES"
grep cython3 <<<"$NUMPY_FILES" | fetch_and_unpack

for patch in "$RECIPE"/stage-pandas/patches/*.patch; do
	(cd "$WORK/pandas" && GIT_CEILING_DIRECTORIES=$WORK git apply "$patch")
done

rm -rf "$STAGE/licenses"
mkdir -p "$STAGE/licenses"
{
	cat "$WORK/pandas/LICENSE"
	# Of what pandas copied from others.
	for file in "$WORK"/pandas/LICENSES/*; do printf '\n==== %s ====\n\n' "$(basename "$file")" && cat "$file"; done
} >"$STAGE/licenses/pandas.txt"
cp "/usr/share/doc/libc++-$LLVM_MAJOR-dev-wasm32/copyright" "$STAGE/licenses/libcxx.txt"
