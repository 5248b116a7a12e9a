# what: fetch the sources (CPython, zlib, bzip2, xz, SQLite), wasi-libc and the time zones: 43 MB
# time: 15 s
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/env.sh"
. "$RECIPE/apt-private.sh"
APT_HOME=$WORK/apt

have() { [ -f "$DOWNLOADS/$1" ] && [ "$(sha256_of "$DOWNLOADS/$1")" = "$2" ]; }

# fetch downloads one pinned file, checks it and only then moves it to its place.
fetch() {
	local kind=$1 package=$2 file=$3 sum=$4 got
	if have "$file" "$sum"; then return; fi
	[ -f "$APT_HOME/sources.list" ] || apt_private_use "$DEBIAN_SUITE"
	mkdir -p "$WORK/fetch"
	(
		cd "$WORK/fetch"
		case $kind in
		source) apt_private apt-get source --download-only --tar-only "$package" ;;
		deb) apt_private apt-get download "$package" ;;
		esac
	)
	[ -f "$WORK/fetch/$file" ] || die "the archive no longer serves $file." \
		"Its release \"$DEBIAN_SUITE\" has moved on; it gave: $(cd "$WORK/fetch" && echo *)" \
		"Do: put a $file with the SHA-256 $sum into $DOWNLOADS," \
		"or move the pin in build/python/pins.sh to the new version."
	got=$(sha256_of "$WORK/fetch/$file")
	[ "$got" = "$sum" ] || die "$file is not the file that the recipe was made for." \
		"SHA-256 expected: $sum" "SHA-256 received: $got" \
		"Do: try again (a broken download); if it stays, the file was changed: do not use it."
	mv "$WORK/fetch/$file" "$DOWNLOADS/$file"
}

mkdir -p "$WORK/deb"

unpack() { # unpack FILE FOLDER
	rm -rf "$2"
	mkdir -p "$2"
	tar -xf "$DOWNLOADS/$1" -C "$2" --strip-components=1
}

while read -r kind package file sum; do
	[ -n "$kind" ] || continue
	fetch "$kind" "$package" "$file" "$sum"
	case $kind in
	source) unpack "$file" "$WORK/src/$package" ;;
	deb) dpkg-deb -x "$DOWNLOADS/$file" "$WORK/deb/$package" ;;
	esac
done <<<"$PINNED_FILES"

[ -f "$APT_HOME/sources.list" ] || apt_private_use "$DEBIAN_SUITE"
for package in $TZDATA_PACKAGES; do
	(mkdir -p "$WORK/tz" && cd "$WORK/tz" && apt_private apt-get download "$package")
done
for deb in "$WORK"/tz/*.deb; do dpkg-deb -x "$deb" "$WORK/deb/tzdata"; done

# wasi-libc is used where it lies; it need not be installed. Kept, because later stages compile against it.
rm -rf "$STAGE/sysroot"
cp -a "$WORK/deb/wasi-libc/usr" "$STAGE/sysroot"
