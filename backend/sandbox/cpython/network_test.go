package cpython_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"sandglass/backend/sandbox"
	"sandglass/backend/tools/builtin"
)

// webHost lets code make requests through the client of the tools; what it asked for is kept.
type webHost struct {
	host
	web    builtin.Web
	denied string // a host that is not allowed

	mu    sync.Mutex
	asked []sandbox.FetchRequest
}

func (h *webHost) Fetch(ctx context.Context, req sandbox.FetchRequest) (sandbox.FetchResponse, error) {
	h.mu.Lock()
	h.asked = append(h.asked, req)
	h.mu.Unlock()
	if req.Host == h.denied {
		return sandbox.FetchResponse{}, &sandbox.FetchError{Kind: sandbox.FetchDenied, Text: "nobody allowed " + req.Host}
	}
	return h.web.Fetch(ctx, req)
}

func openWeb(t *testing.T, h *webHost, limits sandbox.Limits) sandbox.Session {
	t.Helper()
	s, err := engine.Open(context.Background(), sandbox.Config{Imports: []string{"*"}, Limits: limits}, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// site is a server with what a web API does.
func site(t *testing.T) (*httptest.Server, string) {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		fmt.Fprintf(w, "%s %s q=%s x=%s ct=%s ua=%q len=%d %s", r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("X-Test"),
			r.Header.Get("Content-Type"), r.UserAgent(), r.ContentLength, body)
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 8<<20)) })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, r *http.Request) {
		for range 65 {
			w.Write(make([]byte, 1<<20))
		}
	})
	mux.HandleFunc("/missing", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "not here", 404) })
	mux.HandleFunc("/empty", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) })
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("u"), http.StatusFound)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte("only this"))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return s, u.Host
}

// TestRequests is the same for the library that most code uses, in runtimes that bring it.
func TestRequests(t *testing.T) {
	server, at := site(t)
	h := &webHost{web: builtin.Web{Allow: func() []string { return []string{at} }}, denied: "evil.example"}
	s := openWeb(t, h, sandbox.Limits{})
	if got := show(run(t, s, "import importlib.util; importlib.util.find_spec('requests') is not None")); got != "True" {
		t.Skip("this runtime has no requests")
	}
	run(t, s, fmt.Sprintf(`
import requests
U = %q
def failing(*a, **kw):
    try:
        return "no error: %%r" %% requests.request(*a, **kw)
    except Exception as e:
        return type(e).__name__ + ": " + str(e)
`, server.URL))
	for _, c := range []struct{ code, want string }{
		{`r = requests.get(U + "/echo", params={"a": 1}, headers={"X-Test": "1", "User-Agent": "me"}); [r.status_code, r.text]`, `[200, 'GET /echo q=a=1 x=1 ct= ua="me" len=0 ']`},
		{`requests.post(U + "/echo", json={"a": 1}).text[-14:]`, `'len=8 {"a": 1}'`},
		{`requests.post(U + "/echo", data=iter([b"chunk", b"ed"])).text[-13:]`, "'len=7 chunked'"},
		{`r = requests.get(U + "/to?u=/echo"); [r.status_code, len(r.history)]`, "[200, 1]"},
		{`sorted(requests.get(U + "/echo").cookies.items())`, "[('a', '1'), ('b', '2')]"},
		{`len(requests.get(U + "/big").content)`, "8388608"},
		{`requests.get(U + "/missing").status_code`, "404"},
		{`failing("GET", U + "/missing").startswith("no error")`, "True"},
		{`failing("GET", U + "/slow", timeout=0.05)[:12]`, "'ReadTimeout:'"},
		{`failing("GET", "http://evil.example/")`, `"ConnectionError: ('Connection aborted.', PermissionError(2, 'nobody allowed evil.example'))"`},
		{`failing("GET", U + "/to?u=https://evil.example/")[:16]`, "'ConnectionError:'"},
		{`failing("GET", U.replace("http:", "https:"))[:9]`, "'SSLError:'"},
		{`failing("GET", "ftp://example.org/")[:14]`, "'InvalidSchema:'"},
		{`with_session = requests.Session(); [with_session.get(U + "/echo").status_code for _ in range(3)]`, "[200, 200, 200]"},
	} {
		if got := show(run(t, s, c.code)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}

func TestNetwork(t *testing.T) {
	server, at := site(t)
	port := at[strings.LastIndexByte(at, ':')+1:]
	h := &webHost{web: builtin.Web{Allow: func() []string { return []string{at} }}, denied: "evil.example"}
	s := openWeb(t, h, sandbox.Limits{})
	run(t, s, fmt.Sprintf(`
import urllib.request, urllib.error, urllib.parse, http.client, http.cookiejar, io, json, ssl, socket
U, AT, PORT = %q, %q, %s
def get(path, **kw):
    return urllib.request.urlopen(U + path, **kw).read().decode()
def failing(f, *a, **kw):
    try:
        return "no error: %%r" %% (f(*a, **kw),)
    except Exception as e:
        return type(e).__name__ + ": " + str(e)
def raw(data, host=None, port=None):
    c = http.client.HTTPConnection(host or "127.0.0.1", port or PORT)
    c.connect()
    c.sock.sendall(data)
    r = http.client.HTTPResponse(c.sock)
    r.begin()
    return r.status
`, server.URL, at, port))
	for _, c := range []struct{ code, want string }{
		{`get("/echo?a=1&b=%20")`, `'GET /echo q=a=1&b=%20 x= ct= ua="Python-urllib/3.13" len=0 '`},
		{`get("/echo", data=b"k=v")`, `'POST /echo q= x= ct=application/x-www-form-urlencoded ua="Python-urllib/3.13" len=3 k=v'`},
		{`get("/echo", data=io.BytesIO(b"0123456789" * 2000)).count("0123456789")`, "2000"},
		{`urllib.request.urlopen(urllib.request.Request(U + "/echo", b"{}", {"X-Test": "1", "Content-Type": "application/json"}, method="PUT")).read().decode()`,
			`'PUT /echo q= x=1 ct=application/json ua="Python-urllib/3.13" len=2 {}'`},
		{`urllib.request.urlopen(U + "/echo").headers.get_all("Set-Cookie")`, "['a=1', 'b=2']"},
		{`jar = http.cookiejar.CookieJar(); urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(U + "/echo"); sorted(c.name for c in jar)`, "['a', 'b']"},
		{`c = http.client.HTTPConnection(AT); c.request("GET", "/echo", headers={"X-Test": "1"}); r = c.getresponse(); [r.status, r.reason, r.getheader("content-type"), r.read()]`,
			`[200, 'OK', 'text/plain; charset=utf-8', b'GET /echo q= x=1 ct= ua="" len=0 ']`},
		{`c.request("GET", "/empty"); r = c.getresponse(); [r.status, r.read()]`, "[204, b'']"}, // the same connection again
		{`c.request("HEAD", "/echo"); r = c.getresponse(); [r.status, r.read(), int(r.getheader("content-length")) > 20]`, "[200, b'', True]"},
		{`c.putrequest("POST", "/echo"); c.putheader("Content-Length", "4"); c.endheaders(); c.send(b"ab"); c.send(b"cd"); c.getresponse().read()[-10:]`, "b'len=4 abcd'"},
		{`c.request("POST", "/echo", body=iter([b"chunk", b"ed"])); c.getresponse().read()[-13:]`, "b'len=7 chunked'"},
		{`failing(get, "/missing")`, "'HTTPError: HTTP Error 404: Not Found'"},
		{`len(urllib.request.urlopen(U + "/big").read())`, "8388608"},
		{`get("/to?u=/echo")[:14]`, "'GET /echo q= x'"}, // each hop is asked for
		{`failing(get, "/to?u=http://evil.example/")`, "'URLError: <urlopen error [Errno 2] nobody allowed evil.example>'"},
		{`failing(get, "/to?u=file:///input/x")[:40]`, "'HTTPError: HTTP Error 302: Found - Redir'"},
		{`failing(get, "/to?u=http://10.0.0.1/")[:70]`, "'URLError: <urlopen error [Errno 2] The address was not visited: 10.0.0'"},
		{`failing(get, "/slow", timeout=0.05)`, fmt.Sprintf("'TimeoutError: %s did not answer in time'", at)},
		{`failing(get, "/broken")`, fmt.Sprintf("'URLError: <urlopen error the request to %s failed: unexpected EOF>'", at)},
		{`failing(get, "/huge")`, fmt.Sprintf("'URLError: <urlopen error the request to %s failed: the response is larger than 64 MiB>'", at)},
		{`failing(urllib.request.urlopen, "https://" + AT)`, fmt.Sprintf("'URLError: <urlopen error %s does not speak TLS there: use http://>'", at)},
		{`failing(urllib.request.urlopen, "ftp://example.org/x")[:60]`, "'URLError: <urlopen error there are no sockets in the sandbox'"},
		{`failing(urllib.request.urlopen, "gopher://example.org/x")`, "'URLError: <urlopen error unknown url type: gopher>'"},
		// What is no ordinary request never leaves.
		{`failing(c.request, "GET", "/x\r\nHost: evil")[:11]`, "'InvalidURL:'"},
		{`failing(http.client.HTTPConnection(AT).request, "GET", "/", headers={"A": "b\r\nC: d"})`, `"ValueError: Invalid header value b'b\\r\\nC: d'"`},
		{`failing(raw, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")`, `'ValueError: the Host header names another host ("evil.example") than the connection (127.0.0.1)'`},
		{`failing(raw, b"GET http://evil.example/ HTTP/1.1\r\n\r\n")`, "'ValueError: the request must be for a path on 127.0.0.1: proxies cannot be used'"},
		{`failing(raw, b"CONNECT evil.example:443 HTTP/1.1\r\n\r\n")`, "'ValueError: the request must be for a path on 127.0.0.1: proxies cannot be used'"},
		{`failing(raw, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /2 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")`, `"ValueError: there is more after the request's end: one request at a time"`},
		{`failing(raw, b"EHLO me\r\n\r\n")[:40]`, `'ValueError: the request is not HTTP: mal'`},
		{`failing(raw, b"GET / HTTP/1.1\r\nX: " + b"a" * 70000 + b"\r\n\r\n")[:50]`, `"ValueError: the request's head has no end, or is l"`},
		{`raw(b"GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")`, "200"},
		{`failing(raw, b"GET / HTTP/1.1\r\n\r\n", "127.1")`, `'ValueError: "127.1" is neither a name nor an address in its usual form'`},
		{`failing(raw, b"GET / HTTP/1.1\r\n\r\n", "2130706433")`, `'ValueError: "2130706433" is neither a name nor an address in its usual form'`},
		{`failing(raw, b"GET / HTTP/1.1\r\n\r\n", "0x7f000001")`, `'ValueError: "0x7f000001" is neither a name nor an address in its usual form'`},
		{`failing(raw, b"GET / HTTP/1.1\r\n\r\n", "user@127.0.0.1")`, `'ValueError: "user@127.0.0.1" is no host'`},
		{`failing(raw, b"GET / HTTP/1.1\r\n\r\n", "a.b/c?d#")`, `'ValueError: "a.b/c?d#" is no host'`},
		{`failing(raw, b"GET / HTTP/1.1\r\n\r\n", "fe80::1%eth0")`, `'ValueError: an address with a zone ("fe80::1%eth0") cannot be reached'`},
		{`failing(raw, b"GET / HTTP/1.1\r\n\r\n", "[::ffff:127.0.0.1]", 80)[:60]`, `'PermissionError: [Errno 2] The address was not visited: 127.'`},
		{`failing(raw, b"GET / HTTP/1.1\r\n\r\n", "LOCALHOST.", 80)[:60]`, `'PermissionError: [Errno 2] The address was not visited: 127.'`},
		{`failing(socket.socket)[:40]`, "'OSError: there are no sockets in the san'"},
		{`c.set_tunnel; p = http.client.HTTPConnection("127.0.0.1", PORT); p.set_tunnel("evil.example"); failing(p.request, "GET", "/")`,
			"'OSError: proxies cannot be used in the sandbox: the host makes the connections'"},
		{`ctx = ssl.create_default_context(); ctx.check_hostname = False; ctx.verify_mode = ssl.CERT_NONE; failing(urllib.request.urlopen, "https://evil.example", context=ctx)`,
			"'URLError: <urlopen error [Errno 2] nobody allowed evil.example>'"},
		{`get("/echo")[:9]`, "'GET /echo'"},
	} {
		if got := show(run(t, s, c.code)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.code, got, c.want)
		}
	}
}
