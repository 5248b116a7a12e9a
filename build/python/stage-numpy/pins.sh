# shellcheck shell=bash disable=SC2034  # read by the scripts that source this file
# What numpy is made of; see ../pins.sh.
readonly NUMPY_VERSION=1.19.5
readonly CYTHON_VERSION=3.0.11

# <Debian release> <kind> <Debian package> <file> <sha256>
#
# numpy 1.19.5 is the youngest whose setup needs neither C++ nor meson; its tarball holds no generated C for
# numpy.random, so Cython makes it. Debian's Cython is a binary package of this machine's kind, but only its .py files
# matter: the .so files beside them are the same code, faster, and are ignored where they do not fit.
readonly NUMPY_FILES="
bullseye source numpy numpy_$NUMPY_VERSION.orig.tar.xz 8b474321e5eda27119f3f916ec9078b772fd3b011b9a91f86a65a0984e731285
trixie deb cython3:amd64 cython3_$CYTHON_VERSION+dfsg-2+b1_amd64.deb ca9e41c1f13b3d2b4693034b9ee7660762c78ebe6043f03eef9068cacbfe6c9c
"
