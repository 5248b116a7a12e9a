# what: generate numpy's C
# time: 20 s
set -euo pipefail
. "$RECIPE/env.sh"
generated=$WORK/generated
rm -rf "$generated"
# -B: a __pycache__ in the recipe would change its key.
"$BUILD_PYTHON" -I -B "$RECIPE/stage-numpy/generate.py" "$WORK/numpy/numpy" "$generated"
cp "$RECIPE"/stage-numpy/config/*.h "$generated/core/include/numpy/"
"$BUILD_PYTHON" -I "$RECIPE/stage-numpy/cythonize.py" "$WORK/numpy/numpy" "$generated" \
	"$WORK/cython3/usr/lib/python3/dist-packages" "$JOBS"
