package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/ollama"
)

// job is a Job that goes on, or has ended. Its Job is guarded by Workbench.mu.
type job struct {
	Job
	cancel context.CancelFunc
}

// Progress is told how far a job is; several times a second at most.
type Progress func(status string, done, total int64)

// startJob runs work in the background, or gives the job of this kind that is at work on the model already.
func (w *Workbench) startJob(kind JobKind, ref llm.Ref, work func(ctx context.Context, tell Progress) error) (Job, error) {
	w.mu.Lock()
	for _, j := range w.jobs {
		if j.Kind == kind && j.Model == ref && j.State == JobRunning {
			defer w.mu.Unlock()
			return j.Job, nil
		}
	}
	ctx, cancel := context.WithCancel(w.base)
	// What ended before on the same model is told by the new one.
	w.jobs = slices.DeleteFunc(w.jobs, func(j *job) bool { return j.Kind == kind && j.Model == ref })
	j := &job{Job: Job{ID: ulid.Make().String(), Kind: kind, Model: ref, State: JobRunning, StartedAt: time.Now().UnixMilli()}, cancel: cancel}
	w.jobs = append(w.jobs, j)
	first := j.Job
	w.mu.Unlock()
	w.hub.job(first)
	w.background(func() {
		defer cancel()
		var rate speed
		err := errors.New("it broke down")
		defer func() {
			if p := recover(); p != nil { // a bug of ours must not take the window with it
				err = fault.Newf(fault.Internal, "Something in Sandglass broke: %v", p)
			}
			w.change(j, func(j *Job) { j.end(ctx, err) })
		}()
		err = work(ctx, func(status string, done, total int64) {
			per := rate.at(time.Now(), done)
			w.change(j, func(j *Job) { j.Status, j.Done, j.Total, j.PerSecond = status, done, total, per })
		})
	})
	return first, nil
}

func (j *Job) end(ctx context.Context, err error) {
	j.PerSecond = 0
	switch {
	case err == nil:
		j.State = JobDone
	case ctx.Err() != nil:
		j.State = JobCancelled
	default:
		j.State, j.Fault = JobFailed, fault.Of(err)
	}
}

func (w *Workbench) change(j *job, f func(*Job)) {
	w.mu.Lock()
	f(&j.Job)
	now := j.Job
	w.mu.Unlock()
	w.hub.job(now)
}

// speed is bytes a second over the last few seconds.
type speed struct{ marks []mark }

type mark struct {
	at   time.Time
	done int64
}

func (s *speed) at(now time.Time, done int64) int64 {
	s.marks = append(s.marks, mark{now, done})
	for len(s.marks) > 2 && now.Sub(s.marks[0].at) > 5*time.Second {
		s.marks = s.marks[1:]
	}
	first := s.marks[0]
	took := now.Sub(first.at)
	if took < 200*time.Millisecond || done < first.done {
		return 0
	}
	return int64(float64(done-first.done) / took.Seconds())
}

// Jobs are the jobs of this workbench, newest first.
func (w *Workbench) Jobs() ([]Job, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]Job, 0, len(w.jobs))
	for _, j := range slices.Backward(w.jobs) {
		out = append(out, j.Job)
	}
	return out, nil
}

// CancelJob ends a job. What a pull has fetched is kept by Ollama. One that has ended stays as it is.
func (w *Workbench) CancelJob(id string) error {
	return w.withJob(id, func(j *job) error {
		j.cancel()
		return nil
	})
}

// DismissJob forgets a job that has ended. Faults: NotFound, Conflict (it goes on).
func (w *Workbench) DismissJob(id string) error {
	return w.withJob(id, func(j *job) error {
		if j.State == JobRunning {
			return fault.New(fault.Conflict, "The job still goes on", "", "Cancel it first.")
		}
		w.jobs = slices.DeleteFunc(w.jobs, func(o *job) bool { return o == j })
		return nil
	})
}

func (w *Workbench) withJob(id string, f func(*job) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.jobs {
		if j.ID == id {
			return f(j)
		}
	}
	return fault.New(fault.NotFound, "There is no such job", "", "")
}

// PullModel downloads a model with Ollama, in the background. name is what people have at hand: "qwen3:8b",
// "ollama/qwen3:8b", or the whole command "ollama pull qwen3:8b".
func (w *Workbench) PullModel(name string) (Job, error) {
	ref, err := w.ModelRef(name)
	if err != nil {
		return Job{}, err
	}
	if _, _, err := w.ollamaOf(ref); err != nil {
		return Job{}, err
	}
	return w.startJob(JobPull, ref, func(ctx context.Context, tell Progress) error { return w.Pull(ctx, ref, tell) })
}

// Pull downloads a model and returns when it is there. Cancelled, it can be gone on with.
func (w *Workbench) Pull(ctx context.Context, ref llm.Ref, tell Progress) error {
	p, id, err := w.ollamaOf(ref)
	if err != nil {
		return err
	}
	err = p.Pull(ctx, id, func(at ollama.Progress) { tell(at.Status, at.Completed, at.Total) })
	if err == nil {
		w.hub.statusChanged()
	}
	return err
}

// DeleteModel removes a model from Ollama's disk, and what is known of its fitness.
func (w *Workbench) DeleteModel(ref llm.Ref) error {
	p, id, err := w.ollamaOf(ref)
	if err != nil {
		return err
	}
	if err := p.Delete(w.base, id); err != nil {
		return err
	}
	w.hub.statusChanged()
	return w.store.SetSetting(w.base, fitnessKey(ref), Fitness{})
}

// ShowModel gives what Ollama knows of a model. For others, see Models.
func (w *Workbench) ShowModel(ctx context.Context, ref llm.Ref) (ollama.Details, error) {
	p, id, err := w.ollamaOf(ref)
	if err != nil {
		return ollama.Details{}, err
	}
	d, err := p.Show(ctx, id)
	d.Info.Ref = ref
	return d, err
}

// ModelRef reads a model's name as people write it; without a known provider before the slash, Ollama's is meant.
func (w *Workbench) ModelRef(name string) (llm.Ref, error) {
	f := strings.Fields(name)
	if len(f) == 3 && f[0] == "ollama" && (f[1] == "pull" || f[1] == "run") {
		f = f[2:]
	}
	if len(f) != 1 || strings.HasPrefix(f[0], "-") {
		return "", fault.New(fault.Invalid, fmt.Sprintf("%q is no name of a model", name), "", "Write it like qwen3:8b; the names are at ollama.com/library.")
	}
	s, err := w.Settings()
	if err != nil {
		return "", err
	}
	provider, id := llm.Ref(f[0]).Split()
	if id != "" && slices.ContainsFunc(s.Providers, func(p Provider) bool { return p.Name == provider }) {
		return llm.Ref(f[0]), nil
	}
	return llm.Ref("ollama/" + f[0]), nil
}

// ollamaOf gives the Ollama server of a model.
func (w *Workbench) ollamaOf(ref llm.Ref) (*ollama.Provider, string, error) {
	s, err := w.Settings()
	if err != nil {
		return nil, "", err
	}
	name, id := ref.Split()
	var none Spec
	p, err := none.provider(name, s)
	if err != nil {
		return nil, "", err
	}
	if p.Kind != KindOllama || id == "" {
		return nil, "", fault.New(fault.ModelUnsupported, fmt.Sprintf("The models of %s are not kept here", name), "only Ollama's can be pulled, looked into and deleted", "Name one as ollama/NAME.")
	}
	o, err := ollama.New(p.BaseURL, w.net.client)
	return o, id, err
}
