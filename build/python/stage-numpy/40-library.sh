# what: compile numpy's Python files
# time: 5 s
set -euo pipefail
. "$RECIPE/env.sh"
. "$RECIPE/stage-numpy/pins.sh"

rm -rf "$STAGE/site" "$STAGE/tests"
mkdir -p "$STAGE/site" "$STAGE/tests"
cp -r "$WORK/numpy/numpy" "$STAGE/site/numpy"

# Building, Fortran, documentation and C have no use in the sandbox.
cd "$STAGE/site/numpy"
rm -rf distutils f2py doc core/src core/include core/code_generators random/src random/_examples random/include \
	random/lib linalg/lapack_lite
find . -name setup.py -delete
cp -r "$RECIPE/stage-numpy/site/numpy/." .
sed -i "s/@VERSION@/$NUMPY_VERSION/" version.py

# numpy's own tests are kept beside, not in the runtime: its extension modules for tests are linked in.
cd "$STAGE/site"
find . -type d -name tests -exec cp -r --parents -t "$STAGE/tests" {} + -prune
find . -type d -name tests -prune -exec rm -rf {} +
find . -type f ! -name '*.py' -delete

# As the standard library: .pyc only, with the path that a traceback shows.
"$BUILD_PYTHON" -I -W ignore -m compileall -q -b -j"$JOBS" --invalidation-mode unchecked-hash \
	-s "$STAGE/site" -p /lib/python3.13/site-packages "$STAGE/site"
find . -name '*.py' -delete
find . -type d -empty -delete
echo "numpy $NUMPY_VERSION" >"$STAGE/packages.txt"
