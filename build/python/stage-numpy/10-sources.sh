# what: fetch numpy and Cython (8 MB), patch numpy
# time: 15 s
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/env.sh"
. "$RECIPE/apt-private.sh"
. "$RECIPE/fetch.sh"
. "$RECIPE/stage-numpy/pins.sh"

while read -r suite kind package file sum; do
	[ -n "$suite" ] || continue
	fetch "$suite" "$kind" "$package" "$file" "$sum"
	folder=$WORK/${package%:*}
	rm -rf "$folder"
	mkdir -p "$folder"
	case $kind in
	source) tar -xf "$DOWNLOADS/$file" -C "$folder" --strip-components=1 ;;
	deb) dpkg-deb -x "$DOWNLOADS/$file" "$folder" ;;
	esac
done <<<"$NUMPY_FILES"

for patch in "$RECIPE"/stage-numpy/patches/*.patch; do
	# git works here as `patch` would, also outside a repository, and is on every machine that has this recipe.
	(cd "$WORK/numpy" && GIT_CEILING_DIRECTORIES=$WORK git apply "$patch")
done

mkdir -p "$STAGE/licenses"
cp "$WORK/numpy/LICENSE.txt" "$STAGE/licenses/numpy.txt"
cp "$WORK/numpy/numpy/random/LICENSE.md" "$STAGE/licenses/numpy-random.txt"
