// Package machine tells what this computer has, by what its operating system says.
package machine

// Memory is how much memory the computer has, in bytes; 0 where it cannot be told.
func Memory() int64 { return memory() }
