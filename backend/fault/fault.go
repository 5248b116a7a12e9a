// Package fault names what can go wrong in words that a person can act on. A fault crosses every border of the
// app unchanged: the window shows its three sentences, the command line prints them, scripts match its code.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Code is the stable, machine-readable name of a kind of fault. Scripts and TypeScript match on it: codes are
// added, never renamed.
type Code string

// The codes. The comment after each says who usually can mend it.
const (
	Invalid          Code = "invalid_input"     // caller: a value is missing or out of range
	NotFound         Code = "not_found"         // caller: no such run, agent, file, provider
	Conflict         Code = "conflict"          // caller: the thing is in a state that does not allow this
	Denied           Code = "denied"            // user: a permission was refused
	Stopped          Code = "stopped"           // user: stopped on purpose
	Timeout          Code = "timeout"           // a time limit ran out
	ModelUnreachable Code = "model_unreachable" // user: the model server is not running or the address is wrong
	ModelNotFound    Code = "model_not_found"   // user: unknown model, or not pulled yet
	ModelUnsupported Code = "model_unsupported" // user: the model cannot do what was asked (tools, thinking, images)
	ModelBusy        Code = "model_busy"        // wait: queue full, rate limit
	ModelFailed      Code = "model_failed"      // server: the model's server failed or broke off
	ContextOverflow  Code = "context_overflow"  // user: the prompt does not fit the model's context
	Unauthorized     Code = "unauthorized"      // user: key missing or wrong
	RuntimeMissing   Code = "runtime_missing"   // user: the Python runtime was not built
	SandboxFailed    Code = "sandbox_failed"    // bug or resource: the sandbox itself failed
	StateUnusable    Code = "state_unusable"    // user: a kept state of the sandbox is gone, damaged or of another runtime
	DiskFull         Code = "disk_full"         // user: no space left
	DatabaseCorrupt  Code = "database_corrupt"  // user: the database file is damaged
	DatabaseBusy     Code = "database_busy"     // user: another instance holds the database
	Internal         Code = "internal"          // us: a bug
)

// Error is a fault with the three sentences that every error of the app has.
type Error struct {
	Code Code   `json:"code"`
	What string `json:"message"`       // what happened
	Why  string `json:"why,omitempty"` // why, as far as known
	Do   string `json:"do,omitempty"`  // what the person can do now
	Err  error  `json:"-"`             // the cause, for logs; may be nil
}

// Error is what happened and why, for logs and terminals; Do is shown apart.
func (e *Error) Error() string {
	s := e.What
	if e.Why != "" {
		s += ": " + e.Why
	} else if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes a fault; why and do may be empty.
func New(code Code, what, why, do string) *Error {
	return &Error{Code: code, What: what, Why: why, Do: do}
}

// Wrap makes a fault with a cause.
func Wrap(err error, code Code, what, why, do string) *Error {
	return &Error{Code: code, What: what, Why: why, Do: do, Err: err}
}

// Newf makes a fault of one formatted sentence.
func Newf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, What: fmt.Sprintf(format, args...)}
}

// Of finds the fault in an error chain, or makes one: cancellation becomes Stopped, a passed deadline Timeout,
// anything else Internal. Of(nil) is nil.
func Of(err error) *Error {
	var f *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled):
		return &Error{Code: Stopped, What: "Stopped", Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Code: Timeout, What: "The time limit ran out", Err: err}
	default:
		return &Error{Code: Internal, What: sentence(err.Error()), Err: err}
	}
}

// Is says whether err carries this code.
func Is(err error, code Code) bool { return err != nil && Of(err).Code == code }

func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return "Something failed without saying what"
	}
	return s
}
