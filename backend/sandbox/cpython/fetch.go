package cpython

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/idna"

	"sandglass/backend/sandbox"
)

const (
	maxRequestHead = 64 << 10 // bytes
	maxRequestBody = 64 << 20
	maxSource      = 300 // characters of a line of code
)

// asked is how the driver describes what code asks for. All of it is the word of code that is not trusted.
type asked struct {
	Module  string  `json:"module"`
	Scheme  string  `json:"scheme"`
	Host    string  `json:"host"`
	Port    int     `json:"port"`
	Timeout float64 `json:"timeout"` // seconds; 0 for none
	Line    int     `json:"line"`
	Source  string  `json:"source"`
}

func (a asked) place(step int) sandbox.Place {
	source := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) { // a person reads it: nothing that turns text around
			return ' '
		}
		return r
	}, strings.ToValidUTF8(a.Source, "\uFFFD"))
	if r := []rune(source); len(r) > maxSource {
		source = string(r[:maxSource]) + "…"
	}
	return sandbox.Place{Step: step, Line: max(a.Line, 0), Source: strings.TrimSpace(source)}
}

// askImport asks the host about an import: "v", or "e" and why not.
func (r *run) askImport(data []byte) ([]byte, bool) {
	var a asked
	if err := json.Unmarshal(data, &a); err != nil || !validModule(a.Module) {
		return []byte("ethis is no module's name"), true
	}
	asker, ok := r.host.(sandbox.ImportAsker)
	if !ok {
		return []byte("e"), true
	}
	err := r.outside("host", func() error {
		return asker.AskImport(r.ctx, sandbox.ImportRequest{Module: a.Module, Place: a.place(r.step)})
	})
	if err != nil {
		return append([]byte{'e'}, err.Error()...), true
	}
	return []byte{'v'}, true
}

// validModule wants a dotted name: it becomes the scope of a permission.
func validModule(name string) bool {
	if len(name) > 200 {
		return false
	}
	for part := range strings.SplitSeq(name, ".") {
		if checkName("module", part) != nil {
			return false
		}
	}
	return true
}

// fetch makes a request for code: "v" and the response, or "e", the kind of error, NUL and its text.
func (r *run) fetch(data []byte) ([]byte, bool) {
	resp, err := r.fetched(data)
	if err == nil {
		return append([]byte{'v'}, resp.Message...), true
	}
	kind, text := sandbox.FetchFailed, err.Error()
	var f *sandbox.FetchError
	if errors.As(err, &f) {
		kind, text = f.Kind, f.Text
	}
	return []byte("e" + string(kind) + "\x00" + text), true
}

func (r *run) fetched(data []byte) (resp sandbox.FetchResponse, err error) {
	req, err := decodeFetch(data, r.step)
	if err != nil {
		return resp, err
	}
	f, ok := r.host.(sandbox.Fetcher)
	if !ok {
		return resp, &sandbox.FetchError{Kind: sandbox.FetchDenied, Text: "there is no network in this sandbox"}
	}
	err = r.outside("host", func() (err error) {
		resp, err = f.Fetch(r.ctx, req)
		return err
	})
	return resp, err
}

func invalid(format string, args ...any) error {
	return &sandbox.FetchError{Kind: sandbox.FetchInvalid, Text: fmt.Sprintf(format, args...)}
}

// decodeFetch reads "<JSON of asked>\0<HTTP/1.1 request>". The request is what a library wrote for a socket, or what
// code wrote past it; net/http parses it, as a server would, and what goes out is written anew from the result.
func decodeFetch(data []byte, step int) (sandbox.FetchRequest, error) {
	var none sandbox.FetchRequest
	head, message, ok := bytes.Cut(data, []byte{0})
	var a asked
	if !ok || json.Unmarshal(head, &a) != nil {
		return none, invalid("the request cannot be understood")
	}
	if i := bytes.Index(message, []byte("\r\n\r\n")); i < 0 || i > maxRequestHead {
		return none, invalid("the request's head has no end, or is larger than %d KiB", maxRequestHead>>10)
	}
	message = bytes.Clone(message) // data is the guest's memory
	in := bufio.NewReader(bytes.NewReader(message))
	parsed, err := http.ReadRequest(in)
	if err != nil {
		return none, invalid("the request is not HTTP: %v", err)
	}
	body, err := io.ReadAll(io.LimitReader(parsed.Body, maxRequestBody+1))
	switch {
	case err != nil:
		return none, invalid("the request's body cannot be read: %v", err)
	case len(body) > maxRequestBody:
		return none, invalid("the request's body is larger than %d MiB", maxRequestBody>>20)
	}
	if _, err := in.ReadByte(); err != io.EOF {
		return none, invalid("there is more after the request's end: one request at a time")
	}
	target, host, err := a.target(parsed)
	if err != nil {
		return none, err
	}
	for name, values := range parsed.Header {
		if !httpguts.ValidHeaderFieldName(name) || slices.ContainsFunc(values, func(v string) bool { return !httpguts.ValidHeaderFieldValue(v) }) {
			return none, invalid("%.100q is no header field", name)
		}
	}
	req := sandbox.FetchRequest{
		Method: parsed.Method, URL: target, Host: host, Header: header(parsed.Header), Body: body, Place: a.place(step),
	}
	if a.Timeout > 0 {
		req.Timeout = time.Duration(min(a.Timeout, 86400) * float64(time.Second))
	}
	return req, nil
}

// target is the URL of a request, and its host as a permission names it. The host is the one that the connection was
// made for: a Host header or a request line that names another one would reach what nobody was asked about.
func (a asked) target(r *http.Request) (target, scope string, err error) {
	if a.Scheme != "http" && a.Scheme != "https" {
		return "", "", invalid("only http and https addresses can be reached, not %.20q", a.Scheme)
	}
	name, err := canonicalHost(a.Host)
	if err != nil {
		return "", "", err
	}
	if a.Port < 1 || a.Port > 65535 {
		return "", "", invalid("there is no port %d", a.Port)
	}
	if r.Method == http.MethodConnect || !strings.HasPrefix(r.RequestURI, "/") {
		return "", "", invalid("the request must be for a path on %s: proxies cannot be used", name)
	}
	if r.Host != "" {
		other, err := url.Parse("http://" + r.Host)
		if err == nil {
			other.Host, err = canonicalHost(other.Hostname())
		}
		if err != nil || other.Host != name {
			return "", "", invalid("the Host header names another host (%.100q) than the connection (%s)", r.Host, name)
		}
	}
	host := name
	scope = name
	if a.Port != map[string]int{"http": 80, "https": 443}[a.Scheme] {
		host = joinPort(name, a.Port)
		scope = host
	} else if strings.Contains(name, ":") {
		host = "[" + name + "]"
	}
	u, err := url.Parse(a.Scheme + "://" + host + r.RequestURI)
	if err != nil || u.User != nil || u.Hostname() != name {
		return "", "", invalid("%.200q is no address", r.RequestURI)
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), scope, nil
}

func joinPort(name string, port int) string {
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	return name + ":" + strconv.Itoa(port)
}

var (
	plainHost = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)*$`)
	numeric   = regexp.MustCompile(`(^|\.)(0x[0-9a-f]*|[0-9]+)$`)
)

// canonicalHost gives a host in its one form, so that what a person allows is what is connected to. Refused are forms
// that some resolvers take for an address and people do not ("2130706433", "0x7f.1" for 127.0.0.1).
func canonicalHost(s string) (string, error) {
	if len(s) > 1024 {
		return "", invalid("%.100q… is no host", s)
	}
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"), ".")
	if a, err := netip.ParseAddr(s); err == nil {
		if a.Zone() != "" {
			return "", invalid("an address with a zone (%.60q) cannot be reached", s)
		}
		return a.Unmap().String(), nil
	}
	name := strings.ToLower(s)
	if strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		var err error
		if name, err = idna.Lookup.ToASCII(s); err != nil {
			return "", invalid("%.100q is no host", s)
		}
	}
	switch {
	case len(name) > 253 || !plainHost.MatchString(name):
		return "", invalid("%.100q is no host", s)
	case numeric.MatchString(name):
		return "", invalid("%.100q is neither a name nor an address in its usual form", s)
	}
	return name, nil
}

// header drops the fields that belong to the connection, which the host makes by itself.
func header(h http.Header) map[string][]string {
	for _, name := range []string{"Connection", "Proxy-Connection", "Keep-Alive", "Te", "Trailer", "Upgrade", "Http2-Settings",
		"Transfer-Encoding", "Content-Length", "Expect"} {
		delete(h, name)
	}
	for name := range h {
		if strings.HasPrefix(name, "Proxy-") {
			delete(h, name)
		}
	}
	return h
}
