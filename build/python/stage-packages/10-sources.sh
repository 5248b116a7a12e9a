# what: fetch the pure Python packages: 24 MB
# time: 20 s
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/env.sh"
. "$RECIPE/stage-packages/pins.sh"
. "$RECIPE/apt-private.sh"
. "$RECIPE/fetch.sh"

# newer SUITE PACKAGE FILE puts a later Debian revision of a pinned package beside the downloads and prints its path.
newer() {
	local suite=$1 package=$2 file=$3 got
	local APT_HOME=$WORK/apt-$suite folder=$WORK/newer
	[ -f "$APT_HOME/sources.list" ] || apt_private_use "$suite"
	mkdir -p "$folder"
	(cd "$folder" && apt_private apt-get download "$package")
	for got in "$folder/${file%-*_all.deb}"-*_all.deb; do
		[ -f "$got" ] || return 1
		say "$file was replaced in the archive; taking ${got##*/}, which its signature vouches for."
		printf '%s\n' "$got"
		return
	done
}

while read -r suite kind package file sum _; do
	[ -n "$suite" ] || continue
	folder=$WORK/src/$package
	rm -rf "$folder"
	mkdir -p "$folder"
	case $kind in
	source)
		fetch "$suite" source "$package" "$file" "$sum"
		tar -xf "$DOWNLOADS/$file" -C "$folder" --strip-components=1
		;;
	deb)
		# In a shell of its own: fetch ends it when the archive has moved on.
		(fetch "$suite" deb "$package" "$file" "$sum") || true
		deb=$DOWNLOADS/$file
		[ -f "$deb" ] || deb=$(newer "$suite" "$package" "$file") || die "no revision of $file is served any more." \
			"Do: put a file with the SHA-256 $sum into $DOWNLOADS, or move the pin in stage-packages/pins.sh."
		dpkg-deb -x "$deb" "$folder"
		;;
	esac
done <<<"$PACKAGE_FILES"
