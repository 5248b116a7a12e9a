package tables

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// categoriesMost is how many bytes the categories of a column may have: they are all kept in memory.
const categoriesMost = 64 << 20

// stream makes the segments of a column as they are read.
type stream struct {
	mu    sync.Mutex
	table *Table
	i     int

	cur  cursor
	b    *builder
	buf  []byte // the last segment
	at   int64  // its offset
	done bool
	kept int // bytes of categories
}

// ReadAt implements io.ReaderAt.
func (s *stream) ReadAt(p []byte, off int64) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if off < s.at {
		s.cur, s.b, s.buf, s.at, s.done, s.kept = nil, nil, nil, 0, false, 0
	}
	for n < len(p) {
		pos := off + int64(n)
		switch {
		case pos < s.at+int64(len(s.buf)):
			n += copy(p[n:], s.buf[pos-s.at:])
		case s.done:
			return n, io.EOF
		default:
			s.at += int64(len(s.buf))
			s.buf = s.next()
		}
	}
	return n, nil
}

// next gives the next segment. What goes wrong is the last one.
func (s *stream) next() (seg []byte) {
	defer func() {
		if p := recover(); p != nil {
			seg = s.broken(fmt.Errorf("%v", p))
		}
	}()
	if s.cur == nil {
		t := s.table.Columns[s.i].Type
		if t.Kind == Other {
			return s.broken(errors.New("nothing here reads values of the type " + t.Name))
		}
		var err error
		if s.cur, err = s.table.source.column(s.i); err != nil {
			return s.broken(err)
		}
		s.b = newBuilder(t)
	}
	err := s.cur.more(s.b)
	s.done = errors.Is(err, io.EOF)
	if err != nil && !s.done {
		return s.broken(err)
	}
	if s.b.rows == 0 && len(s.b.data) == 0 { // the categories of a column without rows count
		s.done = true
		return nil
	}
	if s.b.typ.Category {
		if s.kept += len(s.b.data); s.kept > categoriesMost {
			return s.broken(tooLarge("a category of that many values"))
		}
	}
	return s.b.flush()
}

func (s *stream) broken(err error) []byte {
	s.done, s.cur = true, nil
	text := fmt.Sprintf("column %q: %s", s.table.Columns[s.i].Name, oneLine(broken(s.table.Format, err)))
	return segment(segFault, 0, [4][]byte{3: []byte(text)})
}
