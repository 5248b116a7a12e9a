package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHTTPS: code reaches a server by HTTPS through the gate, if this computer trusts its certificate, and never
// otherwise. The child's trust comes from SSL_CERT_FILE, which Go honours on Linux (crypto/x509, root_unix.go).
func TestHTTPS(t *testing.T) {
	home(t)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s over TLS", r.Method, r.URL.Path)
	}))
	defer srv.Close()
	trust := file(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}))
	host := strings.TrimPrefix(srv.URL, "https://")
	ask := file(t, "ask.py", []byte(`
import http.client, requests, urllib.request
def said(f):
    try:
        return f()
    except Exception as e:
        return type(e).__name__ + ": " + str(e)
def by_client():
    c = http.client.HTTPSConnection("`+host+`")
    c.request("GET", "/client")
    return c.getresponse().read().decode()
print(said(lambda: requests.get("`+srv.URL+`/requests").text))
print(said(lambda: urllib.request.urlopen("`+srv.URL+`/urllib", data=b"x").read().decode()))
print(said(by_client))
print(said(lambda: requests.get("`+srv.URL+`/unverified", verify=False).text))
`))
	exec := func(trusted bool, flags ...string) []string {
		t.Helper()
		c := process(t, append(append([]string{"exec"}, flags...), ask)...)
		if trusted {
			c.Env = append(c.Env, "SSL_CERT_FILE="+trust)
		}
		out, err := c.Output()
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if err != nil || len(lines) != 4 {
			t.Fatalf("%v: %s", err, out)
		}
		return lines
	}
	if got := strings.Join(exec(true, "--allow", "host:"+host), "; "); got != "GET /requests over TLS; POST /urllib over TLS; GET /client over TLS; GET /unverified over TLS" {
		t.Errorf("trusted: %s", got)
	}
	for _, got := range exec(false, "--allow", "host:"+host) {
		if !strings.Contains(got, "certificate") || strings.Contains(got, "over TLS") {
			t.Errorf("not trusted: %q", got)
		}
	}
	for _, got := range exec(true) {
		if !strings.Contains(got, "--allow host:") {
			t.Errorf("not allowed: %q", got)
		}
	}
}
