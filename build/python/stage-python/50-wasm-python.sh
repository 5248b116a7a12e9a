# what: build CPython for WASM
# time: 4 min
set -euo pipefail
. "$RECIPE/lib.sh"
. "$RECIPE/env.sh"
build=$WORK/wasm
source_dir=../src/python3.13 # relative: CPython compiles this name into itself, and it must not be a folder of this machine

export CONFIG_SITE=$WORK/src/python3.13/Tools/wasm/config.site-wasm32-wasi # CPython's own answers for WASI
# With clock_nanosleep, time.sleep asks for an absolute time, which wazero's poll_oneoff refuses (OSError 58).
# configure looks in libc and then in librt (an empty library in wasi-libc).
export ac_cv_func_clock_nanosleep=no ac_cv_lib_rt_clock_nanosleep=no
export PKG_CONFIG_LIBDIR=$PREFIX/lib/pkgconfig PKG_CONFIG_PATH="" # never this machine's libraries

mkdir -p "$build"
cd "$build"
"$source_dir/configure" -q --host=wasm32-wasip1 --build="$("$source_dir/config.guess")" \
	--with-build-python="$WORK/native/python" --prefix=/usr/local \
	--disable-test-modules --without-ensurepip --with-pymalloc --with-system-libmpdec=no \
	CC="clang $TARGET" CPP="clang $TARGET -E" CXX="clang++ $TARGET" AR=llvm-ar RANLIB=llvm-ranlib READELF=true \
	CFLAGS="-g0 $PREFIX_MAP -I$PREFIX/include" OPT="-DNDEBUG -O3 -Wno-unused -Wno-deprecated" \
	LDFLAGS="-L$PREFIX/lib $LINK" HOSTRUNNER=true \
	ZLIB_CFLAGS="-I$PREFIX/include" ZLIB_LIBS="-L$PREFIX/lib -lz" \
	BZIP2_CFLAGS="-I$PREFIX/include" BZIP2_LIBS="-L$PREFIX/lib -lbz2" \
	LIBLZMA_CFLAGS="-I$PREFIX/include" LIBLZMA_LIBS="-L$PREFIX/lib -llzma" \
	LIBSQLITE3_CFLAGS="-I$PREFIX/include" LIBSQLITE3_LIBS="-L$PREFIX/lib -lsqlite3"
! grep -q '^#define HAVE_CLOCK_NANOSLEEP' pyconfig.h || die "configure found clock_nanosleep in spite of our answers." \
	"time.sleep would fail in the sandbox." "Do: see how configure looks for it and answer that in $0."
make -s -j"$JOBS" all

# Keep what the later stages compile and link against.
rm -rf "$STAGE/include"
mkdir -p "$STAGE/include"
cp -r "$source_dir/Include/." "$STAGE/include/"
cp pyconfig.h "$STAGE/include/"
cp libpython3.13.a Modules/_decimal/libmpdec/libmpdec.a Modules/_hacl/libHacl_Hash_SHA2.a Modules/expat/libexpat.a \
	"$PREFIX/lib/"
