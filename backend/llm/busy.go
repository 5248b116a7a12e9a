package llm

import (
	"errors"
	"fmt"
	"time"

	"sandglass/backend/fault"
)

// Busy is in the chain of a ModelBusy fault when the server said how long to wait.
type Busy struct{ After time.Duration }

func (b Busy) Error() string { return fmt.Sprintf("asked to wait %v", b.After) }

// RetryAfter is how long the server asked to wait before the next try; false if it did not say.
func RetryAfter(err error) (time.Duration, bool) {
	var b Busy
	ok := errors.As(err, &b)
	return b.After, ok
}

// Passing is in the chain of a ModelFailed fault that may pass by itself: an answer that broke off, a server that
// failed inside. Most ModelFailed faults come again (a model too large for the memory), so adapters mark the others.
type Passing struct{ Err error }

func (p Passing) Error() string { return p.Err.Error() }

// Unwrap gives the cause.
func (p Passing) Unwrap() error { return p.Err }

// Transient says that the same request may succeed a little later. Whether a server that does not answer will come
// back cannot be told from the error: ModelUnreachable is not transient.
func Transient(err error) bool {
	var p Passing
	return fault.Is(err, fault.ModelBusy) || errors.As(err, &p)
}
