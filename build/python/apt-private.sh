# shellcheck shell=bash
# Debian packages of another release than this machine's, without touching this machine's package system.
#
# We write our own sources.list, lists and cache into one folder and tell apt to use nothing else. The address of the
# archive is the one this machine already uses, and so is the keyring, so a mirror or a proxy is honoured and no
# address is written in this repository.

# The keys that Debian signs its releases with: this file is the content of the package debian-archive-keyring.
readonly DEBIAN_KEYRING=${SANDGLASS_DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

# debian_archives prints the address of each Debian archive that this machine's apt is configured with.
debian_archives() {
	# apt's own parser reads both formats of its configuration. The security archive holds only updates: leave it out.
	# shellcheck disable=SC2016  # the dollar signs are apt's
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Identifier: Packages' |
		awk '$2 !~ /-security|\/updates$/ { print $1 }' | sort -u
}

# apt_private runs an apt tool on the private state in $APT_HOME.
apt_private() {
	local tool=$1
	shift
	"$tool" -qq \
		-o Dir::Etc::SourceList="$APT_HOME/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::Etc::PreferencesParts=/dev/null -o Dir::Etc::Preferences=/dev/null \
		-o Dir::State="$APT_HOME/state" -o Dir::State::status="$APT_HOME/state/status" -o Dir::Cache="$APT_HOME/cache" \
		-o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3 \
		-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
		-o Acquire::IndexTargets::deb::CNF::DefaultEnabled=false "$@"
}

# apt_private_use makes the private state for the suite $1, from the first configured archive that has it.
apt_private_use() {
	local suite=$1 address
	mkdir -p "$APT_HOME/state/lists/partial" "$APT_HOME/cache/archives/partial"
	: >"$APT_HOME/state/status"
	while read -r address; do
		printf '%s [signed-by=%s] %s %s main\n' deb "$DEBIAN_KEYRING" "$address" "$suite" \
			deb-src "$DEBIAN_KEYRING" "$address" "$suite" >"$APT_HOME/sources.list"
		# Error-Mode=any: apt-get update calls a missing suite a warning otherwise.
		if apt_private apt-get -o APT::Update::Error-Mode=any update 2>"$APT_HOME/update.log"; then return 0; fi
	done < <(debian_archives)
	die "no Debian archive that this machine's apt uses serves the release \"$suite\"." \
		"The runtime is built from that release's source packages." \
		"What apt said: $(grep '^E:' "$APT_HOME/update.log" 2>/dev/null | head -n 1)" \
		"Do: add a Debian archive to apt's sources (any mirror), run 'apt-get update' and try again," \
		"or put the files of build/python/pins.sh into $DOWNLOADS by hand."
}
