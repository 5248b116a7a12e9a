package cpython

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"

	"sandglass/backend/sandbox/cpython/internal/linmem"
	"sandglass/backend/sandbox/cpython/internal/memfs"
	"sandglass/backend/sandbox/cpython/internal/wasi"
)

// A kept state is a magic word and a zstd stream: the length of the head, the head as JSON, the changed pages of memory
// XORed with what they were (so that mostly zeros remain), and the pieces of files that the states before do not hold.
const (
	stateMagic = "SGS1"
	maxHead    = 256 << 20
	pieceSize  = 64 << 10 // files are kept in pieces: a log that grows is not kept anew with each state
	pageSize   = linmem.PageSize
)

type stateHead struct {
	Image   string
	Base    string `json:",omitempty"`
	Step    int
	Size    int    // of the memory, bytes
	Stack   uint32 // value of __stack_pointer
	Wall    int64
	Mono    int64
	Pages   [][2]int // first and number
	NextIno uint64
	Nodes   []stateNode
	Open    []wasi.FileState
	Pieces  []piece
}

type stateNode struct {
	memfs.NodeState
	Size   int64    `json:",omitempty"`
	Pieces [][]byte `json:",omitempty"` // their sums
}

type piece struct {
	Sum []byte
	Len int
}

var errState = errors.New("the kept state is damaged")

// encoders are kept: making one takes longer than a small state. The fastest level is about twice as fast as the default
// one and gives a tenth more.
var encoders = sync.Pool{New: func() any {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are wrong
	}
	return z
}}

// stateWriter encodes one state.
type stateWriter struct {
	out bytes.Buffer
	z   *zstd.Encoder
	raw int64
}

func newStateWriter(head stateHead) (*stateWriter, error) {
	b, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	w := &stateWriter{z: encoders.Get().(*zstd.Encoder)}
	w.out.WriteString(stateMagic)
	w.z.Reset(&w.out)
	w.write(binary.LittleEndian.AppendUint32(nil, uint32(len(b))))
	w.write(b)
	return w, nil
}

// write cannot fail: it goes to memory.
func (w *stateWriter) write(b []byte) {
	w.raw += int64(len(b))
	_, _ = w.z.Write(b)
}

func (w *stateWriter) close() ([]byte, error) {
	err := w.z.Close()
	encoders.Put(w.z)
	return w.out.Bytes(), err
}

func xor(into, a, b []byte) { subtle.XORBytes(into, a, b) }

func stateID(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// chain is what states add up to.
type chain struct {
	head   stateHead // of the last one
	id     string
	pages  map[int][]byte // by number: what is XORed to the image
	pieces map[string][]byte
}

// add decodes the next state of a chain. Its data come from a file that may have been damaged or made by somebody.
func (c *chain) add(data []byte, image string) error {
	body, ok := bytes.CutPrefix(data, []byte(stateMagic))
	if !ok {
		return errState
	}
	z, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return err
	}
	defer z.Close()
	head, err := readHead(z)
	switch {
	case err != nil:
		return err
	case head.Image != image:
		return errOtherImage
	case head.Base == "":
		c.pages, c.pieces = map[int][]byte{}, map[string][]byte{}
	case head.Base != c.id:
		return fmt.Errorf("%w: it is not based on the one before it", errState)
	}
	if err := c.readPages(z, head); err != nil {
		return err
	}
	if err := c.readPieces(z, head); err != nil {
		return err
	}
	// The end of the stream has the checksum.
	if n, err := z.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return errState
	}
	c.head, c.id = head, stateID(data)
	return nil
}

var errOtherImage = errors.New("it was made by another version of the Python runtime")

func readHead(z io.Reader) (head stateHead, err error) {
	var n [4]byte
	if _, err := io.ReadFull(z, n[:]); err != nil {
		return head, errState
	}
	size := binary.LittleEndian.Uint32(n[:])
	if size > maxHead {
		return head, errState
	}
	b, err := io.ReadAll(io.LimitReader(z, int64(size))) // grows with what is there, not with what is promised
	if err != nil || len(b) < int(size) || json.Unmarshal(b, &head) != nil {
		return head, errState
	}
	if head.Size < 0 || head.Size > 1<<32 || head.Size%(1<<16) != 0 || head.Step < 0 {
		return head, errState
	}
	return head, nil
}

func (c *chain) readPages(z io.Reader, head stateHead) error {
	next := 0
	for _, r := range head.Pages {
		if r[0] < next || r[1] < 1 || r[1] > head.Size/pageSize || r[0] > head.Size/pageSize-r[1] {
			return errState
		}
		for i := r[0]; i < r[0]+r[1]; i++ {
			b := make([]byte, pageSize)
			if _, err := io.ReadFull(z, b); err != nil {
				return errState
			}
			if old := c.pages[i]; old != nil {
				xor(b, b, old)
			}
			c.pages[i] = b
		}
		next = r[0] + r[1]
	}
	return nil
}

func (c *chain) readPieces(z io.Reader, head stateHead) error {
	for _, p := range head.Pieces {
		if p.Len < 0 || p.Len > pieceSize {
			return errState
		}
		b := make([]byte, p.Len)
		if _, err := io.ReadFull(z, b); err != nil {
			return errState
		}
		if sum := sha256.Sum256(b); !bytes.Equal(sum[:], p.Sum) {
			return errState
		}
		c.pieces[string(p.Sum)] = b
	}
	return nil
}

// files puts the files of the last state together.
func (c *chain) files() ([]memfs.NodeState, error) {
	nodes := make([]memfs.NodeState, len(c.head.Nodes))
	for i, n := range c.head.Nodes {
		nodes[i] = n.NodeState
		var data []byte
		for _, sum := range n.Pieces {
			p, ok := c.pieces[string(sum)]
			if !ok {
				return nil, errState
			}
			data = append(data, p...)
		}
		if int64(len(data)) != n.Size {
			return nil, errState
		}
		nodes[i].Data = data
	}
	return nodes, nil
}
