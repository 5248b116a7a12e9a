# what: compile pandas's Python files
# time: 20 s
set -euo pipefail
. "$RECIPE/env.sh"
. "$RECIPE/stage-pandas/pins.sh"

rm -rf "$STAGE/site" "$STAGE/tests"
mkdir -p "$STAGE/site" "$STAGE/tests"
cp -r "$WORK/pandas/pandas" "$STAGE/site/pandas"
cd "$STAGE/site/pandas"
cp "$RECIPE"/stage-pandas/site/pandas/* .
sed -i "s/@VERSION@/$PANDAS_VERSION/" _version_meson.py

# pandas's own tests are kept beside, not in the runtime.
cd "$STAGE/site"
mkdir -p "$STAGE/tests/pandas"
mv pandas/tests pandas/conftest.py "$STAGE/tests/pandas/"
find . -type f ! -name '*.py' ! -name '*.tpl' -delete

# As the standard library: .pyc only, with the path that a traceback shows.
"$BUILD_PYTHON" -I -W ignore -m compileall -q -b -j"$JOBS" --invalidation-mode unchecked-hash \
	-s "$STAGE/site" -p /lib/python3.13/site-packages "$STAGE/site"
find . -name '*.py' -delete
find . -type d -empty -delete
echo "pandas $PANDAS_VERSION" >"$STAGE/packages.txt"
