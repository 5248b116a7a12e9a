package machine

import "golang.org/x/sys/unix"

// memory asks sysctl(3) for hw.memsize.
func memory() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return int64(n)
}
