package agent

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/sandbox"
)

// Run does a task: think, act, observe, until there is an answer, the steps are spent, or it cannot go on. Every
// fact goes to the log; the ending that it returns (RunFinished, RunFailed or RunStopped) is the last of them.
// The error is not nil only if the log itself could not be written.
func (a *Agent) Run(ctx context.Context, task Task, ports Ports) (event.Body, error) {
	r := &run{wholes: wholes{}, agent: a, ports: ports, style: styleOf(a.Mode), begun: time.Now(), files: task.Files}
	ctx = r.join(ctx, task)
	ending, err := r.work(ctx, task)
	if err != nil && r.unlogged == nil {
		ending = r.broken(ctx, err)
	}
	if r.unlogged != nil {
		return nil, r.unlogged
	}
	_, err = r.record(ctx, r.root, ending)
	return ending, err
}

// run is one task being done.
type run struct {
	agent    *Agent
	ports    Ports
	session  sandbox.Session
	files    []File     // that it was given
	member   *memberLog // if it is a called agent's
	staff    *staff
	memory   Memory
	guard    loopGuard
	root     int64 // span of the run
	code     int64 // span of the code that runs, or ran last
	object   bool  // the last answer is an object in the sandbox
	steps    int
	asked    int     // the step after which the task was given; 0 for a run that begins anew
	first    string  // code that a person wrote, to run before the model is asked
	prose    int     // replies in a row that were prose
	lost     int     // replies in a row whose action could not be read
	scale    float64 // tokens that the server counts for one that we estimate; 0 before the first count
	context  contextSize
	noSchema bool // the model takes no schema
	circling bool // it repeats itself and does not listen: more steps would bring the same again
	usage    llm.Usage
	begun    time.Time
	style    style
	logging  sync.Mutex // calls of one reply record at the same time
	wholes   wholes
	unlogged error // the log could not be written: nothing that follows can be trusted
}

// work is the loop. An error is ours or the user's Stop, never the model's.
func (r *run) work(ctx context.Context, task Task) (event.Body, error) {
	system, err := r.agent.SystemPrompt()
	if err != nil {
		return nil, err
	}
	config := r.agent.config(task)
	if err := r.begin(ctx, task, system, config); err != nil {
		return nil, err
	}
	if r.session, err = r.agent.Sandbox.Open(ctx, config, &host{run: r}); err != nil {
		return nil, err
	}
	defer r.session.Close()
	if ports := r.ports; ports.Opened != nil {
		ports.Opened(r.session)
	}

	for last := r.steps + r.agent.maxSteps(); r.steps < last && !r.circling; {
		r.steps++
		span, err := r.record(ctx, r.root, event.StepStarted{Number: r.steps})
		if err != nil {
			return nil, err
		}
		answer, err := r.step(ctx, span)
		if err != nil {
			return nil, err
		}
		if answer == nil {
			continue
		}
		unmet, err := r.check(ctx, span, answer)
		if err != nil {
			return nil, err
		}
		if len(unmet) == 0 {
			return r.finish(event.Finished, answer, nil), nil
		}
		if err := r.watchForLoop(ctx, span, "final answer", AnswerText(answer), answerLoopAdvice); err != nil {
			return nil, err
		}
	}
	return r.concede(ctx)
}

// step is one turn: a reply, the action in it, what came of it. It gives the answer when there is one.
func (r *run) step(ctx context.Context, span int64) (*event.Value, error) {
	action, err := r.choose(ctx, span)
	if err != nil {
		return nil, err
	}
	if action.Kind == Prose {
		if r.prose++; r.prose > 1 { // it was told once; it means it
			return textValue(action.Thought), nil
		}
	} else {
		r.prose = 0
	}
	if action.Kind == Code || action.Kind == Calling {
		r.lost = 0
	}
	switch action.Kind {
	case Calling:
		return r.call(ctx, span, action)
	case Code:
		out, err := r.act(ctx, span, action, "")
		if err != nil || out.Final != nil {
			return out.Final, err
		}
		return nil, r.watchForLoop(ctx, span, action.Code, Observe(out, ""), loopAdvice)
	}
	if _, err = r.record(ctx, span, event.ReplyUnusable{Reason: action.Reason, Advice: action.Advice}); err != nil {
		return nil, err
	}
	return nil, r.helpWithForm(ctx, span, action)
}

// choose is the action of a step: what the model says, or what a person wrote in its place.
func (r *run) choose(ctx context.Context, span int64) (Action, error) {
	if code := r.first; code != "" {
		r.first = ""
		return Action{Kind: Code, Code: code, Edited: true}, nil
	}
	if r.plansNow() {
		if err := r.plan(ctx, span); err != nil {
			return Action{}, err
		}
	}
	reply, err := r.think(ctx, span, purposeAct)
	if err != nil {
		return Action{}, err
	}
	return r.style.read(r.agent, reply, r.parses(ctx)), nil
}

// think asks the model. A reply without any content is asked for once more, then it is an error. A model that refuses
// the way of acting is asked for a simpler one.
func (r *run) think(ctx context.Context, span int64, purpose string) (llm.Reply, error) {
	for try := 1; ; try++ {
		reply, err := r.ask(ctx, span, event.ModelStarted{Purpose: purpose})
		if errors.Is(err, errAgain) {
			try--
			continue
		}
		if err != nil || reply.Text != "" || len(reply.Calls) > 0 {
			return reply, err
		}
		if try == 2 {
			return reply, emptyReply(reply)
		}
	}
}

// request is what a call sends.
func (r *run) request(started event.ModelStarted, acts bool) llm.Request {
	request := llm.Request{Messages: r.memory.Messages(started), Options: r.agent.Options}
	if acts {
		r.style.prepare(r.agent, &request, started.Purpose)
	}
	if own := r.agent.Options.Stop; len(own) > 0 && started.Purpose != purposeJudge {
		request.Stop = append(slices.Clip(request.Stop), own...)
	}
	return request
}

// ask is one call of the model, recorded. The prompt is the fold of the log, nothing else.
func (r *run) ask(ctx context.Context, span int64, started event.ModelStarted) (llm.Reply, error) {
	acts := started.Purpose == purposeAct || started.Purpose == purposeConcede
	if started.Purpose != purposeJudge {
		started.Heard = r.listen()
	}
	request := r.request(started, acts)
	budget := r.weight(request)
	model := r.agent.Judges[started.Model]
	if model != nil { // what is set for the run's model may not suit this one
		o := request.Options
		request.Options = llm.Options{Temperature: o.Temperature, Seed: o.Seed, ContextTokens: commonContext}
		budget.Limit = commonContext
	} else {
		model, started.Model = r.agent.Model, r.agent.Ref
		r.setContext(ctx, &request, &budget)
	}
	if started.Purpose != purposeJudge && r.overfull(budget) {
		done, err := r.compact(ctx, span, keepTurns, r.whyFold(budget))
		if err != nil {
			return llm.Reply{}, err
		}
		if done {
			request = r.request(started, acts)
			budget = r.weight(request)
			r.setContext(ctx, &request, &budget)
		}
	}
	started.Budget = &budget
	started.Through, started.Options, started.Stop = r.memory.Through(), request.Options, request.Stop
	call, err := r.record(ctx, span, started)
	if err != nil {
		return llm.Reply{}, err
	}
	begun := time.Now()
	reply, err := model.Generate(withSpan(ctx, call), request, r.watching(call, acts))
	if err != nil && fault.Of(err).Code == fault.ContextOverflow && started.Purpose != purposeJudge {
		if r.growContext() { // our estimate was too low
			return reply, errAgain
		}
		if done, cerr := r.compact(ctx, call, 1, fault.Of(err).Error()); done || cerr != nil {
			return reply, cmp.Or(cerr, errAgain)
		}
	}
	if err != nil && acts {
		return reply, r.simplify(ctx, call, err)
	}
	if err != nil {
		return reply, err
	}
	if started.Model == r.agent.Ref {
		r.learn(budget, reply.Usage.Input)
	}
	r.usage = r.usage.Add(reply.Usage)
	_, err = r.record(ctx, call, event.ModelFinished{
		Text: reply.Text, Thinking: reply.Thinking, Calls: reply.Calls, Finish: reply.Finish, Usage: reply.Usage,
		DurationMS: time.Since(begun).Milliseconds(), LoadMS: reply.Timing.Load.Milliseconds(),
		PromptMS: reply.Timing.Prompt.Milliseconds(), OutputMS: reply.Timing.Output.Milliseconds(), WaitedMS: reply.Timing.Waited.Milliseconds(),
	})
	return reply, err
}

// helpWithForm has a model that twice in a row could not keep to the free form write JSON by a schema from then on.
func (r *run) helpWithForm(ctx context.Context, span int64, action Action) error {
	if action.Kind == Broken {
		r.lost++
	}
	if r.lost < 2 || r.style != (codeStyle{}) || !r.agent.MayStructure || r.noSchema {
		return nil
	}
	return r.goOver(ctx, span, event.ModeStructured, "its replies could not be read twice")
}

// errAgain says that the model is to be asked again: in a simpler way, or with a shorter prompt.
var errAgain = errors.New("the model refused the request")

// simplify goes over to a simpler way of acting, if that is what the model refused; otherwise the error stays.
func (r *run) simplify(ctx context.Context, call int64, err error) error {
	to := r.style.simpler()
	if to == "" || fault.Of(err).Code != fault.ModelUnsupported {
		return err
	}
	r.noSchema = r.style == (structuredStyle{})
	if err := r.goOver(ctx, call, to, fault.Of(err).Error()); err != nil {
		return err
	}
	return errAgain
}

// goOver changes the way of acting.
func (r *run) goOver(ctx context.Context, span int64, to event.Mode, why string) error {
	next := styleOf(to)
	system, err := next.system(r.agent)
	if err != nil {
		return err
	}
	_, err = r.record(ctx, span, event.ModeChanged{To: to, Why: why, System: system})
	r.style = next
	return err
}

// act runs the code and records what came of it; Observation is what the model will be told. call is the ID of the
// tool call that asked for it, if one did.
func (r *run) act(ctx context.Context, span int64, action Action, call string) (sandbox.Output, error) {
	code, err := r.record(ctx, span, event.CodeStarted{Thought: action.Thought, Code: action.Code, Mended: action.Mended, Call: call, Edited: action.Edited})
	if err != nil {
		return sandbox.Output{}, err
	}
	r.code = code
	out, err := r.session.Run(withSpan(ctx, code), action.Code)
	if err != nil {
		return out, err
	}
	done := event.CodeFinished{
		Stdout: out.Stdout, Stderr: out.Stderr, Truncated: out.Truncated, Value: out.Value, Final: out.Final,
		Error: out.Error, Killed: out.Killed, Observation: Observe(out, r.whereWhole(code)), DurationMS: out.Duration.Milliseconds(), Variables: out.Variables,
	}
	if err := r.keepTape(ctx, &done, out.Tape); err != nil {
		return out, err
	}
	if _, err = r.record(ctx, code, done); err != nil {
		return out, err
	}
	r.object = out.Final != nil
	if len(out.Whole) > 0 {
		if err := r.keepWhole(ctx, code, out.Whole); err != nil {
			return out, err
		}
	}
	if err := r.keepDisplayed(ctx, code, out.Displayed); err != nil {
		return out, err
	}
	return out, r.keepFiles(ctx, code, out.Written)
}

// watchForLoop nudges a model that repeats itself, and gives up on one that will not listen.
func (r *run) watchForLoop(ctx context.Context, span int64, did, got, advice string) error {
	times := r.guard.saw(did, got)
	if times < nudgeAt {
		return nil
	}
	if _, err := r.record(ctx, span, event.LoopNoticed{Times: times, Advice: advice}); err != nil {
		return err
	}
	r.circling = times >= stopAt
	return nil
}

// concede asks once for the best answer from what there is, when the steps are spent or bring nothing new.
func (r *run) concede(ctx context.Context) (event.Body, error) {
	reply, err := r.think(ctx, r.root, purposeConcede)
	if err != nil {
		return nil, err
	}
	action := r.style.read(r.agent, reply, r.parses(ctx))
	var answer *event.Value
	switch action.Kind { // it answers as it was taught
	case Calling:
		answer, err = r.call(ctx, r.root, action)
	case Code:
		var out sandbox.Output
		out, err = r.act(ctx, r.root, action, "")
		answer = out.Final
	}
	if err != nil {
		return nil, err
	}
	if answer == nil {
		answer = textValue(action.Thought)
	}
	unmet, err := r.check(ctx, r.root, answer)
	if err != nil {
		return nil, err
	}
	return r.finish(event.MaxSteps, answer, unmet), nil
}

func (r *run) finish(status event.Status, answer *event.Value, unmet []string) event.Body {
	return event.RunFinished{
		Status: status, Answer: answer, Text: AnswerText(answer), Unmet: unmet, Steps: r.steps, Usage: r.usage, DurationMS: r.elapsed(),
	}
}

// broken is the ending for an error: the user's Stop, or a fault.
func (r *run) broken(ctx context.Context, err error) event.Body {
	if ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled) {
		return event.RunStopped{DurationMS: r.elapsed()}
	}
	return event.RunFailed{Fault: *fault.Of(err), DurationMS: r.elapsed()}
}

func (r *run) elapsed() int64 { return time.Since(r.begun).Milliseconds() }

// record writes a fact, folds it into the memory and gives its Seq, which is the span that it opens.
func (r *run) record(ctx context.Context, span int64, body event.Body) (int64, error) {
	r.logging.Lock()
	defer r.logging.Unlock()
	e, err := r.ports.Record.Record(ctx, span, body)
	if err != nil {
		if ctx.Err() == nil {
			r.unlogged = err
		}
		return 0, err
	}
	r.memory.Apply(e)
	r.wholes.apply(e)
	return e.Seq, nil
}
