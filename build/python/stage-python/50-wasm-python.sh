# what: build CPython for WASM
# time: 3 min
set -euo pipefail
. "$RECIPE/env.sh"
source_dir=$WORK/src/python3.13
build=$WORK/wasm

export CONFIG_SITE=$source_dir/Tools/wasm/config.site-wasm32-wasi # CPython's own answers for WASI
# With clock_nanosleep, time.sleep asks for an absolute time, which wazero's poll_oneoff refuses (OSError 58).
export ac_cv_func_clock_nanosleep=no
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
make -s -j"$JOBS" all

# Keep what the later stages compile and link against.
rm -rf "$STAGE/include"
mkdir -p "$STAGE/include"
cp -r "$source_dir/Include/." "$STAGE/include/"
cp pyconfig.h "$STAGE/include/"
cp libpython3.13.a Modules/_decimal/libmpdec/libmpdec.a Modules/_hacl/libHacl_Hash_SHA2.a Modules/expat/libexpat.a \
	"$PREFIX/lib/"
