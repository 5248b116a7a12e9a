# shellcheck shell=bash disable=SC2034  # read by the scripts that source this file
# How a step compiles for WASM. Sourced by the step scripts and part of the cache key.
#
# Given by the driver: RECIPE (this folder), STAGE (the folder being built), WORK (scratch, deleted at the end),
# DOWNLOADS (verified files), PYTHON_STAGE (the folder of the stage "python", for every stage after it).

# shellcheck source=pins.sh
. "$RECIPE/pins.sh"

LLVM=${SANDGLASS_LLVM:-$(dirname "$(readlink -f "$(command -v "clang-$LLVM_MAJOR")")")}
export PATH="$LLVM:$PATH"
export LC_ALL=C TZ=UTC

JOBS=$(nproc)
SYSROOT=$PYTHON_STAGE/sysroot
PREFIX=$PYTHON_STAGE/libs # zlib, bzip2, xz, sqlite for WASM
BUILD_PYTHON=$PYTHON_STAGE/native/bin/python3.13

# Clang runs whatever `wasm-opt` is on PATH when it links with -O; Debian's version 108 cannot read the output of
# clang 22 ("parse exception: bad node code 31"), and it would only make the file smaller.
TARGET="--target=wasm32-wasip1 --sysroot=$SYSROOT"
LINK="--no-wasm-opt"

# The compiler writes the names of source files into the objects (assertions); keep this machine's folders out of them.
PREFIX_MAP="-ffile-prefix-map=$WORK=/build -ffile-prefix-map=$PYTHON_STAGE=/build"
