# what: write runtime.json
# time: 1 s
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/env.sh"

file_entry() { printf '"%s": {"sha256": "%s", "bytes": %d}' "$1" "$(sha256_of "$STAGE/$1")" "$(stat -c %s "$STAGE/$1")"; }

# What may be imported besides the standard library, from the package stages' lists of names and versions.
packages() {
	local part folder name version comma=""
	for part in $PACKAGE_STAGES; do
		folder=${part^^}_STAGE
		while read -r name version; do
			printf '%s    "%s": "%s"' "$comma" "$name" "$version"
			comma=$',\n'
		done <"${!folder}/packages.txt"
	done
}

cat >"$STAGE/runtime.json" <<JSON
{
  "key": "$STAGE_KEY",
  "versions": {
    "cpython": "$PYTHON_VERSION",
    "zlib": "$ZLIB_VERSION",
    "bzip2": "$BZIP2_VERSION",
    "xz": "$XZ_VERSION",
    "sqlite": "$SQLITE_VERSION",
    "tzdata": "$(cat "$PYTHON_STAGE/tzdata-version")",
    "wasi-libc": "$WASI_LIBC_VERSION",
    "clang": "$(clang -dumpversion)"
  },
  "packages": {
$(packages)
  },
  "files": {
    $(file_entry python.wasm),
    $(file_entry stdlib.zip),
    $(file_entry site.zip)
  }
}
JSON
