# what: write runtime.json
# time: 1 s
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/env.sh"
. "$RECIPE/stage-numpy/pins.sh"

file_entry() { printf '"%s": {"sha256": "%s", "bytes": %d}' "$1" "$(sha256_of "$STAGE/$1")" "$(stat -c %s "$STAGE/$1")"; }

cat >"$STAGE/runtime.json" <<JSON
{
  "key": "$STAGE_KEY",
  "versions": {
    "cpython": "$PYTHON_VERSION",
    "numpy": "$NUMPY_VERSION",
    "zlib": "$ZLIB_VERSION",
    "bzip2": "$BZIP2_VERSION",
    "xz": "$XZ_VERSION",
    "sqlite": "$SQLITE_VERSION",
    "tzdata": "$(cat "$PYTHON_STAGE/tzdata-version")",
    "wasi-libc": "$WASI_LIBC_VERSION",
    "clang": "$(clang -dumpversion)"
  },
  "files": {
    $(file_entry python.wasm),
    $(file_entry stdlib.zip),
    $(file_entry site.zip)
  }
}
JSON
