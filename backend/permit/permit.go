// Package permit is the port to who decides what code may reach: at first need, for one module or one host, for as
// long as is said. What code cannot reach at all is the sandbox's business; here it is about what a person allows.
package permit

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sandglass/backend/event"
)

// Request asks for one scope.
type Request struct {
	event.Scope
	Detail string // what would be done: "GET https://example.org/data.csv"
	Local  bool   // the host is on this computer or its own network
	Step   int    // of the code, so that "once" ends with it
	Line   int    // of the step's code that needs it; 0 if not known
	Source string // that line
}

// Gate decides. Implementations ask a person if there is one, and deny otherwise.
type Gate interface {
	// Ask waits until it is decided. An error is ctx's, or ours: the log could not be written.
	Ask(ctx context.Context, req Request) (Decision, error)
}

// Decision is the answer to a Request.
type Decision struct {
	Allow bool
	For   event.Lasts
	By    event.DecidedBy
}

// ByPerson says whether a person allowed this very scope, now or earlier.
func (d Decision) ByPerson() bool {
	return d.Allow && (d.By == event.ByUser || d.By == event.ByRemembered)
}

// Refusal tells the code's model why not, and a person who reads it how to allow it.
func (d Decision) Refusal(s event.Scope) string {
	scope := s.Kind + ":" + s.Value
	switch d.By {
	case event.ByFlags:
		return fmt.Sprintf("%s is denied for this run: do without it", scope)
	case event.ByOffline:
		return "the offline lock is on: nothing but this computer is connected to"
	case event.ByRemembered:
		return fmt.Sprintf("the user never allows %s (Settings, Permissions): do without it", scope)
	case event.ByUser:
		return fmt.Sprintf("the user refused %s: do without it", scope)
	}
	return fmt.Sprintf("nobody is there to allow it: do without it (to allow it: --allow %s, or a task from the window)", scope)
}

// Rule allows or denies what its scope covers.
type Rule struct {
	event.Scope
	Allow bool
}

// Judge gives the rule that decides about a scope: the first that denies it, else the first that allows it.
func Judge(rules []Rule, s event.Scope) (Rule, bool) {
	for _, allow := range []bool{false, true} {
		i := slices.IndexFunc(rules, func(r Rule) bool { return r.Allow == allow && r.covers(s) })
		if i >= 0 {
			return rules[i], true
		}
	}
	return Rule{}, false
}

// covers says whether a rule speaks of a scope. Patterns: import pkg and pkg.* (with all in it), *; host NAME (every
// port), NAME:PORT, *.NAME (those below it), *. Denying a host denies those below it too.
func (r Rule) covers(s event.Scope) bool {
	switch {
	case r.Kind != s.Kind:
		return false
	case r.Value == "*":
		return true
	case r.Kind == event.ScopeImport:
		pkg := strings.TrimSuffix(r.Value, ".*")
		return s.Value == pkg || strings.HasPrefix(s.Value, pkg+".")
	case r.Kind == event.ScopeHost:
		return r.coversHost(s.Value)
	}
	return r.Value == s.Value
}

func (r Rule) coversHost(host string) bool {
	want, wantPort := splitPort(r.Value)
	name, port := splitPort(host)
	if wantPort != "" && wantPort != port {
		return false
	}
	if below, ok := strings.CutPrefix(want, "*"); ok {
		return strings.HasPrefix(below, ".") && strings.HasSuffix(name, below)
	}
	return name == want || !r.Allow && strings.HasSuffix(name, "."+want)
}

// splitPort cuts "name:80" and "[::1]:80"; "::1" has no port.
func splitPort(s string) (name, port string) {
	s = strings.ToLower(strings.TrimSpace(s))
	i := strings.LastIndexByte(s, ':')
	if i >= 0 && (strings.HasSuffix(s[:i], "]") || !strings.Contains(s[:i], ":")) {
		s, port = s[:i], s[i+1:]
	}
	return strings.TrimSuffix(strings.Trim(s, "[]"), "."), port
}

// localNames are endings of names that are never on the public internet (source: RFC 6761, 6762, 8375, ICANN's
// reservation of .internal; .lan is what many routers use).
var localNames = []string{"localhost", "local", "internal", "home.arpa", "lan"}

// LocalHost says whether a host, with or without a port, is by its name on this computer or its own network.
func LocalHost(host string) bool {
	name, _ := splitPort(host)
	if a, err := netip.ParseAddr(name); err == nil {
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified()
	}
	return !strings.Contains(name, ".") || slices.ContainsFunc(localNames, func(end string) bool {
		return name == end || strings.HasSuffix(name, "."+end)
	})
}
