package cpython_test

import (
	"context"
	"golang.org/x/sys/unix"
	"sandglass/backend/sandbox"
	"testing"
	"time"
)

func cpu() (u, s time.Duration, minflt int64) {
	var r unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano()), time.Duration(r.Stime.Nano()), r.Minflt
}

func TestCPU(t *testing.T) {
	s := open(t, sandbox.Config{Imports: []string{"*"}}, nil)
	run(t, s, "0")
	for _, c := range []struct {
		code string
		n    int
	}{{"0", 300}, {"n = 0\nfor i in range(1_000_000): n += i\nn", 3}, {"def f():\n  n=0\n  for i in range(1000000): n+=i\nf()", 3}} {
		u0, s0, f0 := cpu()
		for range c.n {
			s.Run(context.Background(), c.code)
		}
		u1, s1, f1 := cpu()
		t.Logf("%q user %v sys %v faults %d", c.code, (u1-u0)/time.Duration(c.n), (s1-s0)/time.Duration(c.n), (f1-f0)/int64(c.n))
	}
}
