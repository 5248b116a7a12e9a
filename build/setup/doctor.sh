#!/usr/bin/env bash
# Lists what this machine has and lacks, each with the command that mends it. Changes nothing.
# Exit status 1 when something is missing that `make run` needs.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=needs.sh
. "$ROOT/build/setup/needs.sh"
# shellcheck source=../python/lib.sh
. "$ROOT/build/python/lib.sh"

BAD=0

ok() { printf 'ok       %s\n' "$1"; }
# lacks NAME WHY COMMAND [optional]
lacks() {
	printf 'missing  %s: %s\n         do: %s\n' "$1" "$2" "$3"
	[ "${4:-}" = optional ] || BAD=1
}

mend() {
	local group=$1 package=$2
	if command -v apt-get >/dev/null; then
		echo "build/setup/setup.sh $group    (or: apt-get install $package)"
	else
		echo "install your system's counterpart of Debian's $package (docs/setup.md)"
	fi
}

check_group() {
	local group=$1 optional=${2:-} probe package purpose _
	while IFS='|' read -r _ probe package purpose; do
		if have "$probe"; then
			ok "$package"
		else
			lacks "$package" "$purpose" "$(mend "$group" "$package")" "$optional"
		fi
	done < <(needed "$group")
}

check_tools() {
	case $(go_state) in
	ok) ok "Go $(go_found)" ;;
	fetches) ok "Go $(go_found), which fetches $(go_wanted) by itself" ;;
	*) lacks "Go $(go_wanted) or newer" "found: $(go_found | grep . || echo none)" "install it from the Go project's download page" ;;
	esac
	case $(node_state) in
	ok) ok "Node.js $(node_found)" ;;
	*) lacks "Node.js $NODE_WANTED or newer, with npm" "found: $(node_found | grep . || echo none)" "build/setup/setup.sh app" ;;
	esac
	if npm_current; then ok "the interface's npm packages"; else
		lacks "the interface's npm packages" "absent or older than the lock file" "build/setup/setup.sh app"
	fi
}

check_runtime() {
	local dir
	if dir=$("$ROOT/build/python/build.sh" --print-dir); then
		ok "the Python runtime: $dir"
		return
	fi
	lacks "the Python runtime" "not built yet, or its recipe changed" "make runtime (about 10 minutes on 2 cores, once)"
	echo "To build the Python runtime:"
	check_group runtime
}

main() {
	echo "To build and run Sandglass:"
	check_group app
	check_tools
	check_runtime
	echo "For the tests (make test):"
	check_group test optional
	if "$ROOT/build/ollama/build.sh" --print-path >/dev/null; then ok "Ollama for the tests"; else
		lacks "Ollama for the tests" "not built yet" "make ollama (about 8 minutes on 2 cores, once)" optional
	fi
	# What the program itself sees: a model, the key ring, the sandbox.
	if [ -x "$ROOT/build/bin/sandglass" ]; then
		echo "What the program says (build/bin/sandglass doctor):"
		"$ROOT/build/bin/sandglass" doctor || BAD=1
	fi
	if [ $BAD = 0 ]; then echo "Everything that is needed is there."; fi
	return $BAD
}

main "$@"
