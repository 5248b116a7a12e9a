package workbench

import (
	"context"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/retry"
)

// patient makes a run's models patient: as often and as long as the settings say, within their providers' rates. The
// waits are in the run's log; hurry ends one.
func (w *Workbench) patient(a *agent.Agent, run event.RunID, hurry <-chan struct{}) error {
	s, err := w.Settings()
	if err != nil {
		return err
	}
	p := retry.Default()
	p.Tries, p.FirstToken = s.ModelTries, secondsOf(s.FirstToken)
	host := retry.Host{Hurry: hurry, Waiting: func(ctx context.Context, d retry.Wait) error {
		_, err := w.journal.Record(ctx, run, agent.SpanOf(ctx), event.ModelDelayed{
			Try: d.Try, WaitMS: d.For.Milliseconds(), Fault: d.Fault, PerMinute: d.PerMinute,
		})
		return err
	}}
	wrap := func(m llm.Model, ref llm.Ref) llm.Model {
		name, id := ref.Split()
		if price, ok := priceOf(name, id, s); ok {
			m = priced{m, price}
		}
		return retry.Wrap(m, p, w.rateOf(name, s), host)
	}
	a.Model = wrap(a.Model, a.Ref)
	for ref, m := range a.Judges {
		a.Judges[ref] = wrap(m, ref)
	}
	return nil
}

// rateOf is the limit that all runs with a provider share.
func (w *Workbench) rateOf(provider string, s Settings) *retry.Limit {
	perMinute := 0
	for _, p := range s.Providers {
		if p.Name == provider {
			perMinute = p.RequestsPerMinute
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.limits[provider]
	if l == nil {
		l = retry.NewLimit(perMinute)
		w.limits[provider] = l
	}
	l.Set(perMinute)
	return l
}

// TryNow ends the wait of a run that waits to ask its model again. Faults: NotFound, Conflict (it does not wait).
func (w *Workbench) TryNow(id event.RunID) error {
	w.mu.Lock()
	l := w.runs[id]
	w.mu.Unlock()
	if l == nil {
		return notHere(id)
	}
	select {
	case l.hurry <- struct{}{}:
		return nil
	default:
		return fault.New(fault.Conflict, "The run does not wait for its model", "it may have just asked it again", "")
	}
}

// priceOf is what the user says that a model costs.
func priceOf(provider, id string, s Settings) (llm.Price, bool) {
	for _, p := range s.Providers {
		for _, price := range p.Prices {
			if p.Name == provider && price.Model == id {
				return price, true
			}
		}
	}
	return llm.Price{}, false
}

// priced is a model whose replies say what they cost.
type priced struct {
	llm.Model
	price llm.Price
}

// Generate implements llm.Model. What the server says of the cost is nearer to the bill, and stays.
func (m priced) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	reply, err := m.Model.Generate(ctx, req, emit)
	if reply.Usage.Cost == 0 {
		reply.Usage.Cost = m.price.Of(reply.Usage)
	}
	return reply, err
}
