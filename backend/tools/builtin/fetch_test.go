package builtin

import (
	"errors"
	"net"
	"strings"
	"testing"

	"sandglass/backend/sandbox"
)

// TestFetchRules: what code may reach is judged by the address that is connected to. A person who allowed a host by a
// name that shows where it is may lead code home; one who allowed a public name may not be led there by its DNS.
func TestFetchRules(t *testing.T) {
	s := serve(t, "text/plain", "home")
	at := strings.TrimPrefix(s.URL, "http://")
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatal(err)
	}
	dns := fakeDNS(t, func() [4]byte { return [4]byte{127, 0, 0, 1} })
	for _, c := range []struct {
		host     string
		approved bool
		want     sandbox.FetchErrorKind // "" for a response
	}{
		{at, false, sandbox.FetchDenied},
		{at, true, ""},
		{"localhost:" + port, true, ""},
		{"nas.local:" + port, true, ""},
		{"nas:" + port, true, ""},
		{"nas.local:" + port, false, sandbox.FetchDenied},
		{"example.org:" + port, true, sandbox.FetchDenied},
		{"example.org", true, sandbox.FetchDenied},
		{"local.example.org:" + port, true, sandbox.FetchDenied},
	} {
		got, err := Web{Resolver: dns}.Fetch(t.Context(), sandbox.FetchRequest{
			Method: "GET", URL: "http://" + c.host + "/", Host: c.host, Approved: c.approved,
		})
		var f *sandbox.FetchError
		if c.want == "" && (err != nil || !strings.HasSuffix(string(got.Message), "\r\n\r\nhome")) ||
			c.want != "" && (!errors.As(err, &f) || f.Kind != c.want) {
			t.Errorf("%s, approved %v: %q, %v", c.host, c.approved, got.Message, err)
		}
	}
}
