# what: build zlib, bzip2, xz and SQLite for WASM
# time: 1 min
set -euo pipefail
. "$RECIPE/env.sh"
mkdir -p "$PREFIX/lib" "$PREFIX/include"

# compile FOLDER ARCHIVE "FLAGS" FILES… compiles C files into a static library.
compile() {
	local folder=$1 archive=$2 flags=$3 name
	shift 3
	mkdir -p "$WORK/libs/$archive"
	cd "$folder"
	for name in "$@"; do
		# shellcheck disable=SC2086  # lists of flags
		clang $TARGET $PREFIX_MAP -O2 $flags -c "$name.c" -o "$WORK/libs/$archive/$name.o"
	done
	rm -f "$PREFIX/lib/$archive"
	llvm-ar rcsD "$PREFIX/lib/$archive" "$WORK/libs/$archive"/*.o
}

build_zlib() {
	local dir=$WORK/src/zlib
	compile "$dir" libz.a -DHAVE_UNISTD_H \
		adler32 compress crc32 deflate infback inffast inflate inftrees trees uncompr zutil
	cp "$dir/zlib.h" "$dir/zconf.h" "$PREFIX/include/"
	# What zlib's own configure does: the header must not depend on the macro above.
	sed -i 's/^#ifdef HAVE_UNISTD_H.*/#if 1/' "$PREFIX/include/zconf.h"
}

build_bzip2() {
	local dir=$WORK/src/bzip2
	compile "$dir" libbz2.a -D_FILE_OFFSET_BITS=64 \
		blocksort huffman crctable randtable compress decompress bzlib
	cp "$dir/bzlib.h" "$PREFIX/include/"
}

build_xz() {
	mkdir -p "$WORK/libs/xz"
	cd "$WORK/libs/xz"
	"$WORK/src/xz-utils/configure" -q --host=wasm32-wasi --prefix="$PREFIX" --disable-shared --enable-static \
		--disable-threads --disable-xz --disable-xzdec --disable-lzmadec --disable-lzmainfo --disable-scripts \
		--disable-doc --disable-nls --disable-lzma-links \
		CC="clang $TARGET" CFLAGS="-O2 $PREFIX_MAP" AR=llvm-ar RANLIB=llvm-ranlib
	make -s -j"$JOBS"
	make -s install
}

build_sqlite() {
	local dir=$WORK/libs/sqlite
	mkdir -p "$dir"
	cd "$dir"
	# Its Makefile first makes the one-file form with tclsh. No threads, no mmap, no locks in WASI: no WAL either.
	"$WORK/src/sqlite3/configure" -q --disable-tcl --disable-readline
	make -s sqlite3.c
	compile "$dir" libsqlite3.a "-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_FTS5
		-DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_JSON1 -DSQLITE_OMIT_WAL
		-D_WASI_EMULATED_GETPID -DSQLITE_MAX_MMAP_SIZE=0 -DSQLITE_TEMP_STORE=2" sqlite3
	cp sqlite3.h sqlite3ext.h "$PREFIX/include/"
}

build_zlib
build_bzip2
build_xz
build_sqlite
