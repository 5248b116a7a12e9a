// Package openai talks to any server that speaks OpenAI's chat completions: OpenAI, OpenRouter, Groq, vLLM, LM Studio,
// llama.cpp and others. They differ in what they refuse and in where they put thoughts; the adapter tries, reads the
// refusal, and remembers.
package openai

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// Provider is one server.
type Provider struct {
	name   string // before the slash of a model reference
	url    string // for people: without password and query
	key    string
	client *openai.Client
}

// New makes a provider for the server at baseURL (which ends in /v1 nearly everywhere), without connecting. name is
// its name in model references. key may be "". A nil client is http.DefaultClient; a client with a Timeout would cut
// long replies. The fault is Invalid.
func New(name, baseURL, key string, client *http.Client) (*Provider, error) {
	u, err := parse(baseURL)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The address of "+name+" is not a URL", "it must begin with http:// or https:// and name a host",
			"Write it like http://127.0.0.1:8080/v1.")
	}
	if client == nil {
		client = http.DefaultClient
	}
	key = strings.TrimSpace(key) // pasted keys end in line breaks
	cfg := openai.DefaultConfig(key)
	cfg.BaseURL = u.String()
	cfg.HTTPClient = &wire{client: client}
	// Lines that are no data count as empty messages: comments that keep a connection alive, for minutes.
	cfg.EmptyMessagesLimit = 1 << 20
	shown := *u
	shown.User = nil
	return &Provider{name: name, url: shown.String(), key: key, client: openai.NewClientWithConfig(cfg)}, nil
}

func parse(s string) (*url.URL, error) {
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	s = strings.TrimSuffix(s, "/chat/completions") // the whole endpoint was pasted
	u, err := url.Parse(s)
	if err != nil {
		return nil, err
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("want http or https and a host")
	}
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}

// URL is the server's address without secrets.
func (p *Provider) URL() string { return p.url }

// List gives the server's models by id. What the protocol does not tell (size, capabilities) is left empty.
// The faults are ModelUnreachable, Unauthorized, ModelBusy and ModelFailed.
func (p *Provider) List(ctx context.Context) ([]llm.Info, error) {
	models, err := p.client.ListModels(ctx)
	if err != nil {
		return nil, p.explain(ctx, "", err)
	}
	infos := make([]llm.Info, 0, len(models.Models))
	for _, m := range models.Models {
		if m.ID == "" {
			continue
		}
		info := llm.Info{Ref: llm.Ref(p.name + "/" + m.ID), Name: m.ID, Cloud: !p.local()}
		if m.CreatedAt > 0 {
			info.Modified = time.Unix(m.CreatedAt, 0).UTC()
		}
		infos = append(infos, info)
	}
	sort.Slice(infos, func(i, j int) bool { return infos[i].Name < infos[j].Name })
	return infos, nil
}

// Try is List, and a check of the key: some servers list their models to everybody. The check asks for a model that
// does not exist, which costs nothing; only a refusal of the key counts.
func (p *Provider) Try(ctx context.Context) ([]llm.Info, error) {
	infos, err := p.List(ctx)
	if err != nil || p.key == "" || p.local() { // a local server may answer with whatever model it has loaded
		return infos, err
	}
	m := &model{p: p, id: "sandglass-tries-the-key"}
	_, err = m.Generate(ctx, llm.Request{Messages: []llm.Message{llm.Say(llm.User, "hi")}, Options: llm.Options{MaxTokens: 1}}, nil)
	if !fault.Is(err, fault.Unauthorized) {
		err = nil
	}
	return infos, err
}

// local says whether the server is on this computer or in the user's own network, by its address alone.
func (p *Provider) local() bool {
	u, err := url.Parse(p.url)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
	}
	for _, end := range []string{".localhost", ".local", ".lan", ".internal", ".home.arpa"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return !strings.Contains(host, ".")
}

// Open gives the model with this id. It does not connect.
func (p *Provider) Open(id string) (llm.Model, error) {
	if strings.TrimSpace(id) == "" {
		return nil, fault.New(fault.Invalid, "No model was named", "", "Name one as "+p.name+"/ID.")
	}
	return &model{p: p, id: id}, nil
}
