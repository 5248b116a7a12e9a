#!/usr/bin/env bash
# All that must pass, in the order of what fails fastest:  build/test.sh [STAGE…]
# Stages: lint generated go frontend web window. Without a name: all of them.
# Setting up (packages, the Python runtime, Ollama) is the Makefile's business.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
# shellcheck source=python/lib.sh
. build/python/lib.sh

readonly TAGS=sqlite_fts5,webkit2_41 # see build/app.sh

heading() { printf '\n== %s\n' "$*"; }

lint() {
	local unformatted
	heading "Lint: gofmt, go vet, staticcheck, shellcheck, Biome, tsc"
	# Only what git knows or could know: other folders (caches, node_modules) are not ours.
	unformatted=$(git ls-files --cached --others --exclude-standard -z '*.go' | xargs -0 gofmt -l)
	[ -z "$unformatted" ] || die "these files are not formatted: $unformatted" "Do: gofmt -w on them."
	go vet -tags "$TAGS" ./...
	go tool -modfile=build/lint/go.mod staticcheck -tags "$TAGS" ./...
	git ls-files --cached --others --exclude-standard -z '*.sh' .ci/run | xargs -0 shellcheck
	(cd frontend && npm run --silent lint)
}

generated() {
	heading "Generated files are those of their sources"
	go run ./build/gen-events -check
	go run ./build/gen-notices -check
	build/app.sh bindings >/dev/null
	git diff --exit-code -- frontend/wailsjs || die "frontend/wailsjs is not that of app.go." "Do: build/app.sh bindings, and commit it."
}

go_tests() {
	heading "Go tests with the race detector"
	# The race detector makes compiling Python to machine code five times slower; the cache takes it from here. wazero names
	# its cache by the version of itself that a program tells, and programs of tests tell none: theirs is another one.
	echo "1" | SANDGLASS_HOME=$(mktemp -d) go run -tags sqlite_fts5 ./cmd/sandglass exec - >/dev/null
	go test -count=1 -tags sqlite_fts5 -run '^TestStatus$' ./backend/sandbox/cpython
	go test -race -tags "$TAGS" -timeout 20m ./...
}

frontend_tests() {
	heading "Interface tests (vitest)"
	(cd frontend && npm test)
}

# The web host in a real browser; frontend's packages hold Playwright.
web_tests() {
	heading "The interface in a real browser (Playwright on the web host)"
	build/app.sh frontend cli runtime
	(cd e2e/web && NODE_PATH="$ROOT/frontend/node_modules" "$ROOT/frontend/node_modules/.bin/playwright" test)
}

window_tests() {
	heading "The real window (WebDriver)"
	build/app.sh frontend runtime
	go test -count=1 -tags "e2e,$TAGS" -timeout 15m ./e2e/window
}

[ $# -gt 0 ] || set -- lint generated go frontend web window
for stage in "$@"; do
	start=$SECONDS
	case $stage in
	lint | generated) "$stage" ;;
	go | frontend | web | window) "${stage}_tests" ;;
	*) die "build/test.sh knows lint, generated, go, frontend, web and window, not \"$stage\"." ;;
	esac
	echo "-- $stage: passed in $((SECONDS - start)) s"
done
