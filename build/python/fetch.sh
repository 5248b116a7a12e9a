# shellcheck shell=bash
# Fetches pinned files. Not part of any key: a file's checksum says all about it. Needs apt-private.sh.

have() { [ -f "$DOWNLOADS/$1" ] && [ "$(sha256_of "$DOWNLOADS/$1")" = "$2" ]; }

# fetch SUITE KIND PACKAGE FILE SHA256 downloads one file from a Debian release, checks it and only then moves it to its
# place. KIND is "source" (an upstream tarball) or "deb" (a binary package).
fetch() {
	local suite=$1 kind=$2 package=$3 file=$4 sum=$5 got
	if have "$file" "$sum"; then return; fi
	local APT_HOME=$WORK/apt-$suite
	[ -f "$APT_HOME/sources.list" ] || apt_private_use "$suite"
	mkdir -p "$WORK/fetch"
	(
		cd "$WORK/fetch" || exit 1
		case $kind in
		source) apt_private apt-get source --download-only --tar-only "$package" ;;
		deb) apt_private apt-get download "$package" ;;
		esac
	)
	[ -f "$WORK/fetch/$file" ] || die "the archive no longer serves $file." \
		"Its release \"$suite\" has moved on; it gave: $(cd "$WORK/fetch" && echo *)" \
		"Do: put a $file with the SHA-256 $sum into $DOWNLOADS, or move the pin to the new version."
	got=$(sha256_of "$WORK/fetch/$file")
	[ "$got" = "$sum" ] || die "$file is not the file that the recipe was made for." \
		"SHA-256 expected: $sum" "SHA-256 received: $got" \
		"Do: try again (a broken download); if it stays, the file was changed: do not use it."
	mv "$WORK/fetch/$file" "$DOWNLOADS/$file"
}

# fetch_and_unpack reads lines "SUITE KIND PACKAGE FILE SHA256", fetches each file and unpacks it into $WORK/PACKAGE.
fetch_and_unpack() {
	local suite kind package file sum folder
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
	done
}
