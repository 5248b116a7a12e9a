#!/usr/bin/env bash
# Installs what is missing on this machine, and does nothing (in less than a second) when nothing is.
#
#   build/setup/setup.sh [--ci] WHAT…
#
# WHAT: app (to build and run the window), runtime (to build the Python for the sandbox), test (for `make test`).
# --ci: never ask for a password.
# On Debian and its relatives, packages come from apt, as root or through sudo. Elsewhere it says what to install.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=needs.sh
. "$ROOT/build/setup/needs.sh"
# shellcheck source=../python/lib.sh
. "$ROOT/build/python/lib.sh"

SUDO_FLAGS=()

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "${SUDO_FLAGS[@]}" "$@"
	fi
}

missing_packages() {
	local probe package _
	needed "$@" | while IFS='|' read -r _ probe package _; do
		have "$probe" || printf '%s\n' "$package"
	done | sort -u
}

# by_hand PACKAGES: this system is not one that we can install on.
by_hand() {
	die "some things are missing, and this system has no apt to install them with." \
		"Under Debian's names they are: $*" \
		"Do: install their counterparts; docs/setup.md names them for other systems. 'make doctor' checks."
}

check_root() {
	[ "$(id -u)" = 0 ] && return
	command -v sudo >/dev/null || die "system packages are missing, and installing them takes root." \
		"You are not root and there is no sudo." "Do (as root): apt-get install $*"
	[ ${#SUDO_FLAGS[@]} = 0 ] || sudo -n true 2>/dev/null || die "system packages are missing: $*" \
		"With --ci nothing is asked, and sudo wants a password." "Do: run 'build/setup/setup.sh' without --ci."
}

apt_quiet() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@"; }

# apt_install PACKAGES: with fresh lists, since Debian removes the files that old lists name.
apt_install() {
	local log package absent=""
	check_root "$@"
	log=$(mktemp)
	say "Installing ${#} system packages with apt (about $((20 + 3 * $#)) s): $*"
	apt_quiet update >"$log" 2>&1 || apt_failed "$log" "apt could not read its package lists."
	for package in "$@"; do
		debian_offers "$package" 0 || absent="$absent $package"
	done
	[ -z "$absent" ] || die "apt knows no package$absent." \
		"LLVM 22 is in the security updates of Debian 12 (bookworm-security) and newer." \
		"Do: add that to apt's sources, or see docs/setup.md for this system."
	apt_quiet install --yes --no-install-recommends "$@" >"$log" 2>&1 || apt_failed "$log" "apt could not install them."
	rm -f "$log"
}

apt_failed() {
	tail -n 20 "$1" >&2
	die "$2" "The lines above are its last words; all of them: $1" "Do: mend the cause and run the same command again."
}

setup_packages() {
	local missing
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	command -v apt-get >/dev/null || by_hand "${missing[@]}"
	apt_install "${missing[@]}"
}

setup_go() {
	local state
	state=$(go_state)
	case $state in
	ok) return ;;
	fetches)
		say "Go $(go_found) is installed; it fetches Go $(go_wanted) for this project by itself."
		return
		;;
	esac
	if command -v apt-get >/dev/null && debian_offers golang-go "$(go_wanted)"; then
		apt_install golang-go
		return
	fi
	die "Go $(go_wanted) or newer is needed; found: $(go_found | grep . || echo none)." \
		"This system's packages have no such Go." \
		"Do: install it from the Go project's download page, so that 'go version' says $(go_wanted) or more."
}

setup_node() {
	[ "$(node_state)" != ok ] || return 0
	if command -v apt-get >/dev/null && debian_offers nodejs "$NODE_WANTED"; then
		apt_install nodejs
		command -v npm >/dev/null || apt_install npm
		[ "$(node_state)" != ok ] || return 0
	fi
	die "Node.js $NODE_WANTED or newer with npm is needed; found: $(node_found | grep . || echo none)." \
		"It builds the interface." \
		"Do: install Node.js 20 (20.19 or newer), 22 or 24 from your system or from the Node.js project's download page."
}

# npm_install installs exactly the lock file's versions. The lock file must name the packages of all platforms: Biome is
# pinned to a release whose packages the registry serves for all of them.
npm_install() {
	# The tests use the system's browser.
	PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >"$1" 2>&1
}

setup_npm() {
	local log
	! npm_current || return 0
	say "Installing the interface's packages with npm (about 30 s)"
	log=$(mktemp)
	if ! (cd "$ROOT/frontend" && npm_install "$log"); then
		tail -n 20 "$log" >&2
		die "npm could not install the interface's packages." "The lines above are its last words; all of them: $log" \
			"Do: mend the cause (often the network or the registry's address) and run the same command again."
	fi
	rm -f "$log"
	touch "$ROOT/frontend/node_modules/.package-lock.json"
}

main() {
	local groups=()
	while [ $# -gt 0 ]; do
		case $1 in
		--ci) SUDO_FLAGS=(-n) ;;
		app | runtime | test) groups+=("$1") ;;
		*) die "setup knows app, runtime and test, not \"$1\"." ;;
		esac
		shift
	done
	[ ${#groups[@]} -gt 0 ] || groups=(app runtime)
	setup_packages "${groups[@]}"
	case " ${groups[*]} " in
	*" app "* | *" test "*)
		setup_go
		setup_node
		setup_npm
		;;
	esac
}

main "$@"
