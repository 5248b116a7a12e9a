package builtin

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"sandglass/backend/fault"
	"sandglass/backend/tools"
)

func TestAddressRefusal(t *testing.T) {
	refused := strings.Fields(`0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
		168.63.129.16 169.254.1.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1
		198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
		:: ::1 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0.0.0.0
		64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1::8.8.8.8 100::1
		2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 2002:808:808::1 3fff::1
		2600::5efe:10.0.0.1 2600::200:5efe:192.168.0.1 4000::1 5f00::1
		fc00::1 fd00:ec2::254 fdff::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1 ff0e::1`)
	for _, a := range refused {
		if addressRefusal(netip.MustParseAddr(a)) == "" {
			t.Errorf("%s may be connected to", a)
		}
	}
	public := strings.Fields(`1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.0.1 172.15.0.1
		172.32.0.1 192.0.1.1 192.167.1.1 192.169.1.1 198.17.1.1 198.20.0.1 223.255.255.255 ::ffff:8.8.8.8 64:ff9b::8.8.8.8
		2001:4860:4860::8888 2606:4700::1111 2a00:1450:4001:830::200e 2600::5efe:8.8.8.8`)
	for _, a := range public {
		if what := addressRefusal(netip.MustParseAddr(a)); what != "" {
			t.Errorf("%s is refused as %s", a, what)
		}
	}
	if addressRefusal(netip.Addr{}) == "" {
		t.Error("no address at all may be connected to")
	}
}

// allow makes a Web that may reach the test's own servers.
func allow(servers ...*httptest.Server) Web {
	return Web{Allow: func() []string {
		var list []string
		for _, s := range servers {
			list = append(list, strings.TrimPrefix(s.URL, "http://"))
		}
		return list
	}}
}

func serve(t *testing.T, contentType, body string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestVisitHTML(t *testing.T) {
	s := serve(t, "text/html; charset=iso-8859-1", "<html><head><title> The\n page </title><script>alert(1)</script></head><body><nav><a href='/x'>Up</a></nav>"+
		"<h1>M\xfcnchen</h1><p>A <b>bold</b> <a href='sub/y?a=1'>link</a>.</p><img src='data:image/png;base64,AAAA'><svg><text>no</text></svg>"+
		"<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>")
	got, err := call(t, VisitWebpage(allow(s)), map[string]any{"url": s.URL + "/dir/page"})
	want := "# The page\n\n[Up](" + s.URL + "/x)\n\n# München\n\nA **bold** [link](" + s.URL + "/dir/sub/y?a=1).\n\n| a | b |\n|---|---|\n| 1 | 2 |"
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	if got, err := call(t, VisitWebpage(allow(s)), map[string]any{"url": s.URL, "max_chars": 5}); err != nil || !strings.HasPrefix(got, "# The\n… [cut: 5 of ") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestVisitContentTypes(t *testing.T) {
	for _, c := range []struct{ contentType, body, want string }{
		{"application/json", `{"a":"ü"}`, `{"a":"ü"}`},
		{"application/ld+json; charset=utf-8", `{}`, `{}`},
		{"text/plain; charset=windows-1252", "3 \x80", "3 €"},
		{"text/plain", "M\xfcnchen", "München"},
		{"text/html", `<meta charset="windows-1251"><p>` + "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"},
		{"application/rss+xml", "<rss/>", "<rss/>"},
		{"application/pdf", "%PDF-1.7", "is a PDF, which visit_webpage cannot read"},
		{"image/png", "x", "is not a page with text but image/png"},
		{"application/octet-stream", "<!doctype html><p>sniffed", "sniffed"},
		{"", "plain words", "plain words"},
		{"application/octet-stream", "\x00\x01\x02", "is not a page with text but application/octet-stream"},
	} {
		s := serve(t, c.contentType, c.body)
		got, err := call(t, VisitWebpage(allow(s)), map[string]any{"url": s.URL})
		if err != nil && !strings.Contains(got, c.want) || err == nil && got != c.want {
			t.Errorf("%s: %q, want %q", c.contentType, got, c.want)
		}
	}
}

func TestVisitHostilePages(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"deep nesting": {strings.Repeat("<div>", 200_000), "is not HTML that can be read"},
		"wide table":   {"<table><tr><td colspan=999999999>x<td rowspan=99999999>y</table>", "x"},
		"unclosed":     {"<p><a href='http://[::1'>x</a", ""},
		"nul":          {"a\x00b<title>", "a"},
	} {
		s := serve(t, "text/html", c.body)
		if got, _ := call(t, VisitWebpage(allow(s)), map[string]any{"url": s.URL}); !strings.Contains(got, c.want) {
			t.Errorf("%s: %.200q, want %s", name, got, c.want)
		}
	}
}

func TestVisitLimitsSize(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Encoding", "gzip") // a bomb: what counts is the size after unpacking
		z := gzip.NewWriter(w)
		chunk := []byte(strings.Repeat("bomb ", 1<<16))
		for range 100 {
			if _, err := z.Write(chunk); err != nil {
				return
			}
		}
		z.Close()
	}))
	defer s.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	got, err := visit(t.Context(), allow(s), u)
	if err != nil || len(got) > maxPage+200 || !strings.HasSuffix(got, "the rest was not loaded]") {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestVisitErrors(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for raw, want := range map[string]string{
		s.URL:                   "answered 404 Not Found",
		gone.URL:                "could not be visited",
		"":                      "is no web address",
		"http://":               "is no web address",
		"file:///etc/passwd":    "is no web address",
		"file://host/x":         "only http and https",
		"ftp://example.org":     "only http and https",
		"gopher://example.org/": "only http and https",
	} {
		got, err := call(t, VisitWebpage(allow(s, gone)), map[string]any{"url": raw})
		if err == nil || !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", raw, got, want)
		}
	}
}

func TestVisitRefuses(t *testing.T) {
	hit := atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit.Add(1) }))
	defer s.Close()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{
		s.URL, "http://localhost:" + port, "http://127.0.0.1:80", "127.0.0.1", "http://127.1", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
		"http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://0.0.0.0/", "http://[::]/",
		"http://169.254.169.254/latest/meta-data/", "http://localhost/", "http://localhost./",
		"http://user:pw@example.org/", "http://example.org:22/", "http://example.org:6379/", "https://user@127.0.0.1/",
	} {
		got, err := call(t, VisitWebpage(Web{}), map[string]any{"url": raw})
		if err == nil {
			t.Errorf("%s was visited: %s", raw, got)
		}
		// What only the system's resolver understands (0x7f000001) may be unknown to it.
		if !fault.Is(err, fault.Denied) && !strings.Contains(got, "there is no host") && !strings.Contains(got, "could not be visited") {
			t.Errorf("%s: %s", raw, got)
		}
	}
	if hit.Load() != 0 {
		t.Errorf("the local server was reached %d times", hit.Load())
	}
}

func TestAllowList(t *testing.T) {
	w := Web{Allow: func() []string { return []string{"NAS.local", "192.168.1.5:8000", "[fd00::1]:80", "::1", "fd00::2"} }}
	for raw, want := range map[string]bool{
		"http://nas.local:1234/": true, "http://nas.local./": true, "http://evil.nas.local:1234/": false, "http://192.168.1.5:8000": true,
		"http://192.168.1.5": false, "http://[fd00::1]/": true, "http://[fd00::1]:8080/": false, "http://[::1]:99/": true,
		"http://[fd00::2]/": true, "http://[fd00::3]/": false,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.checkURL(u); (err == nil) != want {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestRedirects(t *testing.T) {
	hit := atomic.Int32{}
	private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit.Add(1) }))
	defer private.Close()
	var to string
	public := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/end" {
			fmt.Fprint(w, "arrived")
			return
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}))
	defer public.Close()
	for target, want := range map[string]string{
		"/end":                    "arrived",
		"/again":                  "redirected more than 5 times",
		private.URL:               "port",
		"http://127.0.0.1/":       "not a public address",
		"http://[::1]:8080/":      "not a public address",
		"http://localhost/":       "not a public address",
		"file:///etc/passwd":      "only http and https",
		"http://a:b@example.org/": "user name",
	} {
		to = target
		if got, _ := call(t, VisitWebpage(allow(public)), map[string]any{"url": public.URL + "/start"}); !strings.Contains(got, want) {
			t.Errorf("to %s: %s, want %s", target, got, want)
		}
	}
	if hit.Load() != 0 {
		t.Error("the private server was reached")
	}
}

// A name that is public when it is asked for first and 127.0.0.1 the next time: what counts is what is connected to.
func TestRebinding(t *testing.T) {
	asked := atomic.Int32{}
	resolver := fakeDNS(t, func() [4]byte {
		if asked.Add(1) == 1 {
			return [4]byte{93, 184, 215, 14}
		}
		return [4]byte{127, 0, 0, 1}
	})
	w := Web{Resolver: resolver}
	if addrs, err := resolver.LookupHost(t.Context(), "rebind.test"); err != nil || addrs[0] != "93.184.215.14" {
		t.Fatal(addrs, err)
	}
	_, err := visit(t.Context(), w, &url.URL{Scheme: "http", Host: "rebind.test"})
	if !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "127.0.0.1 is not a public address") {
		t.Errorf("err = %v", err)
	}
	if asked.Load() < 2 {
		t.Error("the fake resolver was not asked")
	}
	// An allowed name may lead home.
	s := serve(t, "text/plain", "home")
	w.Allow = func() []string { return []string{"rebind.test"} }
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := visit(t.Context(), w, &url.URL{Scheme: "http", Host: "rebind.test:" + port}); err != nil || got != "home" {
		t.Errorf("%q, %v", got, err)
	}
}

// fakeDNS answers every question for an IPv4 address with what answer gives.
func fakeDNS(t *testing.T, answer func() [4]byte) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Header.Response, m.Additionals = true, nil
			if q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: answer()},
				}}
			}
			if reply, err := m.Pack(); err == nil {
				_, _ = pc.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

func TestProxyIsNotUsed(t *testing.T) {
	hit := atomic.Int32{}
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit.Add(1) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	s := serve(t, "text/plain", "direct")
	if got, err := call(t, VisitWebpage(allow(s)), map[string]any{"url": s.URL}); err != nil || got != "direct" || hit.Load() != 0 {
		t.Errorf("%q, %v, proxy asked %d times", got, err, hit.Load())
	}
}

func TestScope(t *testing.T) {
	s, ok := tools.As[tools.Scoper](VisitWebpage(Web{}))
	if !ok {
		t.Fatal("no scope")
	}
	for args, want := range map[string]string{
		`{"url":"https://Example.org./x"}`: "example.org", `{"url":"example.org/x"}`: "example.org", `{"url":":"}`: "", `{}`: "", `[`: "",
	} {
		if got := s.Scope([]byte(args)); got != (tools.Scope{Kind: "host", Value: want}) {
			t.Errorf("%s: %v", args, got)
		}
	}
}

func TestVisitStops(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	if _, err := VisitWebpage(allow(s)).Call(ctx, []byte(`{"url":"`+s.URL+`"}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}
