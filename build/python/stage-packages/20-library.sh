# what: compile the pure Python packages
# time: 40 s
set -euo pipefail
. "$RECIPE/env.sh"
. "$RECIPE/stage-packages/pins.sh"

rm -rf "$STAGE/site" "$STAGE/licenses" "$STAGE/packages.txt"
mkdir -p "$STAGE/licenses"
while read -r suite _ package _ _ names version; do
	[ -n "$suite" ] || continue
	printf '%s %s %s\n' "$package" "$names" "$version"
	for text in "$WORK/src/$package"/usr/share/doc/*/copyright "$WORK/src/$package"/LICENSE*; do
		[ ! -f "$text" ] || cp "$text" "$STAGE/licenses/${names%%,*}.txt"
	done
	for name in ${names//,/ }; do
		case " $ONLY_NEEDED " in *" $name "*) continue ;; esac
		case $name in _*) ;; *) printf '%s %s\n' "$name" "$version" >>"$STAGE/packages.txt" ;; esac
	done
done <<<"$PACKAGE_FILES" | "$BUILD_PYTHON" -I "$RECIPE/stage-packages/assemble.py" "$WORK/src" "$STAGE/site"

# As the standard library: .pyc only, with the path that a traceback shows. The documentation inside plotly and sympy is
# as large as all the rest and is left out; that of the others is what help() shows.
compile_tree() {
	"$BUILD_PYTHON" -I -W ignore -m compileall -q -b -j"$JOBS" --invalidation-mode unchecked-hash \
		-s "$STAGE/site" -p /lib/python3.13/site-packages "$@"
}
cd "$STAGE/site"
compile_tree -o 2 "$STAGE/site/plotly" "$STAGE/site/_plotly_utils" "$STAGE/site/sympy"
find plotly _plotly_utils sympy -name '*.py' -delete
compile_tree "$STAGE/site"
find . -name '*.py' -delete
find . -type d -empty -delete
