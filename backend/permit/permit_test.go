package permit_test

import (
	"strings"
	"testing"

	"sandglass/backend/event"
	"sandglass/backend/permit"
)

// rules reads "allow import:os, deny host:*".
func rules(text string) []permit.Rule {
	var out []permit.Rule
	for part := range strings.SplitSeq(text, ", ") {
		verb, scope, _ := strings.Cut(part, " ")
		kind, value, _ := strings.Cut(scope, ":")
		out = append(out, permit.Rule{Scope: event.Scope{Kind: kind, Value: value}, Allow: verb == "allow"})
	}
	return out
}

func TestJudge(t *testing.T) {
	for _, c := range []struct{ rules, scope, want string }{
		{"allow import:os", "import:os", "allow"},
		{"allow import:os", "import:os.path", "allow"},
		{"allow import:os.*", "import:os", "allow"},
		{"allow import:os", "import:oss", ""},
		{"allow import:os.path", "import:os", ""},
		{"allow import:*", "import:anything.at.all", "allow"},
		{"allow import:*", "host:example.org", ""},
		{"allow import:*, deny import:os", "import:os.path", "deny"},
		{"deny import:os.path, allow import:os", "import:os", "allow"},
		{"allow host:example.org", "host:example.org", "allow"},
		{"allow host:Example.ORG.", "host:example.org", "allow"},
		{"allow host:example.org", "host:example.org:8080", "allow"},
		{"allow host:example.org:8080", "host:example.org", ""},
		{"allow host:example.org:8080", "host:example.org:8080", "allow"},
		{"allow host:example.org", "host:www.example.org", ""},
		{"allow host:example.org", "host:badexample.org", ""},
		{"allow host:*.example.org", "host:www.example.org", "allow"},
		{"allow host:*.example.org", "host:example.org", ""},
		{"allow host:*.example.org", "host:badexample.org", ""},
		{"allow host:*ample.org", "host:example.org", ""},
		{"allow host:*, deny host:example.org", "host:www.example.org", "deny"},
		{"allow host:*, deny host:example.org", "host:badexample.org", "allow"},
		{"deny host:*, allow host:example.org", "host:example.org", "deny"},
		{"allow host:::1", "host:::1", "allow"},
		{"allow host:[::1]:80", "host:::1", ""},
		{"allow host:[::1]:81", "host:[::1]:81", "allow"},
	} {
		kind, value, _ := strings.Cut(c.scope, ":")
		rule, ok := permit.Judge(rules(c.rules), event.Scope{Kind: kind, Value: value})
		got := ""
		if ok {
			got = map[bool]string{true: "allow", false: "deny"}[rule.Allow]
		}
		if got != c.want {
			t.Errorf("%s; %s: %q, want %q", c.rules, c.scope, got, c.want)
		}
	}
}
