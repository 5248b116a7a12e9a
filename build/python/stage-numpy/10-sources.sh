# what: fetch numpy and Cython (8 MB), patch numpy
# time: 15 s
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/env.sh"
. "$RECIPE/apt-private.sh"
. "$RECIPE/fetch.sh"
. "$RECIPE/stage-numpy/pins.sh"

fetch_and_unpack <<<"$NUMPY_FILES"

for patch in "$RECIPE"/stage-numpy/patches/*.patch; do
	# git works here as `patch` would, also outside a repository, and is on every machine that has this recipe.
	(cd "$WORK/numpy" && GIT_CEILING_DIRECTORIES=$WORK git apply "$patch")
done

mkdir -p "$STAGE/licenses"
cp "$WORK/numpy/LICENSE.txt" "$STAGE/licenses/numpy.txt"
cp "$WORK/numpy/numpy/random/LICENSE.md" "$STAGE/licenses/numpy-random.txt"
