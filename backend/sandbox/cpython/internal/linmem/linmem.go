// Package linmem holds the linear memories of WebAssembly instances: started from a shared image, committed after each
// good step, and thrown away after a bad one, so that the next instance begins at the last commit.
//
// On Linux a memory is a private mapping: starting copies nothing, a commit writes only the pages that the step
// changed, and forgetting a step costs nothing. Elsewhere, pages are compared and copied.
package linmem

import (
	"bytes"
	"errors"

	"github.com/tetratelabs/wazero/experimental"
)

// PageSize is the grain of commits and images, in bytes.
const PageSize = 4096

// Store is the memory of one session. It is the allocator of its instances, of which one exists at a time.
type Store interface {
	experimental.MemoryAllocator
	// Commit makes the content of the living instance's memory the one that the next instance starts with.
	Commit() error
	// Size is the size in bytes of the last commit, or of the image.
	Size() int
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

func (s *copied) Commit() error {
	if s.live == nil {
		return errNoMemory
	}
	mem := s.live.buf
	for i := 0; i*PageSize < len(mem); i++ {
		page := mem[i*PageSize : (i+1)*PageSize]
		old := zeroPage[:]
		if p := s.pages[i]; p != nil {
			old = p
		} else if i*PageSize < len(s.img.data) {
			old = s.img.data[i*PageSize : min((i+1)*PageSize, len(s.img.data))]
		}
		if !bytes.Equal(old, page[:len(old)]) || !bytes.Equal(page[len(old):], zeroPage[len(old):]) {
			s.pages[i] = bytes.Clone(page)
		}
	}
	s.size = len(mem)
	return nil
}

func (s *copied) Size() int { return s.size }

func (s *copied) Refused() bool {
	r := s.refused
	s.refused = false
	return r
}

func (s *copied) Close() { s.pages = nil }

var errNoMemory = errors.New("commit: no instance is alive")
