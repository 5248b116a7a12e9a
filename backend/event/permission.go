package event

// Scope is what a permission is for: {import, os}, {host, example.org}.
type Scope struct {
	Kind  string `json:"kind"` // "import", "host"
	Value string `json:"value"`
}

// The kinds of scopes.
const (
	ScopeImport = "import"
	ScopeHost   = "host"
)

// Lasts is how long a decision holds.
type Lasts string

// How long decisions hold. A refusal "for ever" is Always with allow false.
const (
	Once     Lasts = "once"  // until the step's code ends
	ThisRun  Lasts = "run"   // until the run ends
	ForAgent Lasts = "agent" // for every run of the agent, until revoked in the settings
	Always   Lasts = "always"
)

// DecidedBy says who or what decided.
type DecidedBy string

// Who decides.
const (
	ByUser       DecidedBy = "user"       // a person, just now or earlier in this run
	ByRemembered DecidedBy = "remembered" // a person, in an earlier run
	ByFlags      DecidedBy = "flags"      // what the run was started with: --allow, --deny, --yes
	ByAgent      DecidedBy = "agent"      // the agent's settings
	ByOffline    DecidedBy = "offline"    // the offline lock
	ByNobody     DecidedBy = "nobody"     // there was no person to ask, which denies
)

// PermissionAsked says that the run waits for the user: code needs something that nobody has decided on.
type PermissionAsked struct {
	Scope  Scope  `json:"scope"`
	Detail string `json:"detail,omitempty"` // what would be done: "GET https://example.org/data.csv"
	Local  bool   `json:"local,omitempty"`  // the host is on this computer or its own network
	Line   int    `json:"line,omitempty"`   // of the step's code
	Source string `json:"source,omitempty"` // that line
	Agent  string `json:"agent,omitempty"`  // name of the called agent whose code it is; "" for the run's own
}

// PermissionDecided closes it.
type PermissionDecided struct {
	Scope Scope     `json:"scope"`
	Allow bool      `json:"allow"`
	For   Lasts     `json:"for"`
	By    DecidedBy `json:"by"`
}

// FetchStarted opens an HTTP request that code made through the host, or that was refused.
type FetchStarted struct {
	Method string    `json:"method"`
	Host   string    `json:"host"`            // what the permission is for
	URL    string    `json:"url"`             // values that look like secrets are left out
	Bytes  int64     `json:"bytes,omitempty"` // of the request's body
	By     DecidedBy `json:"by"`              // who allowed or refused it
	Digest string    `json:"digest"`          // of the whole request, so that a replay can tell whether it is the same
}

// FetchFinished closes it. Redirects are not followed: the next hop is a request of its own.
type FetchFinished struct {
	Status     int    `json:"status,omitempty"` // 0 if there was no response
	Bytes      int64  `json:"bytes,omitempty"`  // of the response's body, as the server encoded it
	Blob       string `json:"blob,omitempty"`   // the whole response as an HTTP/1.1 message, in the blob store
	Error      string `json:"error,omitempty"`
	Reason     string `json:"reason,omitempty"` // kind of the error: "denied", "nohost", "refused", "timeout", "tls", "failed"
	DurationMS int64  `json:"duration_ms"`
}

// Kind is the name on the wire.
func (PermissionAsked) Kind() string   { return "permission_asked" }
func (PermissionDecided) Kind() string { return "permission_decided" }
func (FetchStarted) Kind() string      { return "fetch_started" }
func (FetchFinished) Kind() string     { return "fetch_finished" }
