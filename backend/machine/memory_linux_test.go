package machine

import (
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestMemory: the kernel tells the same by another way (proc(5), MemTotal).
func TestMemory(t *testing.T) {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		t.Skip(err)
	}
	kb, err := strconv.ParseInt(string(regexp.MustCompile(`MemTotal: *(\d+) kB`).FindSubmatch(data)[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if got := Memory(); got != kb<<10 {
		t.Errorf("%d bytes, and %d kB", got, kb)
	}
}
