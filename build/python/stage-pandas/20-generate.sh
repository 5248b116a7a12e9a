# what: generate pandas's C
# time: 100 s
set -euo pipefail
. "$RECIPE/env.sh"
"$BUILD_PYTHON" -I -B "$RECIPE/stage-pandas/cythonize.py" "$WORK/pandas/pandas/_libs" "$NUMPY_STAGE/cython/numpy" \
	"$WORK/cython" "$WORK/cython3/usr/lib/python3/dist-packages" "$JOBS"
