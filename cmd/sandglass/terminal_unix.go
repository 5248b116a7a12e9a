//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// errBackground is what reading the terminal gives while the program runs in the background.
var errBackground error = syscall.EIO

// stayInBackground keeps a run that was put into the background (`&`, Ctrl-Z and bg) from being stopped because it
// listens to the terminal: reading then fails in place of stopping the program.
func stayInBackground() { signal.Ignore(syscall.SIGTTIN) }
