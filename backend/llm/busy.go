package llm

import (
	"errors"
	"fmt"
	"time"
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
