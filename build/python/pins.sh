# shellcheck shell=bash disable=SC2034  # read by the scripts that source this file
# What the runtime is made of. Sourced by every step and part of the cache key: a change here rebuilds.
#
# Pinned are the upstream tarballs (the ".orig" files of the Debian source packages) by SHA-256, so a new Debian
# revision of a package changes nothing here. Debian's own patches are not applied: see docs/third-party.md.

readonly DEBIAN_SUITE=trixie # the release whose source packages we take
readonly LLVM_MAJOR=22

readonly PYTHON_VERSION=3.13.5
readonly ZLIB_VERSION=1.3.1
readonly BZIP2_VERSION=1.0.8
readonly XZ_VERSION=5.8.1
readonly SQLITE_VERSION=3.46.1
readonly WASI_LIBC_VERSION=0.0~git20241209.574b88d

# <kind> <Debian package> <file> <sha256>; kind "source" is an upstream tarball, "deb" a binary package to unpack.
readonly PINNED_FILES="
source python3.13 python3.13_$PYTHON_VERSION.orig.tar.xz 93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640
source zlib zlib_1.3.dfsg+really$ZLIB_VERSION.orig.tar.gz 60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb
source bzip2 bzip2_$BZIP2_VERSION.orig.tar.gz ab5a03176ee106d3f0fa90e381da478ddae405918153cca248e682cd0c4a2269
source xz-utils xz-utils_$XZ_VERSION.orig.tar.xz 0b54f79df85912504de0b14aec7971e3f964491af1812d83447005807513cd9e
source sqlite3 sqlite3_$SQLITE_VERSION.orig.tar.xz d0cdd2ece271b29e7ce18095745d892517ee26d0f270065b3a25c2e9eb11639c
deb wasi-libc wasi-libc_$WASI_LIBC_VERSION-2_all.deb b7716260051d289248b7667f81fa2792c125d888ff51da3fa09c6272cc0bd11d
"

# Time zone rules are data that governments change, and Debian replaces them in a stable release: a pin would soon name
# a file that nobody serves. The package is still verified by the archive's signature; runtime.json says which it was.
readonly TZDATA_PACKAGES="tzdata tzdata-legacy"

# A fixed date inside the build (11 June 2025, CPython 3.13.5), so that equal sources give equal bytes.
export SOURCE_DATE_EPOCH=1749600000
