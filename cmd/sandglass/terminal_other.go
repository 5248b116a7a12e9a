//go:build !unix

package main

import "errors"

// errBackground never happens: there are no background programs on a terminal.
var errBackground = errors.New("in the background")

func stayInBackground() {}
