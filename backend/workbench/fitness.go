package workbench

import (
	"context"
	"strings"
	"time"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fitness"
	"sandglass/backend/llm"
	"sandglass/backend/llm/retry"
)

// Fitness is what a check found out about a model, and how an agent that uses it should act.
type Fitness struct {
	Model      llm.Ref         `json:"model"`
	Digest     string          `json:"digest,omitempty"` // of the model's files when it was checked
	Stale      bool            `json:"stale,omitempty"`  // the model has changed since; not stored
	CheckedAt  int64           `json:"checked_at"`
	DurationMS int64           `json:"duration_ms"`
	Verdict    string          `json:"verdict"` // in one sentence
	Mode       event.Mode      `json:"mode"`
	Options    llm.Options     `json:"options"`
	Probes     []fitness.Probe `json:"probes"`
}

// Fit says whether an agent can use the model: it acts in some way that works.
func (f Fitness) Fit() bool {
	is := map[string]fitness.State{}
	for _, p := range f.Probes {
		is[p.Name] = p.State
	}
	return is["code"] == fitness.Pass || is["code"] == fitness.Partly || is["schema"] == fitness.Pass || is["tools"] == fitness.Pass
}

// fitnessKey is the setting in which the last check of a model is kept. Without a tag, Ollama means "latest".
func fitnessKey(ref llm.Ref) string {
	if name := strings.TrimPrefix(string(ref), "ollama/"); name != string(ref) && !strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ":") {
		ref += ":latest"
	}
	return "fitness/" + string(ref)
}

// Fitness gives the last check of a model; false if it was never checked. info is the model as its provider lists it
// now, or zero.
func (w *Workbench) Fitness(ctx context.Context, ref llm.Ref, info llm.Info) (Fitness, bool, error) {
	var f Fitness
	found, err := w.store.Setting(ctx, fitnessKey(ref), &f)
	f.Stale = found && f.Digest != "" && info.Digest != "" && f.Digest != info.Digest
	return f, found && err == nil && len(f.Probes) > 0, err
}

// CheckModel checks a model in the background.
func (w *Workbench) CheckModel(ref llm.Ref) (Job, error) {
	spec := Spec{Model: ref}
	s, err := w.Settings()
	if err != nil {
		return Job{}, err
	}
	if _, _, err := w.modelFor(w.base, &spec, Agent{}, s); err != nil {
		return Job{}, err
	}
	return w.startJob(JobCheck, ref, func(ctx context.Context, tell Progress) error {
		_, err := w.Check(ctx, spec, tell)
		return err
	})
}

// Check checks the model of a spec and keeps what was found. tell is given the name of each probe before it begins.
func (w *Workbench) Check(ctx context.Context, spec Spec, tell Progress) (Fitness, error) {
	s, err := w.Settings()
	if err != nil {
		return Fitness{}, err
	}
	ref, m, err := w.modelFor(ctx, &spec, Agent{}, s)
	if err != nil {
		return Fitness{}, err
	}
	name, _ := ref.Split()
	policy := retry.Default()
	policy.Tries, policy.FirstToken = s.ModelTries, secondsOf(s.FirstToken)
	info := w.infoOf(ctx, &spec, ref, s)
	begun := time.Now()
	report, err := fitness.Run(ctx, fitness.Subject{
		Model: retry.Wrap(m, policy, w.rateOf(name, s), retry.Host{}), Ref: ref, Sandbox: w.engine,
		Capabilities: info.Capabilities, ContextTokens: info.ContextTokens,
	}, func(done int, probe string) { tell(probe, int64(done), int64(fitness.Count())) })
	if err != nil {
		return Fitness{}, err
	}
	tell("", int64(fitness.Count()), int64(fitness.Count()))
	f := Fitness{
		Model: ref, Digest: info.Digest, CheckedAt: begun.UnixMilli(), DurationMS: time.Since(begun).Milliseconds(),
		Verdict: report.Verdict, Mode: report.Mode, Options: report.Options, Probes: report.Probes,
	}
	return f, w.store.SetSetting(w.base, fitnessKey(ref), f)
}

// infoOf is what a model's provider lists of it; zero if it lists nothing.
func (w *Workbench) infoOf(ctx context.Context, spec *Spec, ref llm.Ref, s Settings) llm.Info {
	name, _ := ref.Split()
	if spec.With != nil {
		return llm.Info{}
	}
	p, err := spec.provider(name, s)
	if err != nil {
		return llm.Info{}
	}
	for _, i := range w.list(ctx, p, spec.Endpoint.Key).Models {
		if sameRef(i.Ref, ref) {
			return i
		}
	}
	return llm.Info{}
}

// sameRef compares references; without a tag, Ollama means "latest".
func sameRef(a, b llm.Ref) bool { return a == b || a == b+":latest" || a+":latest" == b }

// fit lets an agent act as its model's check advises, where neither the agent nor the run says how.
func (w *Workbench) fit(ctx context.Context, a *agent.Agent, spec *Spec) error {
	f, found, err := w.Fitness(ctx, a.Ref, llm.Info{})
	if err != nil || !found || spec.With != nil {
		return err
	}
	if a.Mode == "" {
		a.Mode = f.Mode
	}
	advised := f.Options
	advised.ContextTokens = 0 // checks of before gave one; a run chooses by itself now
	a.Options = mergeOptions(advised, a.Options)
	return nil
}
