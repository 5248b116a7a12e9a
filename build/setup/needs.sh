# shellcheck shell=bash
# What this repository needs on a machine, as one table, and how to see whether it is there.

# group | probe | Debian package | what it is for
# A probe is cmd:NAME (a program), pc:NAME (a library known to pkg-config), certificates (of authorities, for https) or
# builtins and libcxx (clang's own libraries for WASM): looking is quicker than asking the package system, and right on systems that package things differently.
needs_table() {
	cat <<-'TABLE'
		app|cmd:gcc|gcc|compiles the C parts of Go packages
		app|cmd:pkg-config|pkg-config|finds libraries
		app|certificates|ca-certificates|https, to fetch Go and npm packages
		app|pc:gtk+-3.0|libgtk-3-dev|the window
		app|pc:webkit2gtk-4.1|libwebkit2gtk-4.1-dev|the window's content
		runtime|cmd:gcc|gcc|builds the Python that helps to build the Python for WASM
		runtime|cmd:make|make|runs CPython's build
		runtime|cmd:pkg-config|pkg-config|finds libraries
		runtime|pc:zlib|zlib1g-dev|packs the standard library
		runtime|cmd:xz|xz-utils|unpacks sources
		runtime|cmd:tclsh|tcl|makes SQLite's one-file source
		runtime|cmd:clang-22|clang-22|compiles C to WASM
		runtime|cmd:wasm-ld-22|lld-22|links WASM
		runtime|cmd:llvm-ar-22|llvm-22|makes WASM libraries
		runtime|builtins|libclang-rt-22-dev-wasm32|what clang's output calls
		runtime|libcxx|libc++-22-dev-wasm32|C++ for WASM, of which pandas has one file
		test|cmd:g++|g++|compiles Ollama's C++ parts
		test|cmd:shellcheck|shellcheck|checks the scripts
		test|cmd:python3|python3|runs exported scripts, and is the peer of the benchmarks
		test|cmd:Xvfb|xvfb|a screen for the window tests
		test|cmd:xauth|xauth|access to that screen
		test|cmd:WebKitWebDriver|webkit2gtk-driver|drives the real window
		test|cmd:xdotool|xdotool|types and drags files in the real window
		test|cmd:convert|imagemagick|compares pictures
		test|cmd:chromium|chromium|the browser of the interface tests
		test|cmd:dbus-run-session|dbus|a session bus for the window tests
	TABLE
}

# have PROBE: is it there?
have() {
	case $1 in
	cmd:*) command -v "${1#cmd:}" >/dev/null ;;
	pc:*) command -v pkg-config >/dev/null && pkg-config --exists "${1#pc:}" ;;
	certificates) # where Go looks: Debian, Fedora, openSUSE, Alpine (crypto/x509/root_linux.go); a Mac has its own
		[ "$(uname -s)" = Linux ] || return 0
		local file
		for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/{ca-bundle,cert}.pem; do
			[ ! -f "$file" ] || return 0
		done
		return 1
		;;
	builtins)
		local clang
		clang=$(command -v clang-22) && [ -f "$("$clang" --target=wasm32-wasip1 -print-libgcc-file-name)" ]
		;;
	libcxx)
		local clang
		clang=$(command -v clang-22) && [ -f "$(dirname "$(readlink -f "$clang")")/../lib/wasm32-wasi/libc++.a" ]
		;;
	esac
}

# needed GROUP…: the rows of those groups; on a Mac the window comes from the system.
needed() {
	local row group
	while IFS= read -r row; do
		for group in "$@"; do
			[ "${row%%|*}" = "$group" ] || continue
			case $(uname -s):$row in Darwin:*libgtk* | Darwin:*webkit2gtk*) continue ;; esac
			printf '%s\n' "$row"
		done
	done < <(needs_table)
}

# version_at_least HAVE WANT: compares dotted numbers.
version_at_least() { [ "$(printf '%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

readonly NODE_WANTED=20.19 # the least that the frontend's build tool runs on (frontend/package.json, "engines")

go_wanted() { sed -n 's/^go //p' "$ROOT/go.mod"; }

# go_found prints the version of the installed Go, without letting it fetch another one.
go_found() { (cd / && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) | sed 's/^go//; s/ .*//'; }

# go_state prints ok, fetches (a Go that downloads the wanted release by itself, since 1.21), old or missing.
go_state() {
	command -v go >/dev/null || { echo missing && return; }
	if version_at_least "$(go_found)" "$(go_wanted)"; then
		echo ok
	elif version_at_least "$(go_found)" 1.21 && (cd "$ROOT" && go version >/dev/null 2>&1); then
		echo fetches
	else
		echo old
	fi
}

node_found() { node --version 2>/dev/null | sed 's/^v//'; }

node_state() {
	if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
		echo missing
	elif version_at_least "$(node_found)" "$NODE_WANTED"; then
		echo ok
	else
		echo old
	fi
}

# npm_current: are the packages in node_modules those of the lock file?
npm_current() { [ "$ROOT/frontend/node_modules/.package-lock.json" -nt "$ROOT/frontend/package-lock.json" ]; }

# debian_offers PACKAGE VERSION: can apt install at least this version?
debian_offers() {
	local candidate
	candidate=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9]*:\)\{0,1\}//p')
	[ -n "$candidate" ] && [ "$candidate" != "(none)" ] && version_at_least "$candidate" "$2"
}
