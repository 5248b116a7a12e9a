package linmem

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Bits of an entry of /proc/self/pagemap (source: Linux, Documentation/admin-guide/mm/pagemap.rst). A page of a
// private file mapping is "file-page or shared-anon" until it is written to.
const (
	pagePresent = 1 << 63
	pageSwapped = 1 << 62
	pageOfFile  = 1 << 61
)

var pagemap = sync.OnceValues(func() (*os.File, error) { return os.Open("/proc/self/pagemap") })

// writtenRuns finds the pages of a private mapping that were written to. The runs count bytes from the beginning of the
// memory, in which mem lies at offset at. The kernel knows them, so only
// those are compared.
func writtenRuns(mem []byte, at int) ([]Run, error) {
	if len(mem) == 0 {
		return nil, nil
	}
	f, err := pagemap()
	if err != nil {
		return nil, err
	}
	if !noScan.Load() {
		out, err := scanRuns(f, mem, at)
		if err == nil {
			return out, nil
		}
		noScan.Store(true)
	}
	return readRuns(f, mem, at)
}

// readRuns looks at the entry of each page.
func readRuns(f *os.File, mem []byte, at int) (out []Run, err error) {
	first := int64(uintptr(unsafe.Pointer(&mem[0]))) / PageSize * 8
	pages := len(mem) / PageSize
	buf := make([]byte, min(pages*8, 256<<10))
	for done := 0; done < pages; {
		b := buf[:min(len(buf), (pages-done)*8)]
		if n, err := f.ReadAt(b, first+int64(done)*8); n < len(b) {
			return nil, fmt.Errorf("read pagemap: %w", err)
		}
		for i := 0; i < len(b); i += 8 {
			e := binary.LittleEndian.Uint64(b[i:])
			if e&pageSwapped != 0 || e&(pagePresent|pageOfFile) == pagePresent {
				from := at + (done+i/8)*PageSize
				out = appendRun(out, Run{from, from + PageSize})
			}
		}
		done += len(b) / 8
	}
	return out, nil
}

// noScan says that the kernel has no PAGEMAP_SCAN (it came with Linux 6.7).
var noScan atomic.Bool

// scanArg is struct pm_scan_arg, pageRegion is struct page_region (source: Linux, include/uapi/linux/fs.h).
type (
	scanArg struct {
		size, flags, start, end, walkEnd, vec, vecLen, maxPages uint64
		inverted, mask, anyOf, give                             uint64 // categories
	}
	pageRegion struct{ start, end, categories uint64 }
)

const (
	pagemapScan = 3<<30 | 96<<16 | 'f'<<8 | 16 // _IOWR('f', 16, struct pm_scan_arg)
	isFile      = 1 << 2
	isPresent   = 1 << 3
	isSwapped   = 1 << 4
)

// scanRuns has the kernel walk the page tables and tell the runs. It takes a third of the time of readRuns.
func scanRuns(f *os.File, mem []byte, at int) (out []Run, err error) {
	var regions [256]pageRegion
	base := uint64(uintptr(unsafe.Pointer(&mem[0])))
	arg := scanArg{
		size: uint64(unsafe.Sizeof(scanArg{})), start: base, end: base + uint64(len(mem)), vecLen: uint64(len(regions)),
		inverted: isFile, mask: isFile, anyOf: isPresent | isSwapped, give: isPresent | isSwapped,
	}
	for arg.start < arg.end {
		arg.vec = uint64(uintptr(unsafe.Pointer(&regions[0])))
		n, _, e := syscall.Syscall(unix.SYS_IOCTL, f.Fd(), pagemapScan, uintptr(unsafe.Pointer(&arg)))
		switch {
		case e == unix.EINTR:
			continue
		case e != 0:
			return nil, fmt.Errorf("scan pagemap: %w", e)
		case arg.walkEnd <= arg.start || int(n) > len(regions):
			return nil, errors.New("scan pagemap: it does not go on")
		}
		for _, r := range regions[:n] {
			out = appendRun(out, Run{at + int(r.start-base), at + int(r.end-base)})
		}
		arg.start = arg.walkEnd
	}
	return out, nil
}

func appendRun(runs []Run, r Run) []Run {
	if n := len(runs); n > 0 && runs[n-1].To == r.From {
		runs[n-1].To = r.To
		return runs
	}
	return append(runs, r)
}
