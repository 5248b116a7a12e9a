package cpython

import (
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/klauspost/compress/zstd"

	"sandglass/backend/sandbox"
	"sandglass/backend/sandbox/cpython/internal/memfs"
	"sandglass/backend/sandbox/cpython/internal/wasi"
)

// FuzzState decodes two states with any heads and contents: they must be refused or be consistent, and never take more
// memory than they have. Damage to the compressed form is noticed by its checksum, see TestRestoreRefuses.
func FuzzState(f *testing.F) {
	sum := sumPieces([]byte("hello"))
	head := func(h stateHead) []byte {
		b, err := json.Marshal(h)
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	files := stateHead{
		Image: "image", Size: 1 << 17, NextIno: 4, Open: []wasi.FileState{{FD: 1, Write: true}, {FD: 4, Ino: 4, Off: 2, Read: true}},
		Nodes: []stateNode{
			{NodeState: memfs.NodeState{Ino: 1, Given: true}}, {NodeState: memfs.NodeState{Ino: 2, Parent: 1, Name: "scratch"}},
			{NodeState: memfs.NodeState{Ino: 3, Parent: 2, Name: "d"}},
			{NodeState: memfs.NodeState{Ino: 4, Parent: 3, Name: "f", Kind: memfs.File}, Size: 5, Pieces: sum},
		},
		Pieces: []piece{{sum[0], 5}},
	}
	pages := stateHead{Image: "image", Size: 1 << 17, Pages: [][2]int{{3, 2}, {9, 1}}}
	f.Add(head(files), []byte("hello"), head(pages), make([]byte, 3*pageSize))
	f.Add(head(pages), make([]byte, 3*pageSize), head(files), []byte("hello"))
	f.Add(head(stateHead{Image: "image", Size: 1 << 16, Pages: [][2]int{{0, 99}}}), []byte{}, []byte("{}"), []byte{})
	f.Fuzz(func(t *testing.T, head1, content1, head2, content2 []byte) {
		var c chain
		if err := c.add(encodeState(t, head1, content1), "image"); err == nil {
			_ = c.add(encodeState(t, head2, content2), "image")
		}
		for page, b := range c.pages {
			if page < 0 || len(b) != pageSize {
				t.Errorf("page %d has %d bytes", page, len(b))
			}
		}
		nodes, err := c.files()
		if err != nil {
			return
		}
		g := &guest{}
		g.proc = newProcess(&prepared{}, g, sandbox.Limits{}.WithDefaults())
		found, err := g.proc.FS.Load(nodes, c.head.NextIno)
		if err != nil {
			return
		}
		if g.proc.Load(c.head.Open, found) == nil {
			g.proc.Rollback()
		}
	})
}

// FuzzTape reads anything as a tape.
func FuzzTape(f *testing.F) {
	t := newTape(5, 7)
	t.moment = 3
	t.write(tapeInterrupt)
	t.moment = 9
	t.record(question(opTool, []byte("q")), []byte("answer"), true)
	f.Add(t.out)
	f.Add([]byte{tapeVersion, 1, 1, 5, tapeClock, 200})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readTape(data)
		if err != nil {
			return
		}
		for range len(data) {
			p.look()
			p.moment++
			p.at(tapeInterrupt, tapeKill, tapeDrain)
			p.recorded(question(opTool, nil), "called x")
		}
		p.end()
	})
}

func encodeState(t *testing.T, head, content []byte) []byte {
	w := &stateWriter{z: encoders.Get().(*zstd.Encoder)}
	w.out.WriteString(stateMagic)
	w.z.Reset(&w.out)
	w.write(binary.LittleEndian.AppendUint32(nil, uint32(len(head))))
	w.write(head)
	w.write(content)
	data, err := w.close()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
