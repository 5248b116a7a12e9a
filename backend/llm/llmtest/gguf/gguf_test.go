package gguf

import (
	"bytes"
	"encoding/binary"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

func TestFloat16(t *testing.T) {
	for f, want := range map[float32]uint16{
		0: 0, 1: 0x3c00, -1: 0xbc00, 0.5: 0x3800, 65504: 0x7bff, 65520: 0x7c00, 1e9: 0x7c00,
		5.9604645e-08: 0x0001, 1e-9: 0, 6.103515625e-05: 0x0400, 1.0009765625: 0x3c01,
		1 + 1.0/2048: 0x3c00, 1 + 3.0/2048: 0x3c02, 2047.5: 0x6800, // ties to even, carry
	} {
		if got := float16(f); got != want {
			t.Errorf("float16(%v) = %#04x, want %#04x", f, got, want)
		}
	}
	if got := float16(float32(math.Inf(-1))); got != 0xfc00 {
		t.Errorf("-inf: %#04x", got)
	}
}

func TestWrite(t *testing.T) {
	f := File{
		Meta:    []Pair{{"s", "abc"}, {"n", uint32(7)}, {"f", float32(1.5)}, {"b", true}, {"l", []string{"x", "yz"}}, {"i", []int32{-1}}},
		Tensors: []Tensor{{"a", []int{3}, []float32{1, 2, 3}, true}, {"b", []int{2, 1}, []float32{4, 5}, false}},
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	if string(data[:4]) != "GGUF" || binary.LittleEndian.Uint32(data[4:]) != 3 || binary.LittleEndian.Uint64(data[8:]) != 2 || binary.LittleEndian.Uint64(data[16:]) != 6 {
		t.Fatalf("header % x", data[:24])
	}
	if len(data)%alignment != 0 {
		t.Errorf("%d bytes", len(data))
	}
	tail := data[len(data)-2*alignment:] // a at 0, b at 32
	if binary.LittleEndian.Uint16(tail[2:]) != 0x4000 || math.Float32frombits(binary.LittleEndian.Uint32(tail[alignment+4:])) != 5 {
		t.Errorf("data % x", tail)
	}
	if err := f.WriteFile(filepath.Join(t.TempDir(), "m.gguf")); err != nil {
		t.Error(err)
	}
}

func TestWriteFaults(t *testing.T) {
	var b bytes.Buffer
	if err := (File{Tensors: []Tensor{{"a", []int{2}, []float32{1}, false}}}).Write(&b); err == nil || !strings.Contains(err.Error(), "tensor a") {
		t.Error(err)
	}
	if err := (File{Meta: []Pair{{"k", 1}}}).Write(&b); err == nil || !strings.Contains(err.Error(), "k: cannot write a int") {
		t.Error(err)
	}
	if err := (File{}).WriteFile(filepath.Join(t.TempDir(), "no", "m.gguf")); err == nil {
		t.Error("no error for a missing folder")
	}
}
