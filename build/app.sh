#!/usr/bin/env bash
# Builds the program into build/bin, or a part of it:  build/app.sh [frontend|desktop|cli|bindings|runtime]…
#
#   frontend  the interface into frontend/dist, which both programs carry inside
#   desktop   build/bin/sandglass-desktop, the window
#   cli       build/bin/sandglass, the command line; needs no GTK
#   runtime   build/bin/runtime, the Python that agents' code runs in, beside the programs
#   bindings  frontend/wailsjs, what Wails generates for the window (not part of the default)
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
# shellcheck source=python/lib.sh
. build/python/lib.sh

# The tags are facts of the libraries: SQLite's full-text search and the version of WebKit that Debian has.
readonly TAGS=sqlite_fts5,webkit2_41

version() { git describe --tags --always --dirty 2>/dev/null || echo development; }

go_build() { # go_build TAGS OUTPUT PACKAGE
	go build -trimpath -tags "$1" -ldflags "-s -w -X main.version=$(version)" -o "build/bin/$2" "$3"
}

build_frontend() {
	say "The interface: type check and bundle (about 10 s)"
	(cd frontend && npm run --silent build) >&2
}

build_desktop() {
	say "The window: build/bin/sandglass-desktop (the first time about 2 min, then seconds)"
	go_build "desktop,production,$TAGS" sandglass-desktop .
}

build_cli() {
	say "The command line: build/bin/sandglass (the first time about 1 min, then seconds)"
	go_build sqlite_fts5 sandglass ./cmd/sandglass
}

build_bindings() {
	say "Wails' bindings: frontend/wailsjs"
	go run -tags "bindings,$TAGS" .
}

# build_runtime copies the runtime only when it is another one, so that the programs' own caches stay valid.
build_runtime() {
	local from
	from=$(build/python/build.sh)
	mkdir -p build/bin
	cmp -s "$from/runtime.json" build/bin/runtime/runtime.json && return
	rm -rf build/bin/runtime build/bin/runtime.partial
	cp -r "$from" build/bin/runtime.partial
	mv build/bin/runtime.partial build/bin/runtime
}

[ $# -gt 0 ] || set -- runtime frontend desktop cli
for part in "$@"; do
	case $part in
	frontend | desktop | cli | bindings | runtime) "build_$part" ;;
	*) die "build/app.sh knows frontend, desktop, cli, bindings and runtime, not \"$part\"." ;;
	esac
done
