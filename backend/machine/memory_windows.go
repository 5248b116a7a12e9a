package machine

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var globalMemoryStatusEx = windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")

// memory asks GlobalMemoryStatusEx, with MEMORYSTATUSEX as sysinfoapi.h has it.
func memory() int64 {
	var status struct {
		length, load                                                                     uint32
		total, free, totalPage, freePage, totalVirtual, freeVirtual, freeExtendedVirtual uint64
	}
	status.length = uint32(unsafe.Sizeof(status))
	if ok, _, _ := globalMemoryStatusEx.Call(uintptr(unsafe.Pointer(&status))); ok == 0 {
		return 0
	}
	return int64(status.total)
}
