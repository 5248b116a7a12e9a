package ollama

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"

	"sandglass/backend/fault"
)

// Progress is how far a Pull is. Bytes are summed over the files of the model that are known so far, so Total grows
// at the beginning; it is 0 until the first file is known.
type Progress struct {
	Status    string `json:"status"` // Ollama's words: "pulling manifest", "verifying sha256 digest", …
	Completed int64  `json:"completed"`
	Total     int64  `json:"total"`
}

// Pull downloads a model. progress, which may be nil, is told several times a second. Cancelling ctx stops the
// download; what is there is kept by Ollama for the next try. Faults: ModelNotFound, ModelUnreachable (the server,
// or the library it pulls from), DiskFull, ModelFailed.
func (p *Provider) Pull(ctx context.Context, name string, progress func(Progress)) error {
	done, total := map[string]int64{}, map[string]int64{}
	last := ""
	// The protocol is refused by Ollama unless it is asked for; whoever writes http:// asks for it.
	req := &api.PullRequest{Model: name, Insecure: strings.HasPrefix(name, "http://")}
	err := p.client.Pull(ctx, req, func(r api.ProgressResponse) error {
		last = r.Status
		if r.Digest != "" {
			done[r.Digest], total[r.Digest] = r.Completed, r.Total
		}
		at := Progress{r.Status, sum(done), sum(total)}
		if r.Status == "success" { // the last bytes of a file are not always reported
			at.Completed = at.Total
		}
		if progress != nil {
			progress(at)
		}
		return nil
	})
	if err == nil && last != "success" { // the client is silent about a killed server and a cancelled context
		err = errBrokenOff
	}
	if err == nil || ctx.Err() != nil {
		return p.explain(ctx, name, err)
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "file does not exist"), strings.Contains(text, "invalid model name"):
		return fault.Wrap(err, fault.ModelNotFound, fmt.Sprintf("There is no model %q to pull", name), short(text), "Check the name at ollama.com/library.")
	case strings.Contains(text, "no space left"):
		return fault.Wrap(err, fault.DiskFull, "The disk is full", short(text), "Free some space, then pull again: what is there already is kept.")
	case strings.Contains(text, "dial tcp"), strings.Contains(text, "i/o timeout"):
		var network interface{ Timeout() bool }
		if !errors.As(err, &network) { // ours is not, it is Ollama's connection to the library that failed
			return fault.Wrap(err, fault.ModelUnreachable, "Ollama cannot reach its library", short(text), "Check the internet connection of the computer that Ollama runs on.")
		}
	}
	return p.explain(ctx, name, err)
}

func sum(m map[string]int64) (n int64) {
	for _, v := range m {
		n += v
	}
	return n
}

// Delete removes a model from the server's disk. Faults: ModelNotFound, and as for List.
func (p *Provider) Delete(ctx context.Context, name string) error {
	return p.explain(ctx, name, p.client.Delete(ctx, &api.DeleteRequest{Model: name}))
}
