package machine

import "golang.org/x/sys/unix"

// memory asks sysinfo(2), which counts in units of its own.
func memory() int64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	return int64(uint64(info.Totalram) * uint64(info.Unit))
}
