package linmem

import (
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestBothWaysFindTheSamePages: what the kernel's scan tells is what the page map says.
func TestBothWaysFindTheSamePages(t *testing.T) {
	if !canMap() {
		t.Skip("no page map here")
	}
	const pages = 4000
	fd, err := newFile(pages * PageSize)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	mem, err := unix.Mmap(fd, 0, pages*PageSize, readWrite, private)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(mem)
	f, err := pagemap()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var sum byte
	for round, writes := range []int{0, 1, 1200, 2000} { // 1,200 pages are more runs than one call of the scan gives
		for range writes {
			mem[random.IntN(len(mem))] = 1
			sum += mem[random.IntN(len(mem))]
		}
		scanned, err := scanRuns(f, mem, 7*PageSize)
		if err != nil {
			t.Skip("this kernel cannot scan:", err)
		}
		read, err := readRuns(f, mem, 7*PageSize)
		if err != nil || !slices.Equal(scanned, read) || writes > 0 && len(read) == 0 {
			t.Fatalf("round %d: the scan found %d runs, the page map has %d, %v", round, len(scanned), len(read), err)
		}
	}
	_ = sum
}
