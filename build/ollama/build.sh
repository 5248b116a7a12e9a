#!/usr/bin/env bash
# Builds a real Ollama server (CPU only) for the tests, from the Go module proxy alone.
#
#   build/ollama/build.sh              build it if it is missing; prints only the binary's path on stdout
#   build/ollama/build.sh --print-path print the path without building; exit status 1 when it is not there
#
# A module on the proxy has no folders called "vendor" (a rule of Go's zip format), so three third-party headers that
# llama.cpp keeps in llama/llama.cpp/vendor are missing. We take them from two other modules and show them to cgo by an
# include path; nothing in the module is changed.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=pins.sh
. "$HERE/pins.sh"
# shellcheck source=../python/lib.sh
. "$HERE/../python/lib.sh"

readonly MODULE=github.com/ollama/ollama

# module_dir downloads a module, checks its sum and prints its folder.
module_dir() { go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p'; }

check_tools() {
	local tool
	for tool in go gcc g++; do
		command -v "$tool" >/dev/null || die "the program $tool is missing; Ollama is Go and C++." \
			"Do: build/setup/setup.sh app (compilers), docs/setup.md (Go)"
	done
}

# collect_headers puts the missing headers where Ollama's sources look for them, below $1.
collect_headers() {
	local old audio
	old=$(module_dir "$MODULE@$OLLAMA_HEADERS")
	audio=$(module_dir "github.com/gen2brain/malgo@$MALGO")
	mkdir -p "$1"/{nlohmann,stb,miniaudio}
	install -m 644 "$old/llama/llama.cpp/common/json.hpp" "$1/nlohmann/json.hpp"
	install -m 644 "$old/llama/llama.cpp/common/stb_image.h" "$1/stb/stb_image.h"
	install -m 644 "$audio/miniaudio.h" "$1/miniaudio/miniaudio.h"
	echo '#include <nlohmann/json.hpp>' >"$1/nlohmann/json_fwd.hpp"
}

# build_server compiles into the folder $1. It runs there: inside our own module `go install` would refuse a version.
build_server() {
	cd "$1"
	collect_headers "$1/headers"
	# A fixed include path keeps Go's build cache valid from one attempt to the next.
	rm -rf "$CACHE/ollama-headers"
	mv headers "$CACHE/ollama-headers"
	CGO_ENABLED=1 CGO_CPPFLAGS="-I$CACHE/ollama-headers" CGO_CFLAGS=-O2 CGO_CXXFLAGS=-O2 GOBIN="$1" GOFLAGS='' \
		go install -trimpath -ldflags "-s -w -X=$MODULE/version.Version=${OLLAMA#v}" "$MODULE@$OLLAMA"
	"$1/ollama" --version >/dev/null 2>&1 || die "the Ollama just built does not start: $1/ollama." "Do: run it with --version and see."
}

interrupted() {
	say "Interrupted. What Go has compiled is kept in its build cache; run the same command again to go on."
	exit 130
}

main() {
	local key final
	CACHE=$(cache_dir)
	key=$(cat "$HERE/pins.sh" "$HERE/build.sh" | sha256sum | cut -c1-16)
	final=$CACHE/ollama-$key
	if [ "${1:-}" = --print-path ]; then
		echo "$final/ollama"
		[ -x "$final/ollama" ]
		return
	fi
	if [ ! -x "$final/ollama" ]; then
		check_tools
		mkdir -p "$CACHE"
		trap interrupted INT TERM
		exec 9>"$CACHE/ollama.lock"
		flock 9 # a second build waits, and then finds it done
	fi
	if [ ! -x "$final/ollama" ]; then
		say "Building Ollama $OLLAMA for the tests: once per machine. It compiles llama.cpp with its C++ code," \
			"which takes about 8 minutes on 2 cores."
		rm -rf "$final.partial"
		mkdir -p "$final.partial"
		(build_server "$final.partial")
		find "$CACHE" -maxdepth 1 -name 'ollama-*' -type d ! -name "ollama-$key*" ! -name ollama-headers -exec rm -rf {} +
		mv "$final.partial" "$final"
	fi
	echo "$final/ollama"
}

main "$@"
