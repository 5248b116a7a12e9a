// Package gguf writes GGUF files, version 3: the least that an Ollama server needs to load a model.
// Source of the format: ggml's docs/gguf.md.
package gguf

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
)

// alignment of tensor data in the file, in bytes: the format's default.
const alignment = 32

// The numbers of value types in the format.
const (
	typeUint32  = 4
	typeInt32   = 5
	typeFloat32 = 6
	typeBool    = 7
	typeString  = 8
	typeArray   = 9
)

// The numbers of tensor types in the format.
const (
	tensorF32 = 0
	tensorF16 = 1
)

// Tensor is a matrix of floats, row by row. Shape[0] is the length of a row, as in ggml.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
	Half  bool // written as 16-bit floats; norms must not be
}

// Pair is an entry of the metadata, which keep their order. Value is a uint32, float32, bool, string, []string or
// []int32.
type Pair struct {
	Key   string
	Value any
}

// File is a model.
type File struct {
	Meta    []Pair
	Tensors []Tensor
}

// WriteFile writes the model to path.
func (f File) WriteFile(path string) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := out.Close(); err == nil {
			err = closeErr
		}
	}()
	return f.Write(out)
}

// Write writes the model: header, metadata, list of tensors, data.
func (f File) Write(out io.Writer) error {
	w := &writer{to: bufio.NewWriterSize(out, 1<<20)}
	w.bytes([]byte("GGUF"))
	w.u32(3)
	w.u64(len(f.Tensors))
	w.u64(len(f.Meta))
	for _, p := range f.Meta {
		w.str(p.Key)
		if err := w.value(p.Value); err != nil {
			return fmt.Errorf("gguf: %s: %w", p.Key, err)
		}
	}
	offset := 0
	for _, t := range f.Tensors {
		size, err := t.size()
		if err != nil {
			return err
		}
		w.str(t.Name)
		w.u32(uint32(len(t.Shape)))
		for _, n := range t.Shape {
			w.u64(n)
		}
		if t.Half {
			w.u32(tensorF16)
		} else {
			w.u32(tensorF32)
		}
		w.u64(offset)
		offset += (size + alignment - 1) / alignment * alignment
	}
	w.pad()
	for _, t := range f.Tensors {
		for _, x := range t.Data {
			if t.Half {
				w.buf = binary.LittleEndian.AppendUint16(w.buf, float16(x))
			} else {
				w.buf = binary.LittleEndian.AppendUint32(w.buf, math.Float32bits(x))
			}
			w.flush(1 << 16)
		}
		w.pad()
	}
	w.flush(0)
	if w.err != nil {
		return w.err
	}
	return w.to.Flush()
}

// size is the length of the tensor's data in the file, in bytes.
func (t Tensor) size() (int, error) {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	if n != len(t.Data) {
		return 0, fmt.Errorf("gguf: tensor %s: shape %v holds %d values, there are %d", t.Name, t.Shape, n, len(t.Data))
	}
	if t.Half {
		return 2 * n, nil
	}
	return 4 * n, nil
}

// writer collects little-endian values.
type writer struct {
	to   *bufio.Writer
	buf  []byte
	done int // bytes written before buf
	err  error
}

func (w *writer) flush(over int) {
	if len(w.buf) <= over {
		return
	}
	if w.err == nil {
		_, w.err = w.to.Write(w.buf)
	}
	w.done += len(w.buf)
	w.buf = w.buf[:0]
}

func (w *writer) pad() {
	for (w.done+len(w.buf))%alignment != 0 {
		w.buf = append(w.buf, 0)
	}
}

func (w *writer) bytes(b []byte) { w.buf = append(w.buf, b...) }
func (w *writer) u32(v uint32)   { w.buf = binary.LittleEndian.AppendUint32(w.buf, v) }
func (w *writer) u64(v int)      { w.buf = binary.LittleEndian.AppendUint64(w.buf, uint64(v)) }

func (w *writer) str(s string) {
	w.u64(len(s))
	w.buf = append(w.buf, s...)
}

func (w *writer) value(v any) error {
	switch v := v.(type) {
	case uint32:
		w.u32(typeUint32)
		w.u32(v)
	case float32:
		w.u32(typeFloat32)
		w.u32(math.Float32bits(v))
	case bool:
		w.u32(typeBool)
		if v {
			w.buf = append(w.buf, 1)
		} else {
			w.buf = append(w.buf, 0)
		}
	case string:
		w.u32(typeString)
		w.str(v)
	case []string:
		w.array(typeString, len(v))
		for _, s := range v {
			w.str(s)
		}
	case []int32:
		w.array(typeInt32, len(v))
		for _, n := range v {
			w.u32(uint32(n))
		}
	default:
		return fmt.Errorf("cannot write a %T", v)
	}
	return nil
}

func (w *writer) array(of uint32, n int) {
	w.u32(typeArray)
	w.u32(of)
	w.u64(n)
}

// float16 rounds to the nearest half float, ties to even; too large becomes infinite, too small zero.
func float16(f float32) uint16 {
	bits := math.Float32bits(f)
	sign := uint16(bits>>16) & 0x8000
	exp := int32(bits>>23&0xff) - 127 + 15
	frac := bits & 0x7fffff
	if exp >= 31 {
		return sign | 0x7c00
	}
	drop := uint32(13)
	if exp <= 0 { // subnormal: the leading one becomes visible
		if exp < -10 {
			return sign
		}
		frac |= 0x800000
		drop = uint32(14 - exp)
		exp = 0
	}
	r := uint32(exp)<<10 + frac>>drop
	rest, half := frac&(1<<drop-1), uint32(1)<<(drop-1)
	if rest > half || rest == half && r&1 == 1 {
		r++ // may carry into the exponent, which is right
	}
	return sign | uint16(r)
}
