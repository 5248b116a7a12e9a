# shellcheck shell=bash
# Messages and small helpers of the driver and the steps. Not part of the cache key: wording never rebuilds anything.

say() { printf '%s\n' "$*" >&2; }
die() {
	say "error: $1"
	shift
	for line in "$@"; do say "  $line"; done
	exit 1
}

# cache_dir prints the folder that survives between builds, as the Go side looks for it.
cache_dir() { printf '%s\n' "${SANDGLASS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sandglass}"; }

sha256_of() { sha256sum -- "$1" | cut -d' ' -f1; }

# hash_files prints one short hash over names and contents of all files under the given paths, in a fixed order.
hash_files() {
	(
		cd "$RECIPE" || exit 1
		find "$@" -type f ! -name '*.md' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
	) | sha256sum | cut -c1-16
}
