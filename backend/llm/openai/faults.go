package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
)

// overflow is how servers say that the prompt is too long. Sources: OpenAI ("maximum context length",
// context_length_exceeded), vLLM (the same), llama.cpp ("exceeds the available context size"), Anthropic ("prompt is
// too long"), Ollama ("exceeds the context length").
var overflow = regexp.MustCompile(`(?i)context[ _](length|size|window)|prompt is too long|too many (input )?tokens`)

var (
	noSuchModel = regexp.MustCompile(`(?i)model.*(not found|not exist|not a valid|not available|no such|unknown|invalid)|(unknown|invalid|no such|no allowed|not a valid) model|model_not_found`)
	noTools     = regexp.MustCompile(`(?i)\btools?\b|function.call|tool_choice`)
	noImages    = regexp.MustCompile(`(?i)\bimages?\b|image_url|vision|multimodal|multi-modal`)
	noSchema    = regexp.MustCompile(`(?i)response_format|json_schema|\bschema\b|grammar`)
)

// explain makes a fault of an error, or gives the context's error if that is the cause. model may be "". explain of
// nil is nil. No fault holds the key, even if the server repeated it.
func (p *Provider) explain(ctx context.Context, model string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("ask %s: %w", p.name, ctx.Err())
	}
	var (
		known   *fault.Error
		answer  *httpError
		mid     *streamError
		network *url.Error
		syntax  *json.SyntaxError
		kind    *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &known): // from a dialer or transport of ours, or from translating the request
		return known
	case errors.As(err, &answer):
		return p.clean(p.explainHTTP(model, answer))
	case errors.As(err, &mid):
		return p.clean(passing(p.explainText(model, mid.text, fault.ModelFailed)))
	case errors.Is(err, errFiltered):
		return fault.Wrap(err, fault.ModelFailed, p.name+" withheld the answer", "its content filter was triggered", "Put the task in other words, or choose another model.")
	case errors.As(err, &network) && !closed(err):
		why, do := llm.Unreached(network.Err)
		if do == "" {
			do = "Check the address and that the server runs, or choose another model."
		}
		return p.clean(fault.New(fault.ModelUnreachable, p.name+" does not answer at "+p.url, short(why), do))
	case errors.As(err, &syntax), errors.As(err, &kind):
		return p.clean(p.wrongPlace("it answers with something else: " + short(err.Error())))
	}
	why := "the connection was closed in the middle of the answer"
	if !errors.Is(err, errBrokenOff) && !closed(err) {
		why += ": " + short(err.Error())
	}
	return p.clean(passing(fault.New(fault.ModelFailed, p.name+" broke off", why, "Try again.")))
}

var errServer = errors.New("the server failed")

// passing marks a failure inside the server as one that may pass by itself.
func passing(f *fault.Error) *fault.Error {
	if f.Code == fault.ModelFailed {
		f.Err = llm.Passing{Err: errServer}
	}
	return f
}

// closed says that there was a server, which hung up.
func closed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}

func (p *Provider) explainHTTP(model string, e *httpError) *fault.Error {
	text := short(e.message())
	switch {
	case e.html && e.status < 500: // a gateway in front of the right server says with a page that it is down
		return p.wrongPlace("it answers with a web page")
	case e.status == http.StatusUnauthorized, e.status == http.StatusForbidden:
		do := "Check the key of " + p.name + " in the settings, and what it is allowed to do."
		if p.key == "" {
			do = "Set a key for " + p.name + " in the settings."
		}
		return fault.New(fault.Unauthorized, p.name+" refuses the key", text, do)
	case e.status == http.StatusPaymentRequired:
		return fault.New(fault.Unauthorized, p.name+" wants to be paid first", text, "Add credit there, or choose a local model.")
	case strings.Contains(text, "to an HTTPS server"), e.status == http.StatusNotFound && (model == "" || !strings.Contains(strings.ToLower(text), "model")), e.status == http.StatusMethodNotAllowed:
		return p.wrongPlace("it answers " + text)
	case e.status == http.StatusNotFound:
		return p.noModel(model, text)
	case bytes.Contains(e.body, []byte("insufficient_quota")): // OpenAI says so with the status of a rate limit
		return fault.New(fault.Unauthorized, p.name+" wants to be paid first", text, "Add credit there, or choose a local model.")
	case e.status == http.StatusTooManyRequests, e.status == http.StatusServiceUnavailable, e.status == 529:
		return p.busy(e, text)
	case e.status == http.StatusRequestEntityTooLarge:
		return p.explainText(model, text, fault.ContextOverflow)
	}
	f := p.explainText(model, text, fault.ModelFailed)
	if e.status >= 500 || e.status == http.StatusRequestTimeout {
		return passing(f)
	}
	return f
}

// explainText goes by the words; otherwise is the code if they are not known.
func (p *Provider) explainText(model, text string, otherwise fault.Code) *fault.Error {
	switch {
	case overflow.MatchString(text), otherwise == fault.ContextOverflow:
		return fault.New(fault.ContextOverflow, "The prompt is longer than the model's context", short(text), "Shorten the task, the files' previews or the history, or choose a model with a larger context.")
	case noSuchModel.MatchString(text):
		return p.noModel(model, text)
	case noTools.MatchString(text):
		return fault.New(fault.ModelUnsupported, fmt.Sprintf("The model %q cannot call tools", model), short(text), "Choose another model, or an agent that acts by code.")
	case noImages.MatchString(text):
		return llm.Blind(model, short(text))
	case noSchema.MatchString(text):
		return fault.New(fault.ModelUnsupported, fmt.Sprintf("The model %q cannot keep to this schema", model), short(text), "Switch structured actions off, or choose another model.")
	}
	return fault.New(otherwise, p.name+" reported an error", short(text), "Try again; if it stays, the server's log says more.")
}

func (p *Provider) noModel(model, text string) *fault.Error {
	return fault.New(fault.ModelNotFound, fmt.Sprintf("%s does not have the model %q", p.name, model), short(text), "Choose one of the models that it lists.")
}

func (p *Provider) wrongPlace(why string) *fault.Error {
	do := "Check the address in the settings."
	if strings.Contains(why, "to an HTTPS server") { // Go's, nginx's and others' words
		do = "Write https:// in place of http://."
	} else if !strings.HasSuffix(p.url, "/v1") {
		do = "The address usually ends in /v1: try " + p.url + "/v1."
	}
	return fault.New(fault.ModelUnreachable, "What is at "+p.url+" does not speak OpenAI's protocol", why, do)
}

func (p *Provider) busy(e *httpError, text string) *fault.Error {
	f := fault.New(fault.ModelBusy, p.name+" is busy, or your rate limit is reached", text, "Wait a moment, then try again.")
	if d, ok := retryAfter(e.retryAfter, time.Now()); ok {
		f.Err = llm.Busy{After: d}
		f.Do = fmt.Sprintf("Try again in %v.", d.Round(time.Second))
	}
	if strings.Contains(text, "quota") || strings.Contains(text, "billing") {
		f.Do = "Check your plan and credit there, or choose a local model."
	}
	return f
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	if s, err := strconv.ParseFloat(strings.TrimSpace(header), 64); err == nil && s >= 0 && s < 86400*365 {
		return time.Duration(s * float64(time.Second)), true
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// clean takes the key out of everything that may be shown or logged.
func (p *Provider) clean(f *fault.Error) *fault.Error {
	if len(p.key) < 4 {
		return f
	}
	for _, s := range []*string{&f.What, &f.Why, &f.Do} {
		*s = strings.ReplaceAll(*s, p.key, "(key)")
	}
	return f
}

// short keeps a foreign text fit for one line.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
