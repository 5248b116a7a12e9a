package ollama

import (
	"context"
	"errors"
	"testing"
	"time"

	"sandglass/backend/fault"
	"sandglass/backend/llm/llmtest"
)

// TestPull pulls from a registry on this computer into a server of its own.
func TestPull(t *testing.T) {
	real(t)
	registry := llmtest.Registry(t, llmtest.Ollama(t), 2*time.Millisecond)
	own := llmtest.OwnOllama(t)
	p := provider(t, own)
	name := registry + "/library/plain:latest"
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	check(t, p.Pull(ctx, registry+"/library/nope:latest", nil), fault.ModelNotFound, "nope")

	if err := p.Pull(ctx, name, func(at Progress) {
		if at.Completed > 0 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}

	var last Progress
	steps := 0
	if err := p.Pull(context.Background(), name, func(at Progress) { last, steps = at, steps+1 }); err != nil {
		t.Fatal(err)
	}
	if last.Status != "success" || last.Total == 0 || last.Completed != last.Total || steps < 3 {
		t.Errorf("%d steps, last %+v", steps, last)
	}
	infos, err := p.List(context.Background())
	if err != nil || len(infos) != 1 {
		t.Fatalf("%+v %v", infos, err)
	}
	_, id := infos[0].Ref.Split()
	if r, err := open(t, p, id).Generate(context.Background(), ask("Case: text although tools are offered"), nil); err != nil || r.Text != "No need." {
		t.Errorf("the pulled model says %q, %v", r.Text, err)
	}
	if err := p.Delete(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	check(t, p.Delete(context.Background(), id), fault.ModelNotFound)

	if err := p.Pull(context.Background(), name, func(at Progress) { // the file itself was kept or comes again
		if at.Completed > 0 {
			own.Kill()
		}
	}); err == nil {
		t.Error("a killed server is a success")
	}
	check(t, p.Pull(context.Background(), name, nil), fault.ModelUnreachable, own.URL)
}
