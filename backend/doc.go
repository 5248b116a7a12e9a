// Package backend holds the house; imports_test.go holds its floors.
package backend
