// Package ollama talks to an Ollama server through its native API. The /v1 endpoint of the same server cannot set a
// context length and cuts long prompts silently, so it is not used (measured with v0.17.4; see package llmtest for
// the real server that the tests run).
package ollama

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/ollama/ollama/api"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// DefaultURL is where Ollama listens unless told otherwise.
const DefaultURL = "http://127.0.0.1:11434"

// Provider is one Ollama server.
type Provider struct {
	url    string // for people
	client *api.Client

	mu    sync.Mutex
	facts map[string]facts // by digest; a digest's facts never change
}

// facts are what /api/show knows of a model.
type facts struct {
	capabilities []string
	context      int   // the model's maximum, in tokens; 0 if unknown
	perToken     int64 // bytes of memory for each of them; 0 if unknown
	given        int   // num_ctx of the model's own parameters; 0 if none
	cloud        bool  // it runs on somebody else's computer
}

func (f facts) can(capability string) bool { return slices.Contains(f.capabilities, capability) }

// New makes a provider for the server at baseURL, without connecting. "" is DefaultURL; a missing scheme, a trailing
// /api or /v1 and the listen-everywhere address 0.0.0.0 are put right, because people paste OLLAMA_HOST. A nil
// client is http.DefaultClient; a client with a Timeout would cut long replies. The fault is Invalid.
func New(baseURL string, client *http.Client) (*Provider, error) {
	u, err := parse(baseURL)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The address of Ollama is not a URL", baseURL, "Write it like "+DefaultURL+".")
	}
	if client == nil {
		client = http.DefaultClient
	}
	return &Provider{url: u.Redacted(), client: api.NewClient(u, client), facts: map[string]facts{}}, nil
}

func parse(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		s = DefaultURL
	}
	bare := !strings.Contains(s, "://")
	if bare {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, err
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &url.Error{Op: "parse", URL: s, Err: net.InvalidAddrError("want http or https and a host")}
	}
	if u.Hostname() == "0.0.0.0" {
		u.Host = strings.Replace(u.Host, "0.0.0.0", "127.0.0.1", 1)
	}
	if bare && u.Port() == "" { // with a scheme its own port is meant, as in OLLAMA_HOST
		u.Host = net.JoinHostPort(u.Hostname(), "11434")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	for _, end := range []string{"/v1", "/api"} {
		u.Path = strings.TrimSuffix(u.Path, end)
	}
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}

// URL is the server's address as requests use it, without a password.
func (p *Provider) URL() string { return p.url }

// Version is the server's, for example "0.17.4". Faults as for List.
func (p *Provider) Version(ctx context.Context) (string, error) {
	v, err := p.client.Version(ctx)
	if err == nil && v == "" {
		err = errNotOllama
	}
	return v, p.explain(ctx, "", err)
}

// Heartbeat is nil if a server answers.
func (p *Provider) Heartbeat(ctx context.Context) error {
	return p.explain(ctx, "", p.client.Heartbeat(ctx))
}

// List gives the models that the server has, by name: what is on its disk, what each can do, whether it is loaded
// and whether it runs on somebody else's computer. A model whose details cannot be read is listed without them.
// The fault is ModelUnreachable, or ModelFailed for a server that answers with something else.
func (p *Provider) List(ctx context.Context) ([]llm.Info, error) {
	tags, err := p.client.List(ctx)
	if err != nil {
		return nil, p.explain(ctx, "", err)
	}
	loaded := map[string]bool{}
	if ps, err := p.client.ListRunning(ctx); err == nil {
		for _, m := range ps.Models {
			loaded[m.Name] = true
		}
	}
	infos := make([]llm.Info, len(tags.Models))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 4) // each show reads a model file on the server
	for i, m := range tags.Models {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			f := p.look(ctx, m.Name, m.Digest)
			infos[i] = llm.Info{
				Ref:  llm.Ref("ollama/" + m.Name),
				Name: m.Name, Digest: m.Digest, Size: m.Size, Parameters: m.Details.ParameterSize, Quantisation: m.Details.QuantizationLevel,
				ContextTokens: f.context, ContextBytes: f.perToken, Capabilities: f.capabilities,
				Cloud: m.RemoteHost != "" || m.RemoteModel != "", Loaded: loaded[m.Name], Modified: m.ModifiedAt,
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, p.explain(ctx, "", ctx.Err())
	}
	sort.Slice(infos, func(i, j int) bool { return infos[i].Name < infos[j].Name })
	return infos, nil
}

// look gives a model's facts, kept by digest; no facts if the server has none to give.
func (p *Provider) look(ctx context.Context, name, digest string) facts {
	p.mu.Lock()
	f, ok := p.facts[digest]
	p.mu.Unlock()
	if ok {
		return f
	}
	f, err := p.show(ctx, name)
	if err != nil {
		return facts{}
	}
	p.mu.Lock()
	p.facts[digest] = f
	p.mu.Unlock()
	return f
}

func (p *Provider) show(ctx context.Context, name string) (facts, error) {
	r, err := p.client.Show(ctx, &api.ShowRequest{Model: name})
	if err != nil {
		return facts{}, err
	}
	f := facts{cloud: r.RemoteHost != "" || r.RemoteModel != ""}
	for _, c := range r.Capabilities {
		f.capabilities = append(f.capabilities, c.String())
	}
	// The key carries the name of the architecture: qwen3.context_length.
	arch, _ := r.ModelInfo["general.architecture"].(string)
	if n, ok := r.ModelInfo[arch+".context_length"].(float64); ok && n > 0 && n < 1<<31 {
		f.context = int(n)
	}
	f.perToken = cachePerToken(arch, r.ModelInfo)
	f.given = numCtx(r.Parameters)
	return f, nil
}

// Details are what Ollama knows of one model, besides what List tells.
type Details struct {
	Info       llm.Info `json:"info"`
	Family     string   `json:"family,omitempty"`     // of the architecture: "qwen3"
	Format     string   `json:"format,omitempty"`     // of the file: "gguf"
	License    string   `json:"license,omitempty"`    // its first line
	Parameters string   `json:"parameters,omitempty"` // Ollama's defaults for it, one a line: "num_ctx 8192"
	System     string   `json:"system,omitempty"`     // prompt that the model brings along
	Template   string   `json:"template,omitempty"`   // how messages become its prompt (Go template)
	Loaded     *Loaded  `json:"loaded,omitempty"`     // nil if it is not
}

// Loaded is a model that takes up memory now.
type Loaded struct {
	Bytes         int64     `json:"bytes"`
	BytesGPU      int64     `json:"bytes_gpu"` // of Bytes
	ContextTokens int       `json:"context_tokens"`
	Until         time.Time `json:"until,omitzero"` // when Ollama unloads it, if it is not used
}

// Show gives the details of one model. Faults: ModelNotFound, and as for List.
func (p *Provider) Show(ctx context.Context, name string) (Details, error) {
	r, err := p.client.Show(ctx, &api.ShowRequest{Model: name})
	if err != nil {
		return Details{}, p.explain(ctx, name, err)
	}
	license, _, _ := strings.Cut(strings.TrimSpace(r.License), "\n")
	d := Details{
		Family: r.Details.Family, Format: r.Details.Format, License: strings.TrimSpace(license),
		Parameters: r.Parameters, System: r.System, Template: r.Template,
	}
	infos, err := p.List(ctx)
	if err != nil {
		return d, err
	}
	for _, i := range infos {
		if sameModel(i.Name, name) {
			d.Info = i
		}
	}
	ps, err := p.client.ListRunning(ctx)
	if err != nil {
		return d, p.explain(ctx, "", err)
	}
	for _, m := range ps.Models {
		if sameModel(m.Name, name) {
			d.Loaded = &Loaded{Bytes: m.Size, BytesGPU: m.SizeVRAM, ContextTokens: m.ContextLength, Until: m.ExpiresAt}
		}
	}
	return d, nil
}

// Open gives the model with this name. It does not connect: a missing model is found out by Generate.
func (p *Provider) Open(id string) (llm.Model, error) {
	if strings.TrimSpace(id) == "" {
		return nil, fault.New(fault.Invalid, "No model was named", "", "Name one as ollama/NAME, for example ollama/qwen3:8b.")
	}
	return &model{p: p, name: id}, nil
}
