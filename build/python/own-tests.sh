#!/usr/bin/env bash
# Runs numpy's or pandas's own tests in the sandbox, with the runtime that is built, and prints a table of counts.
#
#   build/python/own-tests.sh numpy|pandas [--failed] [FOLDER-OR-FILE…]    e.g. pandas tests/groupby; everything without
#
# Takes about 10 minutes for numpy; hours for all of pandas. What ran is kept (the results are JSON, one line a file), so
# an interrupted run goes on where it was, and --failed runs only the files again that had failures when they last ran;
# delete the folder that it names to start over.
set -euo pipefail

RECIPE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$RECIPE/lib.sh"
# shellcheck source=apt-private.sh
. "$RECIPE/apt-private.sh"
# shellcheck source=fetch.sh
. "$RECIPE/fetch.sh"

# pytest and what it needs: from Debian's packages, for this script only, never in the runtime.
readonly TEST_TOOLS="
trixie deb python3-pytest python3-pytest_8.3.5-2_all.deb f933f7b38d1fd2c140684a44fecc7aa23cd6d08364604384c14c4cc21de8f8f9
trixie deb python3-pluggy python3-pluggy_1.5.0-1_all.deb d762a370c7c54046d991b3caa9095facbee5c54792e306b5f9e32455326f82bc
trixie deb python3-iniconfig python3-iniconfig_1.1.1-2_all.deb c9226a32a78fa93f9e993a4ed77fcb3ceb23c21b9d75d7ea4dc77cb016ed0d83
trixie deb python3-packaging python3-packaging_25.0-1_all.deb d70c8469f6e9c6105e1ebcd3ebdc963f11dadbeddd89d2d1a2a3cb1c97d2ecbc
trixie deb python3-hypothesis python3-hypothesis_6.130.5-2_all.deb fc302cc434e7ea073641b5199cccd42301f98d40b2329a8febb56957c439f408
trixie deb python3-attr python3-attr_25.3.0-1_all.deb 72cee7fff9e57e8410956e3071ffe910d9de14ddedf14d598a616319428b369c
trixie deb python3-sortedcontainers python3-sortedcontainers_2.4.0-2_all.deb b00fd22e4fd50d8ba44442607fc3c737186082b16648d3995b2e4fca642f53e1
"

main() {
	local package=${1:-} stage python results
	case $package in
	numpy | pandas) shift ;;
	*) die "which package's tests?" "Do: build/python/own-tests.sh numpy|pandas" ;;
	esac
	"$RECIPE/build.sh" --print-dir >/dev/null || die "the runtime is not built." "Do: make runtime"
	stage=$("$RECIPE/build.sh" --print-dir "$package")
	python=$("$RECIPE/build.sh" --print-dir python)/native/bin/python3.13
	DOWNLOADS=$(cache_dir)/downloads
	results=$(cache_dir)/own-tests/$(basename "$("$RECIPE/build.sh" --print-dir)")-$package
	WORK=$results/work
	mkdir -p "$WORK"
	fetch_and_unpack <<<"$TEST_TOOLS"
	"$python" -I "$RECIPE/own-tests/pack.py" "$results/tests.zip" "$package" "$stage/tests" "$WORK"/python3-*/usr/lib/python3/dist-packages
	(cd "$RECIPE/../.." && go build -tags sqlite_fts5 -o "$results/sandglass" ./cmd/sandglass)
	"$python" -I "$RECIPE/own-tests/run.py" "$results" "$package" "$@"
}

main "$@"
