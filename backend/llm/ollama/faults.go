package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/ollama/ollama/api"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

var (
	errBrokenOff = errors.New("the stream ended without a last fragment")
	errNotOllama = errors.New("the answer is not Ollama's")
)

// errRunner is what Ollama says when its model process died. It starts another for the next request.
const errRunner = "error was encountered while running the model"

// said is a table of what Ollama says when something is wrong: the first row whose text is in the message counts.
// Sources: server/routes.go, server/sched.go, server/images.go, llm/server.go, runner/*/runner.go and api/types.go
// of v0.17.4; those that can be provoked are, in the tests. %[1]s is the model.
var said = []struct {
	text          string
	code          fault.Code
	what, why, do string // why "" means: what Ollama said
}{
	{"input length exceeds the context length", fault.ContextOverflow, "The prompt is longer than the model's context",
		"nothing was cut off silently: the request was refused", "Set a larger context length (num_ctx), or shorten the task, the files' previews or the history."},
	{"does not support tools", fault.ModelUnsupported, "The model %[1]q cannot call tools", "", "Choose a model with the tools capability, or an agent that acts by code."},
	{"does not support thinking", fault.ModelUnsupported, "The model %[1]q cannot be told to think", "", "Leave thinking to the model, or choose one with the thinking capability."},
	{"think value", fault.ModelUnsupported, "The model %[1]q does not know this level of thinking", "", "Switch thinking on or off instead; levels are for gpt-oss."},
	{"does not support", fault.ModelUnsupported, "The model %[1]q cannot do this", "", "Choose a model that can chat, not one for embeddings or images."},
	{"invalid JSON schema in format", fault.Invalid, "Ollama cannot use the JSON schema of the reply", "", "Simplify the schema."},
	{"must be of type", fault.Invalid, "Ollama refused an option", "", "Correct the option."},
	{"must be of an array", fault.Invalid, "Ollama refused an option", "", "Correct the option."},
	{"maximum pending requests exceeded", fault.ModelBusy, "Ollama is busy", "its queue of requests is full", "Wait a moment, then try again."},
	{"ollama cloud is disabled", fault.ModelUnsupported, "The model %[1]q runs in Ollama's cloud, which is switched off", "", "Choose a local model."},
	{"requires more system memory", fault.ModelFailed, "The model %[1]q does not fit this computer's memory", "", "Choose a smaller model, or a shorter context."},
	{errRunner, fault.ModelFailed, "Ollama's model process broke down while it answered", "",
		"Try again: Ollama starts it anew. If it happens again, choose a smaller model or a shorter context."},
	{"runner process", fault.ModelFailed, "Ollama's model process does not start", "", "Update Ollama, or choose another model."},
	{"unable to load model", fault.ModelFailed, "Ollama cannot load the model %[1]q", "", "Pull it again with `ollama pull %[1]s`, or update Ollama."},
}

// explain makes a fault of an error of the client, or gives the context's error if that is the cause. model may be
// "". explain of nil is nil.
func (p *Provider) explain(ctx context.Context, model string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("ask Ollama: %w", ctx.Err())
	}
	var known *fault.Error
	if errors.As(err, &known) { // from a dialer or transport of ours: the offline lock, a permission
		return known
	}
	var (
		status  api.StatusError
		auth    api.AuthorizationError
		network *url.Error
		syntax  *json.SyntaxError
		kind    *json.UnmarshalTypeError
	)
	switch {
	case err.Error() == "", errors.Is(err, errBrokenOff), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return p.brokenOff(ctx, err)
	case errors.As(err, &auth):
		return fault.Wrap(err, fault.Unauthorized, "Ollama wants you to sign in", "the model runs in Ollama's cloud", "Run `ollama signin`, or choose a local model.")
	case errors.As(err, &status):
		return p.explainStatus(ctx, model, status)
	case errors.As(err, &network):
		return p.unreachable(network.Err)
	case errors.Is(err, errNotOllama), errors.As(err, &syntax), errors.As(err, &kind):
		return p.notOllama(err)
	}
	return explainText(model, err)
}

// explainText looks the message up in the table.
func explainText(model string, err error) *fault.Error {
	text := err.Error()
	var status api.StatusError
	if errors.As(err, &status) && status.ErrorMessage != "" {
		text = status.ErrorMessage
	}
	for _, row := range said {
		if strings.Contains(text, row.text) {
			name := func(s string) string {
				if strings.Contains(s, "%[1]") {
					return fmt.Sprintf(s, model)
				}
				return s
			}
			if row.text == errRunner {
				err = llm.Passing{Err: err}
			}
			why := row.why
			if why == "" {
				why = text
			}
			return fault.Wrap(err, row.code, name(row.what), why, name(row.do))
		}
	}
	return fault.Wrap(err, fault.ModelFailed, "Ollama reported an error", short(text), "Try again; Ollama's log says more.")
}

func (p *Provider) explainStatus(ctx context.Context, model string, err api.StatusError) error {
	switch {
	case err.StatusCode == http.StatusNotFound && strings.Contains(err.ErrorMessage, "not found") && model != "":
		return p.modelNotFound(ctx, model, err)
	case err.StatusCode == http.StatusNotFound, err.StatusCode == http.StatusMethodNotAllowed, strings.HasPrefix(strings.TrimSpace(err.ErrorMessage), "<"):
		return p.notOllama(err)
	case err.StatusCode == http.StatusTooManyRequests:
		return fault.Wrap(err, fault.ModelBusy, "Ollama's cloud has had enough for now", short(err.ErrorMessage), "Wait, or choose a local model.")
	case err.StatusCode == http.StatusForbidden && !strings.Contains(err.ErrorMessage, "cloud is disabled"):
		return fault.Wrap(err, fault.Unauthorized, "Ollama refuses this", short(err.Error()), "Check who may use this server (OLLAMA_ORIGINS, a proxy).")
	}
	f := explainText(model, err)
	if f.Code == fault.ModelFailed && err.StatusCode == http.StatusServiceUnavailable {
		f.Code = fault.ModelBusy
	}
	return f
}

func (p *Provider) modelNotFound(ctx context.Context, model string, err error) error {
	why := "no models are pulled yet"
	if tags, listErr := p.client.List(ctx); listErr != nil {
		why = "it was not pulled, or its name is misspelt"
	} else if n := len(tags.Models); n > 0 {
		var names []string
		for _, m := range tags.Models[:min(n, 8)] {
			names = append(names, m.Name)
		}
		if n > 8 {
			names = append(names, fmt.Sprintf("and %d more", n-8))
		}
		why = "pulled are " + strings.Join(names, ", ")
	}
	return fault.Wrap(err, fault.ModelNotFound, fmt.Sprintf("Ollama does not have the model %q", model), why,
		fmt.Sprintf("Pull it with `ollama pull %s`, or choose a model that is there.", model))
}

func (p *Provider) unreachable(err error) error {
	why, do := llm.Unreached(err)
	if do == "" || errors.Is(err, syscall.ECONNREFUSED) {
		do = "Start Ollama with `ollama serve`, or choose the demo model."
	}
	return fault.Wrap(err, fault.ModelUnreachable, "Ollama does not answer at "+p.url, short(why), do)
}

func (p *Provider) notOllama(err error) error {
	return fault.Wrap(err, fault.ModelUnreachable, "What answers at "+p.url+" is not Ollama", short(err.Error()),
		"Correct the address in the settings (Ollama's own is "+DefaultURL+"), or add the server as OpenAI-compatible.")
}

// brokenOff says who died: the server, or only the answer.
func (p *Provider) brokenOff(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	why := "the connection was closed in the middle of the answer"
	do := "Try again."
	if p.client.Heartbeat(ctx) != nil {
		why = "the server at " + p.url + " was ended in the middle of the answer"
		do = "Start Ollama again with `ollama serve`, then try again."
	}
	return fault.Wrap(llm.Passing{Err: err}, fault.ModelFailed, "Ollama broke off", why, do)
}

// short keeps a foreign text fit for one line.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
