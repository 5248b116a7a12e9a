package linmem

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero/experimental"
)

const wasmPage = 65536

// stores gives both kinds over the same image, so that they pass the same contract.
func stores(t *testing.T, data []byte, size, max int) map[string]Store {
	t.Helper()
	img, err := NewImage(bytes.Clone(data), size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(img.Close)
	out := map[string]Store{
		"copied": NewStore(NewCopiedImage(data, size), max),
	}
	if s := newMapped(img, max); s != nil {
		out["mapped"] = s
	}
	for _, s := range out {
		t.Cleanup(s.Close)
	}
	return out
}

func instance(s Store) (experimental.LinearMemory, []byte) {
	m := s.Allocate(0, 1<<32)
	m.Reallocate(wasmPage)
	return m, m.Reallocate(uint64(s.Size()))
}

func TestCommitsSurviveAndTheRestIsForgotten(t *testing.T) {
	data := make([]byte, 2*wasmPage)
	copy(data[5000:], "from the image")
	for name, s := range stores(t, data, 2*wasmPage, 8*wasmPage) {
		t.Run(name, func(t *testing.T) {
			m, b := instance(s)
			if got := string(b[5000:5014]); got != "from the image" {
				t.Fatalf("start: %q", got)
			}
			copy(b[9000:], "one")
			b = m.Reallocate(3 * wasmPage)
			copy(b[2*wasmPage:], "grown")
			if err := s.Commit(0); err != nil {
				t.Fatal(err)
			}
			copy(b[5000:], "FROM")
			copy(b[9000:], "two")
			if err := s.Commit(0); err != nil {
				t.Fatal(err)
			}
			copy(b[9000:], "bad")
			copy(m.Reallocate(4 * wasmPage)[3*wasmPage:], "bad")
			m.Free()

			for range 3 {
				m, b = instance(s)
				if len(b) != 3*wasmPage {
					t.Fatalf("size %d", len(b))
				}
				got := string(b[5000:5014]) + "|" + string(b[9000:9003]) + "|" + string(b[2*wasmPage:2*wasmPage+5])
				if got != "FROM the image|two|grown" {
					t.Fatalf("after a restart: %q", got)
				}
				b = m.Reallocate(4 * wasmPage)
				if !bytes.Equal(b[3*wasmPage:], make([]byte, wasmPage)) {
					t.Fatal("grown memory is not zero")
				}
				b[0] = 9
				b[3*wasmPage+1] = 9
				m.Free()
			}
		})
	}
}

func TestGrowthBeyondTheLimitIsRefused(t *testing.T) {
	for name, s := range stores(t, nil, wasmPage, 2*wasmPage) {
		t.Run(name, func(t *testing.T) {
			m, _ := instance(s)
			defer m.Free()
			if s.Refused() {
				t.Error("refused too early")
			}
			if m.Reallocate(3*wasmPage) != nil {
				t.Error("grew beyond the limit")
			}
			if !s.Refused() || s.Refused() {
				t.Error("Refused must tell it once")
			}
		})
	}
}

func TestCommitWithoutInstance(t *testing.T) {
	for name, s := range stores(t, nil, wasmPage, 2*wasmPage) {
		if s.Commit(0) == nil {
			t.Error(name, "committed nothing")
		}
	}
}

// TestLargeDataIsKeptOnce drives the ways that long runs take: written, unchanged and given back, changed again.
func TestLargeDataIsKeptOnce(t *testing.T) {
	const size, big = 64 * wasmPage, 40 * wasmPage
	for name, s := range stores(t, bytes.Repeat([]byte{7}, 2*wasmPage), 2*wasmPage, size) {
		t.Run(name, func(t *testing.T) {
			m, _ := instance(s)
			b := m.Reallocate(size)
			want := bytes.Clone(b)
			for round := range byte(6) {
				if round < 2 || round == 4 {
					for i := wasmPage / 2; i < big; i += 1000 {
						b[i], want[i] = round+1, round+1
					}
				}
				b[big+int(round)*PageSize], want[big+int(round)*PageSize] = 9, 9
				if err := s.Commit(0); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(b, want) {
					t.Fatalf("round %d: a commit changed the memory", round)
				}
				if round%2 == 1 {
					clear(b[:100*PageSize]) // forgotten
					m.Free()
					m, b = instance(s)
					if !bytes.Equal(b, want) {
						t.Fatalf("round %d: another content after a restart", round)
					}
				}
			}
			m.Free()
		})
	}
}

// TestChangesLeadToTheSameMemory: a store that loads what Changes of another one told has its content.
func TestChangesLeadToTheSameMemory(t *testing.T) {
	data := bytes.Repeat([]byte{7}, wasmPage+100)
	const size = 2 * wasmPage
	for name, s := range stores(t, data, size, 8*wasmPage) {
		t.Run(name, func(t *testing.T) {
			m, b := instance(s)
			defer m.Free()
			pages := map[int][]byte{}
			follow := func(full, wantFull bool, wantPages ...int) {
				t.Helper()
				if err := s.Commit(0); err != nil {
					t.Fatal(err)
				}
				var got []int
				wasFull, err := s.Changes(full, func(page int, old, new []byte) error {
					if known := pages[page]; known != nil && !full && !bytes.Equal(old, known) {
						t.Errorf("page %d was something else before", page)
					}
					pages[page] = bytes.Clone(new)
					got = append(got, page)
					return nil
				})
				if err != nil || wasFull != wantFull || !slices.Equal(got, wantPages) {
					t.Errorf("full %v, pages %v, %v; want %v %v", wasFull, got, err, wantFull, wantPages)
				}
			}
			b[0], b[5*PageSize] = 1, 2
			follow(false, true, 0, 5)
			b[5*PageSize+1], b[6*PageSize] = 3, 4
			follow(false, false, 5, 6)
			follow(false, false)
			b[6*PageSize] = 7 // as it was in the image
			follow(false, false, 6)
			b = m.Reallocate(3 * wasmPage)
			b[size+9] = 9
			follow(false, false, size/PageSize)
			follow(true, true, 0, 5, size/PageSize)

			for other, o := range stores(t, data, size, 8*wasmPage) {
				if err := o.Load(3*wasmPage, pages); err != nil {
					t.Fatal(err)
				}
				m, got := instance(o)
				if !bytes.Equal(got, b) {
					t.Errorf("%s has another content", other)
				}
				got[1] = 9
				if err := o.Commit(0); err != nil {
					t.Fatal(err)
				}
				if full, err := o.Changes(false, func(page int, old, _ []byte) error {
					if page != 0 || !bytes.Equal(old, b[:PageSize]) {
						t.Errorf("%s: a change in page %d", other, page)
					}
					return nil
				}); full || err != nil {
					t.Errorf("%s: full %v, %v", other, full, err)
				}
				m.Free()
			}
			if s.Load(size, nil) == nil {
				t.Error("loaded into a living memory")
			}
		})
	}
}

// TestPagesThatNobodyReadsAreLeftOut: below the place that Commit is told, nothing need be kept.
func TestPagesThatNobodyReadsAreLeftOut(t *testing.T) {
	for name, s := range stores(t, nil, 2*wasmPage, 8*wasmPage) {
		t.Run(name, func(t *testing.T) {
			m, b := instance(s)
			defer m.Free()
			for i := range 8 {
				b[i*PageSize] = 1
			}
			if err := s.Commit(3*PageSize + 1); err != nil {
				t.Fatal(err)
			}
			var got []int
			if _, err := s.Changes(true, func(page int, _, _ []byte) error {
				got = append(got, page)
				return nil
			}); err != nil || !slices.Equal(got, []int{3, 4, 5, 6, 7}) {
				t.Errorf("kept: %v %v", got, err)
			}
		})
	}
}
