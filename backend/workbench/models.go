package workbench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/ollama"
	"sandglass/backend/llm/openai"
	"sandglass/backend/llm/script"
	"sandglass/backend/machine"
)

// defaultOllama is Ollama's own address: OLLAMA_HOST, as the ollama command reads it, else port 11434.
func defaultOllama() string {
	h := strings.TrimSpace(os.Getenv("OLLAMA_HOST"))
	if h == "" {
		return "http://127.0.0.1:11434"
	}
	base, err := cleanURL(h, KindOllama)
	if err != nil {
		return "http://127.0.0.1:11434"
	}
	return strings.Replace(base, "//0.0.0.0:", "//127.0.0.1:", 1) // the address that a server listens on
}

// openProvider makes the client of a provider. key is used in place of the keyring's if it is not "".
func (w *Workbench) openProvider(p Provider, key string, client *http.Client) (llm.Provider, error) {
	switch p.Kind {
	case KindDemo:
		return script.NewDemo(demoPace()), nil
	case KindOllama:
		return ollama.New(p.BaseURL, client)
	case KindOpenAI:
		if key == "" {
			var err error
			if key, err = w.keys.Get(p.Name); err != nil {
				return nil, err
			}
		}
		return openai.New(p.Name, p.BaseURL, key, client)
	}
	return nil, fault.Newf(fault.Invalid, "There is no kind of provider %q", p.Kind)
}

// demoPace is how fast the demo model writes. SANDGLASS_DEMO_PACE=0 is for tests.
func demoPace() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("SANDGLASS_DEMO_PACE")); err == nil {
		return d
	}
	return script.ReadingPace
}

// Models lists the models of all providers, each with the reason if it cannot be asked. The providers are asked at
// the same time.
func (w *Workbench) Models() ([]ProviderModels, error) {
	s, err := w.Settings()
	if err != nil {
		return nil, err
	}
	out := make([]ProviderModels, len(s.Providers))
	var wg sync.WaitGroup
	for i, p := range s.Providers {
		wg.Go(func() { out[i] = w.list(w.base, p, "") })
	}
	wg.Wait()
	return out, nil
}

// TestProvider tries a provider as it is typed, before it is saved; key "" is the saved one. Models that the user named
// and the server does not list are asked for one token each.
func (w *Workbench) TestProvider(p Provider, key string) (ProviderModels, error) {
	if err := checkProvider(&p); err != nil {
		return ProviderModels{Provider: p}, err
	}
	bare := p
	bare.Models = nil
	out := w.ask(w.base, bare, key, tries)
	out.Provider = p
	wrongPlace := out.Fault != nil && p.Kind == KindOpenAI && out.Fault.Code == fault.ModelUnreachable
	if wrongPlace && !strings.HasSuffix(p.BaseURL, "/v1") {
		// The commonest mistake: is it right with /v1?
		fixed := bare
		fixed.BaseURL += "/v1"
		if w.ask(w.base, fixed, key, tries).Fault == nil {
			out.Suggest = fixed.BaseURL
			out.Fault.Do = "With " + fixed.BaseURL + " it works: use that address."
		}
	}
	if out.Suggest == "" && (out.Fault == nil || wrongPlace) { // a server that lists nothing may still have them
		w.tryNamed(&out, key)
	}
	if out.Fault == nil && len(out.Models) == 0 {
		out.Fault = fault.New(fault.ModelNotFound, "The server answers, and has no models", "its list is empty", noModelsDo(p))
	}
	return out, nil
}

// tryNamed asks the models that the user named, and the server did not list, for one token. The first that works clears
// the fault of the list; the first that does not is the fault.
func (w *Workbench) tryNamed(out *ProviderModels, key string) {
	p := out.Provider
	for _, id := range p.Models {
		ref := llm.Ref(p.Name + "/" + id)
		if slices.ContainsFunc(out.Models, func(m llm.Info) bool { return m.Ref == ref }) {
			continue
		}
		ctx, cancel := context.WithTimeout(w.base, w.patience)
		err := w.oneToken(ctx, p, key, id)
		cancel()
		switch {
		case err == nil:
			out.Models, out.Fault = append(out.Models, llm.Info{Ref: ref, Name: id}), nil
			continue
		case out.Fault == nil || !fault.Is(err, fault.ModelUnreachable): // a place that is wrong for both was told already
			out.Fault = w.tooSlow(p, err)
		}
		return
	}
}

func (w *Workbench) oneToken(ctx context.Context, p Provider, key, id string) error {
	provider, err := w.openProvider(p, key, w.net.client)
	if err != nil {
		return err
	}
	m, err := provider.Open(id)
	if err != nil {
		return err
	}
	_, err = m.Generate(ctx, llm.Request{Messages: []llm.Message{llm.Say(llm.User, "hi")}, Options: llm.Options{MaxTokens: 1}}, nil)
	return err
}

// tooSlow is the fault of a provider; a passed time limit is told as what it means here.
func (w *Workbench) tooSlow(p Provider, err error) *fault.Error {
	f := fault.Of(err)
	if f == nil || f.Code != fault.Timeout {
		return f
	}
	at := p.BaseURL
	if u, err := url.Parse(at); err == nil {
		at = u.Host
	}
	return fault.Wrap(err, fault.Timeout, fmt.Sprintf("%s does not answer within %v", p.Name, w.patience),
		at+" takes the connection, or swallows it, and says nothing", "Check the address and the port, whether a firewall is in between, and whether the server is busy.")
}

func noModelsDo(p Provider) string {
	if p.Kind == KindOllama {
		return "Get one: pull " + bestFor(machine.Memory()) + "."
	}
	return "Load a model there, or write its name below the address if you know it."
}

// tries lists models, with the key checked where the provider can do that.
func tries(ctx context.Context, p llm.Provider) ([]llm.Info, error) {
	if t, ok := p.(interface {
		Try(context.Context) ([]llm.Info, error)
	}); ok {
		return t.Try(ctx)
	}
	return p.List(ctx)
}

func (w *Workbench) list(ctx context.Context, p Provider, key string) ProviderModels {
	return w.ask(ctx, p, key, func(ctx context.Context, o llm.Provider) ([]llm.Info, error) { return o.List(ctx) })
}

// ask lists a provider's models in the given way.
func (w *Workbench) ask(ctx context.Context, p Provider, key string, list func(context.Context, llm.Provider) ([]llm.Info, error)) ProviderModels {
	ctx, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	out := ProviderModels{Provider: p, Models: []llm.Info{}}
	provider, err := w.openProvider(p, key, w.net.client)
	if err == nil {
		var infos []llm.Info
		if infos, err = list(ctx, provider); err == nil && infos != nil {
			out.Models = infos
		}
	}
	for i := range out.Models { // a provider knows its ids, not what the user calls it
		_, id := out.Models[i].Ref.Split()
		out.Models[i].Ref = llm.Ref(p.Name + "/" + id)
	}
	for _, m := range out.Models {
		f, found, ferr := w.Fitness(ctx, m.Ref, m)
		if found && ferr == nil {
			out.Fitness = append(out.Fitness, f)
		}
	}
	for _, id := range p.Models {
		ref := llm.Ref(p.Name + "/" + id)
		if !slices.ContainsFunc(out.Models, func(m llm.Info) bool { return m.Ref == ref }) {
			out.Models = append(out.Models, llm.Info{Ref: ref, Name: id})
		}
	}
	out.Fault = w.tooSlow(p, err)
	return out
}

// modelFor decides on the model of a run: the spec's, the agent's, the configured default, the first model that
// Ollama has, the demo.
func (w *Workbench) modelFor(ctx context.Context, spec *Spec, a Agent, s Settings) (llm.Ref, llm.Model, error) {
	if spec.With != nil {
		return spec.Model, voice(spec.With, a.Name), nil
	}
	ref := firstNonZero(spec.Model, firstNonZero(a.Model, s.DefaultModel))
	if ref == "" {
		ref = w.firstOllama(ctx, spec, s)
	}
	name, id := ref.Split()
	if id == "" {
		return ref, nil, fault.New(fault.Invalid, fmt.Sprintf("%q names no model", ref), "a model is written as PROVIDER/ID", fmt.Sprintf("Try ollama/%s, or `sandglass models list`.", ref))
	}
	p, err := spec.provider(name, s)
	if err != nil {
		return ref, nil, err
	}
	provider, err := w.openProvider(p, spec.Endpoint.Key, w.net.pick(spec.Offline))
	if err != nil {
		return ref, nil, err
	}
	m, err := provider.Open(id)
	return ref, m, err
}

// provider finds a provider by name, or makes it of the spec's endpoint.
func (spec *Spec) provider(name string, s Settings) (Provider, error) {
	e := spec.Endpoint
	switch {
	case name == "ollama" && e.OllamaHost != "":
		p := Provider{Name: name, Kind: KindOllama, BaseURL: e.OllamaHost}
		return p, checkProvider(&p)
	case name == "openai" && e.BaseURL != "":
		p := Provider{Name: name, Kind: KindOpenAI, BaseURL: e.BaseURL}
		return p, checkProvider(&p)
	}
	var names []string
	for _, p := range s.Providers {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Provider{}, fault.New(fault.ModelNotFound, fmt.Sprintf("There is no provider %q", name), "",
		"The providers are: "+strings.Join(names, ", ")+". Others are added in Settings, or with --base-url as provider openai.")
}

// firstOllama is the model to use when none was chosen: a local one if there is one.
func (w *Workbench) firstOllama(ctx context.Context, spec *Spec, s Settings) llm.Ref {
	p, err := spec.provider("ollama", s)
	if err != nil {
		return DemoModel
	}
	for _, m := range w.list(ctx, p, "").Models {
		if !m.Cloud && (len(m.Capabilities) == 0 || slices.Contains(m.Capabilities, "completion")) {
			return m.Ref
		}
	}
	return DemoModel
}

// network is the way out for models: one client as usual, one that the offline lock holds.
type network struct{ client, offline *http.Client }

func newNetwork() *network {
	open := http.DefaultTransport.(*http.Transport).Clone()
	open.ResponseHeaderTimeout = 0 // a model may take minutes to load
	locked := open.Clone()
	locked.Proxy = nil // a proxy on this computer would lead out of it
	locked.DialContext = (&net.Dialer{Timeout: 10 * time.Second, ControlContext: loopbackOnly}).DialContext
	return &network{client: &http.Client{Transport: open}, offline: &http.Client{Transport: locked}}
}

func (n *network) pick(offline bool) *http.Client {
	if offline {
		return n.offline
	}
	return n.client
}

// loopbackOnly refuses every address that is not this computer's own, at the moment of connecting.
func loopbackOnly(_ context.Context, _, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fault.New(fault.Denied, "The offline lock refuses to connect to "+address, "it is not on this computer", "Use a local model, or switch the lock off.")
	}
	return nil
}
