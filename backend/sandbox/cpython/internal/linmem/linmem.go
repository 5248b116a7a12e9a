// Package linmem holds the linear memories of WebAssembly instances: started from a shared image, committed after each
// good step, and thrown away after a bad one, so that the next instance begins at the last commit.
//
// On Linux a memory is a private mapping: starting copies nothing, a commit writes only the pages that the step
// changed, and forgetting a step costs nothing. Elsewhere, pages are compared and copied.
package linmem

import (
	"bytes"
	"errors"
	"maps"
	"slices"

	"github.com/tetratelabs/wazero/experimental"
)

// PageSize is the grain of commits and images, in bytes.
const PageSize = 4096

// Store is the memory of one session. It is the allocator of its instances, of which one exists at a time.
type Store interface {
	experimental.MemoryAllocator
	// Commit makes the content of the living instance's memory the one that the next instance starts with. Whole pages
	// below from may be left out: nobody will read what they hold.
	Commit(from int) error
	// Size is the size in bytes of the last commit, or of the image.
	Size() int
	// Changes visits the pages of the last commit that differ from what they were at the last call of Changes or Load, in
	// order; before a first call, and if full, from the image. old and new are only valid during the call. It says whether
	// it was full. A commit must not be under way.
	Changes(full bool, visit func(page int, old, new []byte) error) (bool, error)
	// Load makes pages the committed content, in place of what the image has there; only before there is an instance.
	Load(size int, pages map[int][]byte) error
	// Page is the committed content of a page, only valid until the next commit.
	Page(page int) []byte
	// Refused says whether growth beyond the limit was refused since the last call of Refused.
	Refused() bool
	// Close frees what is kept. The instance must be closed before.
	Close()
}

// Image is the content that stores start from; it is shared and never changes.
type Image struct {
	size int
	runs []Run  // where it is not zero
	data []byte // unless the platform keeps it in a file
	file imageFile
}

// Run is a range of bytes, in whole pages.
type Run struct{ From, To int }

// NewImage makes an image of size bytes; data may be shorter, the rest is zero. data belongs to the image.
func NewImage(data []byte, size int) (*Image, error) {
	img := &Image{size: size, runs: NonZero(data)}
	ok, err := img.file.fill(data, img.runs, size)
	if err != nil {
		return nil, err
	}
	if !ok {
		img.data = data
	}
	return img, nil
}

// NewCopiedImage makes an image whose stores copy, on every platform.
func NewCopiedImage(data []byte, size int) *Image {
	return &Image{size: size, runs: NonZero(data), data: data, file: noFile}
}

// Size is the size of the image in bytes.
func (img *Image) Size() int { return img.size }

// Close frees the image. No store may use it any more.
func (img *Image) Close() { img.file.close() }

// NewStore makes a store whose memories start as img and hold at most max bytes.
func NewStore(img *Image, max int) Store {
	if s := newMapped(img, max); s != nil {
		return s
	}
	return &copied{img: img, max: max, size: img.size, pages: map[int][]byte{}}
}

var zeroPage [PageSize]byte

// NonZero finds the pages of data that hold anything.
func NonZero(data []byte) []Run {
	var out []Run
	for i := 0; i < len(data); i += PageSize {
		end := min(i+PageSize, len(data))
		if bytes.Equal(data[i:end], zeroPage[:end-i]) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].To == i {
			out[n-1].To = i + PageSize
		} else {
			out = append(out, Run{i, i + PageSize})
		}
	}
	return out
}

// copied is the portable store: memories are slices of Go's heap.
type copied struct {
	img     *Image
	max     int
	size    int
	pages   map[int][]byte // pages that differ from the image, by number
	live    *slice
	refused bool
	since   changes
}

type slice struct {
	store *copied
	buf   []byte
}

func (s *copied) Allocate(_, _ uint64) experimental.LinearMemory {
	m := &slice{store: s, buf: make([]byte, s.size, s.size+s.size/4)}
	copy(m.buf, s.img.data)
	for i, p := range s.pages {
		copy(m.buf[i*PageSize:], p)
	}
	s.live = m
	return m
}

func (m *slice) Reallocate(size uint64) []byte {
	if size > uint64(m.store.max) {
		m.store.refused = true
		return nil
	}
	if size > uint64(len(m.buf)) { // the first call asks for the module's minimum, which may be less than was committed
		if size > uint64(cap(m.buf)) {
			grown := make([]byte, size, min(size+size/2, uint64(m.store.max)))
			copy(grown, m.buf)
			m.buf = grown
		}
		m.buf = m.buf[:size]
	}
	return m.buf[:size:size]
}

func (m *slice) Free() {
	if m.store.live == m {
		m.store.live = nil
	}
	m.buf = nil
}

func (s *copied) Commit(from int) error {
	if s.live == nil {
		return errNoMemory
	}
	mem := s.live.buf
	for i := from / PageSize; i*PageSize < len(mem); i++ {
		page := mem[i*PageSize : (i+1)*PageSize]
		if old := s.Page(i); !bytes.Equal(old, page) {
			s.since.note(i, old)
			s.pages[i] = bytes.Clone(page)
		}
	}
	s.size = len(mem)
	return nil
}

func (s *copied) Page(i int) []byte {
	if p := s.pages[i]; p != nil {
		return p
	}
	return s.img.page(i, s.img.data)
}

func (s *copied) Changes(full bool, visit func(page int, old, new []byte) error) (bool, error) {
	if s.since == nil || full {
		err := visitPages(slices.Sorted(maps.Keys(s.pages)), func(i int) []byte { return s.img.page(i, s.img.data) }, s.Page, visit)
		s.since = changes{}
		return true, err
	}
	return false, s.since.visit(s.Page, visit)
}

func (s *copied) Load(size int, pages map[int][]byte) error {
	if s.live != nil || size < s.img.size || size > s.max || size%PageSize != 0 {
		return errLoad
	}
	for i, p := range pages {
		if len(p) != PageSize || i < 0 || i >= size/PageSize {
			return errLoad
		}
		s.pages[i] = bytes.Clone(p)
	}
	s.size, s.since = size, changes{}
	return nil
}

func (s *copied) Size() int { return s.size }

func (s *copied) Refused() bool {
	r := s.refused
	s.refused = false
	return r
}

func (s *copied) Close() { s.pages = nil }

var (
	errNoMemory = errors.New("commit: no instance is alive")
	errLoad     = errors.New("load: the pages do not fit into this memory")
)

// page is a page of the image, of which data may be a shorter beginning.
func (img *Image) page(i int, data []byte) []byte {
	from := i * PageSize
	if from+PageSize <= len(data) {
		return data[from : from+PageSize]
	}
	if from >= len(data) {
		return zeroPage[:]
	}
	p := make([]byte, PageSize)
	copy(p, data[from:])
	return p
}

// changes holds what pages were before their first change; nil if nobody asked for changes yet.
type changes map[int][]byte

func (c changes) note(page int, old []byte) {
	if c != nil && c[page] == nil {
		c[page] = bytes.Clone(old)
	}
}

// visit gives the changes and forgets them.
func (c changes) visit(present func(int) []byte, visit func(page int, old, new []byte) error) error {
	err := visitPages(slices.Sorted(maps.Keys(c)), func(i int) []byte { return c[i] }, present, visit)
	clear(c)
	return err
}

func visitPages(pages []int, old, present func(int) []byte, visit func(page int, old, new []byte) error) error {
	for _, i := range pages {
		a, b := old(i), present(i)
		if bytes.Equal(a, b) {
			continue
		}
		if err := visit(i, a, b); err != nil {
			return err
		}
	}
	return nil
}
