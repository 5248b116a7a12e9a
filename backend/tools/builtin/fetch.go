package builtin

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/permit"
	"sandglass/backend/sandbox"
)

const (
	fetchTimeout = 60 * time.Second // of a request, if the code does not want less
	maxFetch     = 64 << 20         // bytes of a response, as the server encoded it
)

// Fetch makes one HTTP request for code in the sandbox, by the rules of Web. Redirects are the code's business: each
// of their hops is a request of its own. Nothing is kept between requests, and nothing of this computer is added: no
// cookies, no credentials, no proxy.
func (w Web) Fetch(ctx context.Context, req sandbox.FetchRequest) (sandbox.FetchResponse, error) {
	if req.Approved {
		w = w.approving(req.Host)
	}
	resp, err := w.fetch(ctx, req)
	if err == nil || ctx.Err() != nil {
		return resp, err
	}
	return resp, fetchError(req.Host, err)
}

// approving lets a host be reached that a person allowed by its name: at any port, and on a private network if the name
// says so. A public name that leads to a private address is refused all the same.
func (w Web) approving(host string) Web {
	w.anyPort = true
	if before := w.Allow; permit.LocalHost(host) {
		w.Allow = func() []string {
			if before == nil {
				return []string{host}
			}
			return append(slices.Clone(before()), host)
		}
	}
	return w
}

func (w Web) fetch(ctx context.Context, req sandbox.FetchRequest) (out sandbox.FetchResponse, err error) {
	u, err := url.Parse(req.URL)
	if err != nil {
		return out, err
	}
	if err := w.checkURL(u); err != nil {
		return out, err
	}
	r, err := http.NewRequestWithContext(ctx, req.Method, req.URL, bytes.NewReader(req.Body))
	if err != nil {
		return out, err
	}
	r.Header = http.Header(req.Header).Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", "") // else Go would send its own
	}
	client := w.Client()
	client.Timeout = fetchTimeout
	if req.Timeout > 0 {
		client.Timeout = min(req.Timeout, fetchTimeout)
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	transport := client.Transport.(*http.Transport)
	transport.DisableCompression = true // the library that asked decodes what it asked for
	transport.ResponseHeaderTimeout = client.Timeout
	resp, err := client.Do(r)
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxFetch+1))
	if err != nil {
		return out, err
	}
	if len(body) > maxFetch {
		return out, fmt.Errorf("the response is larger than %d MiB", maxFetch>>20)
	}
	return sandbox.FetchResponse{Status: resp.StatusCode, Message: message(resp, body), Bytes: int64(len(body))}, nil
}

// message writes a response as HTTP/1.1, whichever version and framing it came in.
func message(resp *http.Response, body []byte) []byte {
	h := resp.Header
	for _, name := range []string{"Transfer-Encoding", "Trailer", "Keep-Alive", "Proxy-Connection", "Upgrade"} {
		h.Del(name)
	}
	h.Set("Connection", "close")
	if resp.Request.Method != http.MethodHead && resp.StatusCode != http.StatusNoContent && resp.StatusCode != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	var b bytes.Buffer
	b.Grow(len(body) + 1024)
	_, reason, _ := strings.Cut(resp.Status, " ")
	fmt.Fprintf(&b, "HTTP/1.1 %03d %s\r\n", resp.StatusCode, reason)
	_ = h.Write(&b) // to memory
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// fetchError says what the code's library shall raise.
func fetchError(host string, err error) error {
	fail := func(kind sandbox.FetchErrorKind, format string, args ...any) error {
		return &sandbox.FetchError{Kind: kind, Text: fmt.Sprintf(format, args...)}
	}
	var denied *fault.Error
	var dns *net.DNSError
	var netErr net.Error
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &denied):
		return fail(sandbox.FetchDenied, "%s. %s", denied.Error(), denied.Do)
	case errors.As(err, &dns) && !dns.IsTimeout:
		return fail(sandbox.FetchNoHost, "there is no host %s", dns.Name)
	case errors.As(err, &netErr) && netErr.Timeout():
		return fail(sandbox.FetchTimeout, "%s did not answer in time", host)
	case errors.As(err, &cert):
		return fail(sandbox.FetchTLS, "the certificate of %s was not accepted: %v", host, cert.Err)
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return fail(sandbox.FetchTLS, "%s does not speak TLS there: use http://", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fail(sandbox.FetchRefused, "%s refused the connection", host)
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fail(sandbox.FetchFailed, "the request to %s failed: %v", host, err)
}
