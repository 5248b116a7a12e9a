package linmem

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"unsafe"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// imageFile keeps the image in an anonymous file. A file on disk would do as well, but whoever truncates it would kill
// the app with SIGBUS.
type imageFile struct {
	fd   int
	view []byte // read-only
}

var noFile = imageFile{fd: -1}

func (f *imageFile) fill(data []byte, runs []Run, size int) (bool, error) {
	*f = noFile
	if !canMap() {
		return false, nil
	}
	fd, err := newFile(size)
	if err != nil {
		return false, err
	}
	for _, r := range runs {
		if err := writeAt(fd, data[r.From:min(r.To, len(data))], r.From); err != nil {
			unix.Close(fd)
			return false, err
		}
	}
	if f.view, err = unix.Mmap(fd, 0, size, unix.PROT_READ, unix.MAP_SHARED); err != nil {
		unix.Close(fd)
		return false, fmt.Errorf("map memory file: %w", err)
	}
	f.fd = fd
	return true, nil
}

func (f *imageFile) close() {
	if f.fd >= 0 {
		unix.Munmap(f.view)
		unix.Close(f.fd)
		f.fd = -1
	}
}

func newFile(size int) (int, error) {
	fd, err := unix.MemfdCreate("sandglass-python", unix.MFD_CLOEXEC)
	if err != nil {
		return -1, fmt.Errorf("make memory file: %w", err)
	}
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("size memory file: %w", err)
	}
	return fd, nil
}

func writeAt(fd int, b []byte, off int) error {
	for len(b) > 0 {
		n, err := unix.Pwrite(fd, b, int64(off))
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("write memory file: %w", err)
		}
		b, off = b[n:], off+n
	}
	return nil
}

// longRun is from how many bytes on a piece of the session's file is mapped and not copied into memory. Page faults
// are the larger part of a small step's cost (in a virtual machine 7 µs each), so what a step wrote once stays a private
// page for the next one; but large data that does not change any more should not lie in memory twice.
const longRun = 64 * PageSize

// mapped is the store of Linux. Memories are private mappings of the image; what was committed lies in a file of the
// session, at the same offset.
type mapped struct {
	img     *Image
	max     int
	size    int
	fd      int    // -1 before the first commit
	shadow  []byte // the file, for comparing
	stored  []bool // by page: the file holds it, not the image
	live    *mapping
	refused bool
	since   changes
}

func newMapped(img *Image, max int) Store {
	if img.file.fd < 0 || !canMap() {
		return nil
	}
	return &mapped{img: img, max: max, size: img.size, fd: -1}
}

type mapping struct {
	store *mapped
	buf   []byte // the whole reserved range: a memory never moves, and growing copies nothing
	size  int
}

const (
	readWrite = unix.PROT_READ | unix.PROT_WRITE
	private   = unix.MAP_PRIVATE | unix.MAP_NORESERVE
)

func (s *mapped) Allocate(_, _ uint64) experimental.LinearMemory {
	buf, err := unix.Mmap(-1, 0, s.max, readWrite, private|unix.MAP_ANON)
	if err != nil {
		panic(fmt.Errorf("reserve %d bytes: %w", s.max, err)) // becomes the error of instantiation: see recover there
	}
	if err := s.fillIn(buf); err != nil {
		unix.Munmap(buf)
		panic(err)
	}
	m := &mapping{store: s, buf: buf}
	s.live = m
	return m
}

// fillIn shows the last commit in a fresh range.
func (s *mapped) fillIn(buf []byte) error {
	if err := mapOver(buf[:s.img.size], s.img.file.fd, 0); err != nil {
		return err
	}
	for from := 0; from < len(s.stored); from++ {
		if !s.stored[from] {
			continue
		}
		to := from
		for to < len(s.stored) && s.stored[to] {
			to++
		}
		b := buf[from*PageSize : to*PageSize]
		if len(b) >= longRun {
			if err := mapOver(b, s.fd, from*PageSize); err != nil {
				return err
			}
		} else {
			copy(b, s.shadow[from*PageSize:])
		}
		from = to
	}
	return nil
}

// mapOver replaces a range by a private mapping of a file, at the same address.
func mapOver(b []byte, fd, offset int) error {
	if len(b) == 0 {
		return nil
	}
	_, _, e := syscall.Syscall6(syscall.SYS_MMAP, uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), readWrite,
		private|unix.MAP_FIXED, uintptr(fd), uintptr(offset))
	if e != 0 {
		return fmt.Errorf("map memory file: %w", e)
	}
	return nil
}

func (m *mapping) Reallocate(size uint64) []byte {
	if size > uint64(m.store.max) {
		m.store.refused = true
		return nil
	}
	m.size = int(size)
	return m.buf[:size:size]
}

func (m *mapping) Free() {
	if m.store.live == m {
		m.store.live = nil
	}
	if m.buf != nil {
		unix.Munmap(m.buf)
		m.buf = nil
	}
}

func (s *mapped) Commit(from int) error {
	m := s.live
	if m == nil {
		return errNoMemory
	}
	if err := s.openFile(); err != nil {
		return err
	}
	from = min(from, m.size) &^ (PageSize - 1)
	written, err := writtenRuns(m.buf[from:m.size], from)
	if err != nil {
		return err
	}
	s.stored = append(s.stored, make([]bool, max(0, m.size/PageSize-len(s.stored)))...)
	for _, r := range written {
		if err := s.commitRun(m.buf, r); err != nil {
			return err
		}
	}
	s.size = m.size
	return nil
}

// commitRun writes the pages of a run that differ from what is kept, and gives back long pieces that don't.
func (s *mapped) commitRun(buf []byte, r Run) error {
	for from := r.From; from < r.To; {
		changed := s.changed(buf, from)
		to := from + PageSize
		for to < r.To && s.changed(buf, to) == changed {
			to += PageSize
		}
		if changed {
			for at := from; at < to && s.since != nil; at += PageSize {
				s.since.note(at/PageSize, s.Page(at/PageSize))
			}
			if err := writeAt(s.fd, buf[from:to], from); err != nil {
				return err
			}
			for i := from / PageSize; i < to/PageSize; i++ {
				s.stored[i] = true
			}
		} else if err := s.giveBack(buf, from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// changed compares one page with what is kept of it.
func (s *mapped) changed(buf []byte, at int) bool {
	return !bytes.Equal(s.Page(at/PageSize), buf[at:at+PageSize])
}

func (s *mapped) Page(i int) []byte {
	if i < len(s.stored) && s.stored[i] {
		return s.shadow[i*PageSize : (i+1)*PageSize]
	}
	return s.img.page(i, s.img.file.view)
}

func (s *mapped) Changes(full bool, visit func(page int, old, new []byte) error) (bool, error) {
	if s.since != nil && !full {
		return false, s.since.visit(s.Page, visit)
	}
	var pages []int
	for i, stored := range s.stored {
		if stored {
			pages = append(pages, i)
		}
	}
	s.since = changes{}
	return true, visitPages(pages, func(i int) []byte { return s.img.page(i, s.img.file.view) }, s.Page, visit)
}

func (s *mapped) Load(size int, pages map[int][]byte) error {
	if s.live != nil || size < s.img.size || size > s.max || size%PageSize != 0 {
		return errLoad
	}
	if err := s.openFile(); err != nil {
		return err
	}
	s.stored = make([]bool, size/PageSize)
	for i, p := range pages {
		if len(p) != PageSize || i < 0 || i >= len(s.stored) {
			return errLoad
		}
		if err := writeAt(s.fd, p, i*PageSize); err != nil {
			return err
		}
		s.stored[i] = true
	}
	s.size, s.since = size, changes{}
	return nil
}

// giveBack frees private copies that equal the session's file, if that is worth a mapping.
func (s *mapped) giveBack(buf []byte, from, to int) error {
	for from < to {
		end := from
		for end < to && s.stored[end/PageSize] {
			end += PageSize
		}
		if end-from >= longRun {
			if err := mapOver(buf[from:end], s.fd, from); err != nil {
				return err
			}
		}
		from = end + PageSize
	}
	return nil
}

func (s *mapped) openFile() error {
	if s.fd >= 0 {
		return nil
	}
	fd, err := newFile(s.max)
	if err != nil {
		return err
	}
	if s.shadow, err = unix.Mmap(fd, 0, s.max, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_NORESERVE); err != nil {
		unix.Close(fd)
		return fmt.Errorf("map memory file: %w", err)
	}
	s.fd = fd
	return nil
}

func (s *mapped) Size() int { return s.size }

func (s *mapped) Refused() bool {
	r := s.refused
	s.refused = false
	return r
}

func (s *mapped) Close() {
	if s.fd >= 0 {
		unix.Munmap(s.shadow)
		unix.Close(s.fd)
		s.fd = -1
	}
}

// canMap tries the mechanism once: some containers have no pagemap, or one that is always zero, and 64K pages would
// need another grain.
var canMap = sync.OnceValue(func() bool { return os.Getpagesize() == PageSize && tryMap() == nil })

func tryMap() error {
	const size = 3 * PageSize
	fd, err := newFile(size)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	mem, err := unix.Mmap(fd, 0, size, readWrite, private)
	if err != nil {
		return err
	}
	defer unix.Munmap(mem)
	if err := writeAt(fd, []byte{1}, 0); err != nil {
		return err
	}
	if mem[0] != 1 { // reading must not make a page dirty
		return errors.New("mapping does not show the file")
	}
	mem[PageSize] = 1
	dirty, err := writtenRuns(mem, 0)
	if err != nil {
		return err
	}
	if len(dirty) != 1 || dirty[0] != (Run{PageSize, 2 * PageSize}) {
		return errors.New("pagemap does not tell written pages")
	}
	if err := unix.Madvise(mem, unix.MADV_DONTNEED); err != nil || mem[PageSize] != 0 {
		return errors.New("private pages stay")
	}
	return nil
}
