package sandbox

import (
	"context"
	"time"
)

// What code may do besides computing and calling tools is asked of the host when it is first needed. Both powers are
// optional: a host without them refuses.

// ImportAsker is an optional power of a Host: it decides on imports that Config.Imports does not list.
type ImportAsker interface {
	// AskImport gives nil to allow the import. The text of an error is told to the code, after the sentence that the
	// import is not authorized. The step's clock stands still meanwhile: a person may be asked.
	AskImport(ctx context.Context, req ImportRequest) error
}

// Fetcher is an optional power of a Host: it makes HTTP requests for code (http.client, urllib.request, requests).
type Fetcher interface {
	// Fetch makes one request and follows no redirect: the code's library does, with a request of its own. An error
	// should be a *FetchError, which says what the code's library raises. The step's clock stands still meanwhile.
	Fetch(ctx context.Context, req FetchRequest) (FetchResponse, error)
}

// Place is the line of the step's code that needs something.
type Place struct {
	Step   int    // number of the step in its session, from 1
	Line   int    // from 1; 0 if not known
	Source string // the line itself, trimmed and cut to 300 characters
}

// ImportRequest is an import that the list does not authorize.
type ImportRequest struct {
	Module string // "os", "xml.sax"
	Place  Place
}

// FetchRequest is one HTTP request. What code said past the libraries is sorted out: the method is a token, the URL
// is http or https, without user name and fragment, its host in one form (lower case, xn--, canonical IP address).
type FetchRequest struct {
	Method string
	URL    string
	Host   string              // of the URL, with its port if that is not the scheme's own: what a permission is for
	Header map[string][]string // without what belongs to the connection (Host, Content-Length, Transfer-Encoding, …)
	Body   []byte
	// Approved says that a person saw Host and allowed it, so it may be on a private network if its name shows that, and
	// have any port. It is set by who asked that person, never by code.
	Approved bool
	Timeout  time.Duration // as the code wants it; 0 for none
	Place    Place
}

// FetchResponse is the answer to a FetchRequest.
type FetchResponse struct {
	Status int
	// Message is the whole response in the form of HTTP/1.1, head and body, not chunked, with "Connection: close". The
	// body is as the server encoded it (gzip).
	Message []byte
	Bytes   int64 // of the body
}

// FetchErrorKind decides which exception the code sees.
type FetchErrorKind string

// The kinds of failure.
const (
	FetchDenied  FetchErrorKind = "denied"  // PermissionError
	FetchNoHost  FetchErrorKind = "nohost"  // socket.gaierror
	FetchRefused FetchErrorKind = "refused" // ConnectionRefusedError
	FetchTimeout FetchErrorKind = "timeout" // TimeoutError
	FetchTLS     FetchErrorKind = "tls"     // ssl.SSLCertVerificationError
	FetchInvalid FetchErrorKind = "invalid" // ValueError: the request itself makes no sense
	FetchFailed  FetchErrorKind = "failed"  // ConnectionError
)

// FetchError is why there is no response.
type FetchError struct {
	Kind FetchErrorKind
	Text string
}

func (e *FetchError) Error() string { return e.Text }
