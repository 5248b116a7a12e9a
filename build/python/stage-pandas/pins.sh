# shellcheck shell=bash disable=SC2034  # read by the scripts that source this file
# What pandas is made of; see ../pins.sh. Cython is numpy's.
readonly PANDAS_VERSION=2.2.3

# <Debian release> <kind> <Debian package> <file> <sha256>
readonly PANDAS_FILES="
trixie source pandas pandas_$PANDAS_VERSION+dfsg.orig.tar.xz 3aea680c0953fb61ad11d5fb75023b84ff3c0f8bb7faa03a2bf538635a1dcbbe
"
