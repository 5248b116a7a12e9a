package builtin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"sandglass/backend/fault"
)

// Web is the way of tools to the web: a client that cannot be led to this computer or its private network.
//
// A page, or the model that read one, may name any address, and a name may resolve to a public address when it is
// checked and to 127.0.0.1 when it is connected to (DNS rebinding). So the check is made where it cannot be
// circumvented: on the address that the socket is about to be connected to, for every connection of every redirect.
//
// The proxies of the environment (HTTP_PROXY …) are not used: a proxy resolves and connects in our place, and the
// check would see only the address of the proxy.
//
// Ports: 80 and 443, and 8080 and 8443, where sites under construction live. Others are for services that are not
// meant to get HTTP from strangers (mail, Redis, SSH); to reach one, allow the host with its port.
type Web struct {
	// Allow lists what may be reached in spite of all this, as the settings have it at that moment: "nas.local",
	// "192.168.1.5", "localhost:8000". Without a port it is for all ports. nil for nothing.
	Allow func() []string
	// Resolver looks up names; nil for the system's.
	Resolver *net.Resolver

	anyPort bool // public hosts may be reached at every port
}

const (
	webTimeout   = 30 * time.Second // of a whole visit
	maxRedirects = 5
	maxPage      = 10 << 20 // bytes of a page, decompressed
	maxHeader    = 1 << 20
	userAgent    = "Mozilla/5.0 (compatible; Sandglass/1.0)"
)

var ports = []string{"80", "443", "8080", "8443"}

// Client makes a client for one visit: it keeps no connections and no cookies.
func (w Web) Client() *http.Client {
	return &http.Client{
		Timeout: webTimeout,
		Transport: &http.Transport{
			Proxy:                  nil, // on purpose, see Web
			DialContext:            w.dial,
			ForceAttemptHTTP2:      true,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: maxHeader,
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  20 * time.Second,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("redirected more than %d times", maxRedirects)
			}
			return w.checkURL(req.URL)
		},
	}
}

// checkURL refuses what can be refused before anything is connected.
func (w Web) checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return refusal("only http and https addresses can be visited, not " + u.Scheme + ":")
	case u.User != nil:
		return refusal("an address with a user name or password in it is not visited")
	case u.Hostname() == "":
		return refusal("the address has no host")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if w.allowed(u.Hostname(), port) {
		return nil
	}
	if !w.anyPort && !slices.Contains(ports, port) {
		return refusal("port " + port + " is not one of the web's (" + strings.Join(ports, ", ") + ")")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil { // spares the model the riddle of a failed connection
		return refuseAddress(a)
	}
	return nil
}

func (w Web) allowed(host, port string) bool {
	if w.Allow == nil {
		return false
	}
	host = canonical(host)
	return slices.ContainsFunc(w.Allow(), func(entry string) bool {
		entry = strings.TrimSpace(entry)
		if h, p, err := net.SplitHostPort(entry); err == nil {
			return canonical(h) == host && p == port
		}
		return canonical(strings.Trim(entry, "[]")) == host
	})
}

func canonical(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

func (w Web) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := &net.Dialer{Timeout: 10 * time.Second, Resolver: w.Resolver}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if !w.allowed(host, port) {
		// Called with the resolved address of every attempt, just before the connection is made.
		d.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil {
				return refusal("the address " + address + " cannot be understood")
			}
			return refuseAddress(ap.Addr())
		}
	}
	return d.DialContext(ctx, network, addr)
}

func refuseAddress(a netip.Addr) error {
	if what := addressRefusal(a); what != "" {
		return refusal(fmt.Sprintf("%s is not a public address (%s)", a, what))
	}
	return nil
}

func refusal(why string) error {
	return fault.New(fault.Denied, "The address was not visited", why,
		"To let agents reach a host of your own network, add it in the settings under “Hosts on private networks”, or start the run with --allow host:NAME")
}

// explain makes of a failed visit a sentence that a model can act on.
func explain(ctx context.Context, raw string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var denied *fault.Error
	if errors.As(err, &denied) {
		return denied
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return fmt.Errorf("%s: there is no host %s", raw, dns.Name)
	}
	var netErr net.Error
	if errors.As(err, &netErr) && netErr.Timeout() {
		return fmt.Errorf("%s did not answer in time", raw)
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%s could not be visited: %w", raw, err)
}
