package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/llm"
	"sandglass/backend/sandbox"
	"sandglass/backend/tools"
)

// host is what code in the sandbox reaches: the agent's tools, with every call in the log.
type host struct{ run *run }

// CallTool validates, records, calls, records. What the tool cannot do is an exception for the code.
func (h *host) CallTool(ctx context.Context, name string, args json.RawMessage) (json.RawMessage, error) {
	r := h.run
	tool := r.agent.tool(name)
	if tool == nil && name == fullOutput {
		return r.readWhole(ctx, args)
	}
	if tool == nil {
		return nil, fmt.Errorf("there is no tool %q; the tools are: %s", name, strings.Join(r.agent.toolNames(), ", "))
	}
	args, err := tool.Spec().Validate(args)
	if err != nil {
		return nil, err
	}
	span, err := r.record(ctx, SpanOf(ctx), event.ToolStarted{Name: name, Args: args})
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	result, err := tool.Call(context.WithValue(withSpan(ctx, span), codeKey{}, r), args)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	done := event.ToolFinished{Name: name, Bytes: int64(len(result)), DurationMS: time.Since(begun).Milliseconds()}
	if err != nil {
		done.Error = err.Error()
	} else {
		done.Result = cutMiddle(told(tool, result, func(r json.RawMessage) string { return string(r) }), maxValue)
	}
	if _, rerr := r.record(ctx, span, done); rerr != nil {
		return nil, rerr
	}
	return result, err
}

// told is what is said of a tool's result: by the tool itself, if it has a say in that.
func told(t tools.Tool, result json.RawMessage, usual func(json.RawMessage) string) string {
	if teller, ok := tools.As[tools.Teller](t); ok {
		return teller.Told(result)
	}
	return usual(result)
}

// Output shows printed text at once.
func (h *host) Output(text string, stderr bool) {
	if w := h.run.ports.Watch; w != nil {
		w.Printed(h.run.code, text, stderr)
	}
}

// watching hands the fragments of a reply to whoever watches, in a form for people.
func (r *run) watching(call int64, acts bool) func(llm.Delta) {
	w := r.ports.Watch
	if w == nil {
		return func(llm.Delta) {}
	}
	var show *freely
	if acts {
		show = r.style.show()
	}
	return func(d llm.Delta) {
		if show != nil {
			if d.Again {
				*show = freely{}
			}
			d.Text = show.write(d.Text)
		}
		if d != (llm.Delta{}) {
			w.Streamed(call, d)
		}
	}
}

// keepDisplayed saves what the code showed.
func (r *run) keepDisplayed(ctx context.Context, span int64, shown []sandbox.Displayed) error {
	if r.ports.Blobs == nil {
		return nil
	}
	for _, d := range shown {
		hash, size, err := r.ports.Blobs.PutBlob(ctx, d.MediaType, bytes.NewReader(d.Data))
		if err != nil {
			return fmt.Errorf("keep %s: %w", d.Name, err)
		}
		saved := event.ArtefactSaved{Name: d.Name, MediaType: d.MediaType, Size: size, Blob: hash, Displayed: true}
		if _, err := r.record(ctx, span, saved); err != nil {
			return err
		}
	}
	return nil
}

// keepFiles saves what the code wrote to its scratch folder.
func (r *run) keepFiles(ctx context.Context, span int64, names []string) error {
	if r.ports.Blobs == nil || len(names) == 0 {
		return nil
	}
	scratch := r.session.Scratch()
	for _, name := range names {
		f, err := scratch.Open(name)
		if err != nil { // written and removed again within the step
			continue
		}
		err = r.keepFile(ctx, span, name, f)
		f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) keepFile(ctx context.Context, span int64, name string, f fs.File) error {
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return nil
	}
	hash, size, err := r.ports.Blobs.PutBlob(ctx, event.MediaType(name), f)
	if err != nil {
		return fmt.Errorf("keep file %s: %w", name, err)
	}
	_, err = r.record(ctx, span, event.ArtefactSaved{Name: name, MediaType: event.MediaType(name), Size: size, Blob: hash})
	return err
}

func (a *Agent) tool(name string) tools.Tool {
	for _, t := range a.Tools {
		if t.Spec().Name == name {
			return t
		}
	}
	return nil
}

func (a *Agent) specs() []tools.Spec {
	specs := make([]tools.Spec, len(a.Tools))
	for i, t := range a.Tools {
		specs[i] = t.Spec()
	}
	return specs
}

func (a *Agent) toolNames() []string {
	names := []string{"final_answer"}
	for _, t := range a.Tools {
		names = append(names, t.Spec().Name)
	}
	return names
}
