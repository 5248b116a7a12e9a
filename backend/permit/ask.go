package permit

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
)

// Import asks a gate about an import that code needs. The error's text is for the code.
func Import(ctx context.Context, g Gate, req sandbox.ImportRequest) error {
	scope := event.Scope{Kind: event.ScopeImport, Value: req.Module}
	d, err := g.Ask(ctx, Request{Scope: scope, Step: req.Place.Step, Line: req.Place.Line, Source: req.Place.Source})
	if err == nil && !d.Allow {
		err = errors.New(d.Refusal(scope))
	}
	return err
}

// Fetch asks a gate about the host of an HTTP request. refused is what the code is told if the decision denies.
func Fetch(ctx context.Context, g Gate, req sandbox.FetchRequest) (d Decision, refused *sandbox.FetchError, err error) {
	scope := event.Scope{Kind: event.ScopeHost, Value: req.Host}
	d, err = g.Ask(ctx, Request{
		Scope: scope, Local: LocalHost(req.Host), Detail: req.Method + " " + PublicURL(req.URL), Step: req.Place.Step, Line: req.Place.Line, Source: req.Place.Source,
	})
	if err == nil && !d.Allow {
		refused = &sandbox.FetchError{Kind: sandbox.FetchDenied, Text: d.Refusal(scope)}
	}
	return d, refused, err
}

// secretNames are parts of the names of query parameters that hold what should not be shown or kept.
var secretNames = []string{"key", "token", "secret", "pass", "pwd", "auth", "sig", "session", "credential", "code", "jwt"}

// PublicURL is an address as it can be shown and kept: without user, password, fragment, and the values of query
// parameters whose names sound like secrets.
func PublicURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(an address that cannot be read)"
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.RawQuery == "" {
		return u.String()
	}
	pairs := strings.Split(u.RawQuery, "&")
	for i, p := range pairs {
		name, _, ok := strings.Cut(p, "=")
		plain, err := url.QueryUnescape(name)
		plain = strings.ToLower(plain)
		if ok && (err != nil || slices.ContainsFunc(secretNames, func(s string) bool { return strings.Contains(plain, s) })) {
			pairs[i] = name + "=…"
		}
	}
	u.RawQuery = strings.Join(pairs, "&")
	return u.String()
}
