#!/usr/bin/env bash
# Builds Sandglass's Python runtime: CPython for WASM plus its standard library, from source.
#
#   build/python/build.sh              build what is missing; prints only the runtime's folder on stdout
#   build/python/build.sh --print-dir [STAGE]
#                                      print the folder (of a stage) without building; exit status 1 when it is not there
#
# A stage is a folder stage-NAME with numbered step scripts. Its result lies in the cache under NAME-KEY, where KEY is a
# hash over everything that went in; see README.md for the contract of a step and for adding a stage.
set -euo pipefail

RECIPE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export RECIPE
# shellcheck source=lib.sh
. "$RECIPE/lib.sh"

# Stages that bring packages into the runtime, by a contract of their own: README.md, "A stage of packages".
export PACKAGE_STAGES="numpy pandas packages"
# In order; each one may use the results of those that it needs.
readonly STAGES="python $PACKAGE_STAGES runtime"

# The stages whose results a stage uses: when one of them changes, it is rebuilt.
stage_needs() {
	case $1 in
	python) ;;
	numpy | packages) echo python ;;
	pandas) echo "python numpy" ;;
	runtime) echo "python $PACKAGE_STAGES" ;;
	esac
}

# What a stage is made of besides its own folder and what it needs.
stage_inputs() {
	case $1 in
	python) echo pins.sh env.sh ;; # how a file is fetched changes nothing: its checksum is pinned
	numpy | pandas | packages) ;; # their own folders hold it all; what they compile with is in the key of python
	runtime) echo pins.sh env.sh reactor overlay ;;
	esac
}

# stage_keys sets the variables KEY_<stage>.
stage_keys() {
	local stage need key needed
	for stage in $STAGES; do
		needed=""
		for need in $(stage_needs "$stage"); do
			key="KEY_$need"
			needed="${needed:+$needed }${!key}"
		done
		# shellcheck disable=SC2046  # a list of words
		key=$({ echo "$needed"; hash_files "stage-$stage" $(stage_inputs "$stage"); } | sha256sum | cut -c1-16)
		printf -v "KEY_$stage" '%s' "$key"
	done
}

stage_dir() {
	local key="KEY_$1"
	echo "$CACHE/$1-${!key}"
}

# header reads the line "# name: value" of a step script: what it does and about how long.
header() { sed -n "s/^# $1: //p" "$2"; }

run_step() {
	local step=$1 stamp log start
	stamp="$STAGE/.done/$(basename "$step" .sh)"
	log="$LOGS/$(basename "$step" .sh).log"
	if [ -e "$stamp" ]; then
		say "  $(header what "$step"): done before the interruption"
		return
	fi
	say "  $(header what "$step") (about $(header time "$step"))"
	start=$SECONDS
	if ! bash "$step" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		die "the step $(basename "$step") failed; the lines above are the end of its log." \
			"The whole log: $log" \
			"Do: mend the cause and run the same command again; finished steps are kept."
	fi
	say "    took $((SECONDS - start)) s"
	touch "$stamp"
}

# build_stage builds into NAME-KEY.partial and renames at the end, so a finished folder is always whole.
build_stage() {
	local stage=$1 final step
	final=$(stage_dir "$stage")
	[ ! -d "$final" ] || return 0
	export STAGE="$final.partial" STAGE_KEY=${final##*-}
	export WORK="$STAGE/work"
	LOGS="$CACHE/logs/$stage"
	mkdir -p "$STAGE/.done" "$LOGS" "$WORK"
	[ ! -f "$RECIPE/stage-$stage/about.txt" ] || cat "$RECIPE/stage-$stage/about.txt" >&2
	for step in "$RECIPE/stage-$stage"/[0-9]*.sh; do run_step "$step"; done
	rm -rf "$WORK" "$STAGE/.done"
	mv "$STAGE" "$final"
}

# clean_old removes results of other recipes, the oldest first, and keeps the two youngest of each stage: going back
# and forth between two branches should not rebuild everything.
clean_old() {
	local stage old
	for stage in $STAGES; do
		find "$CACHE" -maxdepth 1 -type d -name "$stage-*" ! -path "$(stage_dir "$stage")" -printf '%T@ %p\n' |
			sort -rn | tail -n +3 | cut -d' ' -f2- | while read -r old; do rm -rf "$old"; done
	done
}

interrupted() {
	say "Interrupted. What is finished is kept in $CACHE; run the same command again to go on from there."
	exit 130
}

main() {
	local runtime stage
	CACHE=$(cache_dir)
	stage_keys
	runtime=$(stage_dir runtime)
	if [ "${1:-}" = --print-dir ]; then
		runtime=$(stage_dir "${2:-runtime}")
		echo "$runtime"
		[ -d "$runtime" ]
		return
	fi
	mkdir -p "$CACHE/downloads"
	export DOWNLOADS="$CACHE/downloads"
	exec 3>&1 1>&2 # only the folder goes to stdout
	trap interrupted INT TERM

	# Two builds at once would write into the same folder; the second one waits and then finds everything done.
	exec 9>"$CACHE/python.lock"
	if ! flock -n 9; then
		say "Another build of the runtime is at work; waiting for it."
		flock 9
	fi
	for stage in $STAGES; do
		# PYTHON_STAGE, NUMPY_STAGE, …: where a step finds the results of the stages before its own.
		export "${stage^^}_STAGE=$(stage_dir "$stage").partial"
		build_stage "$stage"
		export "${stage^^}_STAGE=$(stage_dir "$stage")"
	done
	# The Go side reads the name of the runtime here and need not know how keys are made.
	basename "$runtime" >"$CACHE/runtime-current.new"
	mv "$CACHE/runtime-current.new" "$CACHE/runtime-current"
	clean_old
	echo "$runtime" >&3
}

main "$@"
