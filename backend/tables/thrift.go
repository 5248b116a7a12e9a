package tables

import (
	"encoding/binary"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

const (
	thriftDepth = 48
	thriftItems = 1 << 20 // of all lists: a file of 1,000 columns and 200 row groups has less
)

// unmarshal decodes a structure of Thrift's compact protocol at the beginning of b and says how long it is. Decoders
// reserve room for as many items as a list claims to have, so the claims are checked before: each item takes a byte at
// least. io.ErrUnexpectedEOF: b is too short.
func unmarshal(b []byte, to any) (int, error) {
	s := scanner{b: b}
	if err := s.structure(0); err != nil {
		return 0, err
	}
	return s.at, thrift.Unmarshal(new(thrift.CompactProtocol), b[:s.at], to)
}

// scanner walks over a structure.
type scanner struct {
	b     []byte
	at    int
	items int
}

func (s *scanner) skip(n uint64) error {
	if n > uint64(len(s.b)-s.at) {
		return io.ErrUnexpectedEOF
	}
	s.at += int(n)
	return nil
}

func (s *scanner) byte() (byte, error) {
	if err := s.skip(1); err != nil {
		return 0, err
	}
	return s.b[s.at-1], nil
}

func (s *scanner) uvarint() (uint64, error) {
	v, n := binary.Uvarint(s.b[s.at:])
	switch {
	case n == 0:
		return 0, io.ErrUnexpectedEOF
	case n < 0:
		return 0, corrupt("a number is too long")
	}
	s.at += n
	return v, nil
}

func (s *scanner) structure(depth int) error {
	if depth > thriftDepth {
		return corrupt("its description is nested too deeply")
	}
	for {
		head, err := s.byte()
		if err != nil || head == 0 {
			return err
		}
		if head>>4 == 0 { // the field's number follows
			if _, err := s.uvarint(); err != nil {
				return err
			}
		}
		if kind := head & 15; kind > 2 { // of true and false, the kind is the value
			if err := s.value(kind, depth); err != nil {
				return err
			}
		}
	}
}

// value skips a value of a kind (source: Thrift, doc/specs/thrift-compact-protocol.md).
func (s *scanner) value(kind byte, depth int) error {
	switch kind {
	case 1, 2, 3:
		return s.skip(1)
	case 4, 5, 6:
		_, err := s.uvarint()
		return err
	case 7:
		return s.skip(8)
	case 8:
		n, err := s.uvarint()
		if err != nil {
			return err
		}
		return s.skip(n)
	case 9, 10:
		return s.list(depth)
	case 11:
		n, err := s.uvarint()
		if err != nil || n == 0 {
			return err
		}
		kinds, err := s.byte()
		if err != nil {
			return err
		}
		return s.itemsOf(n, depth, kinds>>4, kinds&15)
	case 12:
		return s.structure(depth + 1)
	}
	return corrupt("its description has a value of no known kind")
}

func (s *scanner) list(depth int) error {
	head, err := s.byte()
	if err != nil {
		return err
	}
	n := uint64(head >> 4)
	if n == 15 {
		if n, err = s.uvarint(); err != nil {
			return err
		}
	}
	return s.itemsOf(n, depth, head&15)
}

// itemsOf skips n items, each of which has a value of each kind.
func (s *scanner) itemsOf(n uint64, depth int, kinds ...byte) error {
	if n > uint64(len(s.b)-s.at) {
		return io.ErrUnexpectedEOF
	}
	if s.items += int(n); s.items > thriftItems {
		return tooLarge("a description of that many parts")
	}
	for range n {
		for _, k := range kinds {
			if err := s.value(k, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}
