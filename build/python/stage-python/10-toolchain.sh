# what: check the compilers
# time: 1 s
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/pins.sh"

missing=""
for tool in "clang-$LLVM_MAJOR" "llvm-ar-$LLVM_MAJOR" "wasm-ld-$LLVM_MAJOR" make cc tclsh pkg-config xz dpkg-deb; do
	command -v "$tool" >/dev/null || missing="$missing $tool"
done
[ -z "$missing" ] || die "these programs are missing:$missing" "Do: build/setup/setup.sh runtime"
