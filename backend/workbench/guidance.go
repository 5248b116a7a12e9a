package workbench

import (
	"context"
	"strconv"
	"strings"
	"time"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fitness"
	"sandglass/backend/llm"
	"sandglass/backend/llm/ollama"
)

// largeModel is from how many parameters on, in billions, a model is told the short system prompt: without the worked
// example and the rules that large models keep by themselves.
const largeModel = 20

// short says whether an agent is told the short system prompt: as the agent says; else by the size of its model, as
// Ollama tells it, unless a check found that the model does not keep to the form. A model of unknown size is told all.
func (w *Workbench) short(ctx context.Context, a *agent.Agent, spec *Spec, saved Agent, s Settings) bool {
	if saved.Guidance != "" {
		return saved.Guidance == "short"
	}
	name, id := a.Ref.Split()
	if spec.With != nil || a.Mode == event.ModeStructured || id == "" {
		return false
	}
	p, err := spec.provider(name, s)
	if err != nil || p.Kind != KindOllama {
		return false
	}
	if f, found, err := w.Fitness(ctx, a.Ref, llm.Info{}); err == nil && found {
		for _, probe := range f.Probes {
			if probe.Name == "code" && probe.State != fitness.Pass {
				return false
			}
		}
	}
	o, err := ollama.New(p.BaseURL, w.net.pick(spec.Offline))
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	size, err := o.Parameters(ctx, id)
	return err == nil && billions(size) >= largeModel // a server that is away is told of by the first call
}

// billions reads a number of parameters as Ollama writes it, "8.2B" or "360M"; 0 if it cannot.
func billions(s string) float64 {
	for unit, factor := range map[string]float64{"T": 1000, "B": 1, "M": 1e-3, "K": 1e-6} {
		if number, ok := strings.CutSuffix(strings.TrimSpace(s), unit); ok {
			n, err := strconv.ParseFloat(number, 64)
			if err != nil {
				return 0
			}
			return n * factor
		}
	}
	return 0
}
