package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"sandglass/backend/event"
	"sandglass/backend/sandbox"
)

// fullOutput is the function by which code reads what was cut out of an observation. It is none of the agent's tools: an
// observation that was cut names it, with the number of the span whose output it was, and no other prompt does.
const fullOutput = "full_output"

// wholes are the texts of which a model was told only a part: a fold of the log. A text is the event's own, or a blob.
type wholes map[int64]struct{ text, blob string }

func (w wholes) apply(e event.Event) {
	switch b := e.Body.(type) {
	case event.CodeFinished:
		if logs := joinLines(b.Stdout, b.Stderr); utf8.RuneCountInString(logs) > maxLogs {
			w[e.Span] = struct{ text, blob string }{text: logs}
		}
	case event.ArtefactSaved:
		if b.Whole {
			w[e.Span] = struct{ text, blob string }{blob: b.Blob}
		}
	}
}

// whereWhole says in an observation how code gets at all of a text; "" where there is no code.
func (r *run) whereWhole(span int64) string {
	if styleOf(r.memory.mode) == (codeStyle{}) || styleOf(r.memory.mode) == (structuredStyle{}) || !r.agent.NoPython {
		return fmt.Sprintf("%s(%d) in Python returns all", fullOutput, span)
	}
	return ""
}

// keepWhole saves a text that the events hold a part of.
func (r *run) keepWhole(ctx context.Context, span int64, text []byte) error {
	if r.ports.Blobs == nil {
		return nil
	}
	hash, size, err := r.ports.Blobs.PutBlob(ctx, "text/plain", strings.NewReader(strings.ToValidUTF8(string(text), "\uFFFD")))
	if err != nil {
		return fmt.Errorf("keep a long output: %w", err)
	}
	_, err = r.record(ctx, span, event.ArtefactSaved{
		Name: fmt.Sprintf("outputs/%d.txt", span), MediaType: "text/plain", Size: size, Blob: hash, Whole: true,
	})
	return err
}

// wholeTool is how the sandbox offers it.
func wholeTool() sandbox.Tool {
	return sandbox.Tool{
		Name: fullOutput, Doc: "All of an output that was cut, as text. The number stands where it was cut.",
		Params: []sandbox.Param{{Name: "number", Required: true}},
	}
}

// readWhole answers a call of it.
func (r *run) readWhole(ctx context.Context, args json.RawMessage) (json.RawMessage, error) {
	var given struct{ Number json.RawMessage }
	if err := json.Unmarshal(args, &given); err != nil {
		return nil, fmt.Errorf("%s(): %w", fullOutput, err)
	}
	number, err := strconv.ParseInt(strings.Trim(string(given.Number), `"`), 10, 64)
	r.logging.Lock()
	kept, ok := r.wholes[number]
	r.logging.Unlock()
	if err != nil || !ok {
		return nil, fmt.Errorf("%s(%s): no output with this number was cut; the number stands in the note in its middle", fullOutput, given.Number)
	}
	if kept.blob == "" {
		return json.Marshal(kept.text)
	}
	f, err := r.ports.Blobs.OpenBlob(ctx, kept.blob)
	if err != nil {
		return nil, fmt.Errorf("read a long output: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read a long output: %w", err)
	}
	return json.Marshal(string(text))
}
