package cpython

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"
)

// FuzzFetch is about requests that code wrote past the libraries: what is let through is one plain request to the host
// that a person would be asked about.
func FuzzFetch(f *testing.F) {
	for _, message := range []string{
		"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
		"POST /a?b=c#d HTTP/1.1\r\nHost: example.org:80\r\nContent-Length: 3\r\n\r\nabc",
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"GET http://evil.example/ HTTP/1.1\r\n\r\n",
		"GET //evil.example/ HTTP/1.1\r\n\r\n",
		"GET /\\@evil.example HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	} {
		for _, host := range []string{"example.org", "ÜBER.example", "::1", "user@a", "127.1", "a b", "a/b", ""} {
			f.Add("https", host, 443, 1.5, []byte(message))
		}
	}
	f.Fuzz(func(t *testing.T, scheme, host string, port int, timeout float64, message []byte) {
		head, err := json.Marshal(asked{Scheme: scheme, Host: host, Port: port, Timeout: timeout})
		if err != nil {
			t.Skip()
		}
		req, err := decodeFetch(append(append(head, 0), message...), 1)
		if err != nil {
			return
		}
		u, err := url.Parse(req.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "" {
			t.Fatalf("URL = %q, %v", req.URL, err)
		}
		name, err := canonicalHost(host)
		if err != nil || u.Hostname() != name || !strings.HasPrefix(strings.Trim(req.Host, "[]"), name) {
			t.Fatalf("%q (%q) leads to %q, the permission is for %q", host, name, req.URL, req.Host)
		}
		if again, err := canonicalHost(name); err != nil || again != name {
			t.Fatalf("%q is not canonical: %q, %v", name, again, err)
		}
		if _, err := http.NewRequest(req.Method, req.URL, nil); err != nil || req.Timeout < 0 {
			t.Fatalf("%v, timeout %v", err, req.Timeout)
		}
		for k, values := range req.Header {
			for _, v := range values {
				if !httpguts.ValidHeaderFieldName(k) || !httpguts.ValidHeaderFieldValue(v) || k == "Host" || k == "Content-Length" {
					t.Fatalf("header %q: %q", k, v)
				}
			}
		}
	})
}
