# what: pack the standard library and the packages
# time: 5 s
set -euo pipefail
. "$RECIPE/env.sh"

tree=$WORK/stdlib
rm -rf "$tree" "$WORK/overlay"
cp -r "$PYTHON_STAGE/stdlib" "$tree"
# Our own modules, and our stand-ins for modules that WASI cannot have, lie over CPython's.
cp -r "$RECIPE/overlay" "$WORK/overlay"
find "$WORK/overlay" -type f ! -name '*.py' -delete
"$BUILD_PYTHON" -I -m compileall -q -b --invalidation-mode unchecked-hash \
	-s "$WORK/overlay" -p /lib/python3.13 "$WORK/overlay"
(cd "$WORK/overlay" && find . -name '*.pyc' -exec cp --parents -t "$tree" {} +)
"$BUILD_PYTHON" -I "$RECIPE/stage-runtime/pack.py" "$STAGE/stdlib.zip" "$tree"

rm -rf "$STAGE/licenses"
cp -r "$PYTHON_STAGE/licenses" "$STAGE/licenses"
sites=()
for name in $PACKAGE_STAGES; do
	folder=${name^^}_STAGE
	folder=${!folder}
	sites+=("$folder/site")
	cp "$folder"/licenses/* "$STAGE/licenses/"
done
"$BUILD_PYTHON" -I "$RECIPE/stage-runtime/pack.py" "$STAGE/site.zip" "${sites[@]}"
