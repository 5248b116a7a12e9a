//go:build !unix

package main

import "time"

var begun = time.Now()

// cpuTime is the time of the clock where the system does not tell the other one as easily.
func cpuTime() time.Duration { return time.Since(begun) }
