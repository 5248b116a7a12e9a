package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/llm/script"
	"sandglass/backend/workbench"
)

type runFlags struct {
	inputs
	images                                                                             []string
	fork, goOn, first, plan                                                            string
	judgeModel                                                                         string
	unfold                                                                             bool
	model, ollamaHost, baseURL, keyEnv, mode, structured, agent, instructions, replies string
	tools, checks, prompts, team                                                       []string
	noTools, json, events                                                              bool
	maxSteps, planEvery, numCtx, maxTokens                                             int
	think, keepAlive                                                                   string
	stop                                                                               []string
	temperature                                                                        float64
	seed                                                                               int64
	set                                                                                func(flag string) bool
}

func (c *cli) runCommand() *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run [flags] TASK",
		Short: "Give a task to an agent; TASK - reads it from standard input",
		Long: "Give a task to an agent. Thought, code and observations go to standard error as they come, the answer alone\n" +
			"to standard output. On a terminal, a line that you type meanwhile is told to the agent, which reads it with its next\n" +
			"step, unless it has asked you something.\n\n" +
			"Exit: 0 finished, 1 failed, 2 usage, 3 steps spent (the answer is the best there was), 4 stopped,\n" +
			"5 steps spent, and the answer fails its checks.",
		Example: "  sandglass run --file sales.csv \"Which region sold most, and by how much more than the second?\"\n" +
			"  sandglass run --model ollama/qwen3:8b --json \"How many primes are there below a million?\"",
		Args: func(cmd *cobra.Command, args []string) error {
			if f.fork != "" && len(args) == 0 {
				return nil
			}
			return exactlyOne("TASK")(cmd, args)
		},
	}
	fl := cmd.Flags()
	f.flags(fl)
	fl.StringVarP(&f.model, "model", "m", "", "`PROVIDER/ID`, such as ollama/qwen3:8b or demo/tour; default: the configured one, else the demo model")
	fl.StringVar(&f.ollamaHost, "ollama-host", "", "`URL` of the Ollama server for this run")
	fl.StringVar(&f.baseURL, "base-url", "", "`URL` of an OpenAI-compatible server for this run, as provider openai/")
	fl.StringVar(&f.keyEnv, "api-key-env", "", "`VAR` of the environment that holds the key for --base-url or the provider")
	fl.StringVar(&f.mode, "mode", "", "how the agent acts: by Python `code`, or by calls of its tools (default: the agent's, else code)")
	fl.StringVar(&f.structured, "structured", "", "thought and code as JSON by a schema: on, off, or `auto` for models that lose the free form (default: the agent's, else auto)")
	fl.StringVar(&f.agent, "agent", "", "a saved agent by `NAME`; flags override it")
	fl.StringArrayVar(&f.images, "image", nil, "show the model an image: `[NAME=]PATH`, PNG, JPEG, WebP or GIF; code finds it like a --file; repeatable")
	fl.StringArrayVar(&f.tools, "tool", nil, "give the agent a tool by `NAME`, in place of its own; repeatable")
	fl.StringArrayVar(&f.team, "team", nil, "let the agent call a saved agent: `NAME`, or NAME:memory if that shall remember earlier calls in the run; repeatable")
	fl.BoolVar(&f.noTools, "no-tools", false, "no tools at all")
	fl.IntVar(&f.maxSteps, "max-steps", 0, "how many steps before the agent must answer (default 20)")
	fl.IntVar(&f.planEvery, "plan-every", 0, "have the agent make a plan before the first step, and a new one every `N` steps")
	fl.Float64Var(&f.temperature, "temperature", 0, "temperature of the model; default: the model's")
	fl.Int64Var(&f.seed, "seed", 0, "seed of the model's choices")
	fl.IntVar(&f.numCtx, "num-ctx", 0, "context length in tokens (Ollama)")
	fl.IntVar(&f.maxTokens, "max-tokens", 0, "longest reply of the model in tokens; a longer one is cut off")
	fl.StringArrayVar(&f.stop, "stop", nil, "end the model's reply before this `TEXT`, in place of the agent's own; repeatable")
	fl.StringVar(&f.think, "think", "", "whether a model that can think does: on, off, or a `LEVEL`: low, medium, high (default: the agent's, else as the model likes)")
	fl.StringVar(&f.keepAlive, "keep-alive", "", "how long Ollama keeps the model loaded after a reply: a `TIME` such as 10m, 0s, or forever (default: the server's)")
	fl.StringVar(&f.instructions, "instructions", "", "`TEXT` added to the system prompt")
	fl.StringVar(&f.judgeModel, "judge-model", "", "the model of checks by a judge that name none: `P/ID`; the run's model if this is not given")
	fl.StringArrayVar(&f.checks, "check", nil, "a condition for the answer: `KIND=VALUE`; type=number, not_empty, range=0..1, regex=…, schema=FILE, python=EXPR (with answer), judge=WORDS; repeatable")
	fl.StringArrayVar(&f.prompts, "prompt", nil, "a text of your own for what the model is told: `NAME=FILE`; code, tools, plan, replan, final, managed, report; repeatable")
	fl.StringVar(&f.replies, "replies", "", "answer from this `FILE` in place of a model: a JSON list of replies, or an object of such lists by the agents' names (for tests)")
	fl.BoolVar(&f.json, "json", false, "print one JSON object at the end")
	fl.BoolVar(&f.events, "events", false, "print the run's events as JSON lines")
	fl.BoolVar(&f.unfold, "unfold", false, "with --fork or --continue: steps that were folded are told whole again")
	fl.StringVar(&f.goOn, "continue", "", "go on from the end of a `RUN`, with its variables, files and memory; TASK is what you say now")
	fl.StringVar(&f.fork, "fork", "", "go on from a step: `RUN:STEP`, with the state after it; TASK may be left out")
	fl.StringVar(&f.first, "code", "", "with --fork or --continue: run this `FILE` of Python first, in place of what the model would say")
	fl.StringVar(&f.plan, "plan", "", "with --fork or --continue: the agent's plan from here on, from a `FILE`; an empty one for no plan")
	f.set = fl.Changed
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		spec, err := f.spec(c, strings.Join(args, ""))
		if err != nil {
			return err
		}
		return c.withDesk(func(ctx context.Context, w *workbench.Workbench, _ []string) error {
			return c.run(ctx, w, f, spec)
		})(cmd, args)
	}
	return cmd
}

func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage("%s is missing (see `%s --help`)", what, cmd.CommandPath())
		}
		return nil
	}
}

func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 1:
			return nil
		case 0:
			return usage("%s is missing (see `%s --help`)", what, cmd.CommandPath())
		}
		return usage("one %s, not %d: put it in quotes", what, len(args))
	}
}

// spec checks the flags and makes what the workbench takes.
func (f *runFlags) spec(c *cli, task string) (workbench.Spec, error) {
	s := workbench.Spec{Agent: f.agent, Model: llm.Ref(f.model), Instructions: f.instructions, NoTools: f.noTools, Tools: f.tools, MaxSteps: f.maxSteps, PlanEvery: f.planEvery}
	if task == "-" {
		data, err := io.ReadAll(c.in)
		if err != nil {
			return s, fmt.Errorf("read the task from standard input: %w", err)
		}
		task = string(data)
	}
	if s.Task = strings.TrimSpace(task); s.Task == "" && f.fork == "" {
		return s, usage("TASK is empty: say what the agent shall do")
	}
	if err := f.from(&s); err != nil {
		return s, err
	}
	if f.set("mode") {
		if err := oneOf("mode", f.mode, string(event.ModeCode), string(event.ModeTools)); err != nil {
			return s, err
		}
		s.Mode = event.Mode(f.mode)
	}
	if f.set("structured") {
		if err := oneOf("structured", f.structured, "auto", "on", "off"); err != nil {
			return s, err
		}
		if f.structured == "on" && s.Mode == event.ModeTools {
			return s, usage("--structured on and --mode tools exclude each other")
		}
		s.Structured = f.structured
	}
	switch {
	case f.set("max-steps") && (f.maxSteps < 1 || f.maxSteps > 10_000):
		return s, usage("--max-steps %d: use a number from 1 to 10000", f.maxSteps)
	case f.set("plan-every") && (f.planEvery < 1 || f.planEvery > 10_000):
		return s, usage("--plan-every %d: use a number from 1 to 10000", f.planEvery)
	case f.set("num-ctx") && f.numCtx < 512:
		return s, usage("--num-ctx %d: use at least 512 tokens", f.numCtx)
	case f.set("max-tokens") && f.maxTokens < 1:
		return s, usage("--max-tokens %d: use at least 1", f.maxTokens)
	case slices.Contains(f.stop, ""):
		return s, usage("--stop is empty: write the text that a reply ends before")
	case f.set("temperature") && (f.temperature < 0 || f.temperature > 2):
		return s, usage("--temperature %g: use a number from 0 to 2", f.temperature)
	case f.noTools && len(f.tools) > 0:
		return s, usage("--no-tools and --tool exclude each other")
	case f.json && f.events:
		return s, usage("--json and --events exclude each other")
	case f.set("model") && !strings.Contains(f.model, "/"):
		return s, usage("--model %q: write PROVIDER/ID, such as ollama/%s", f.model, f.model)
	}
	for _, text := range f.team {
		t, err := teammate(text)
		if err != nil {
			return s, err
		}
		s.AddTeam = append(s.AddTeam, t)
	}
	for _, text := range f.prompts {
		name, path, _ := strings.Cut(text, "=")
		data, err := os.ReadFile(path)
		if err != nil {
			return s, usage("--prompt %s: %v", text, err)
		}
		if err := (&agent.Agent{}).ValidPrompt(name, string(data)); err != nil {
			return s, usage("--prompt %s: %v", text, err)
		}
		if s.Prompts == nil {
			s.Prompts = map[string]string{}
		}
		s.Prompts[name] = string(data)
	}
	s.JudgeModel = llm.Ref(f.judgeModel)
	for _, text := range f.checks {
		c, err := check(text)
		if err != nil {
			return s, err
		}
		s.Checks = append(s.Checks, c)
	}
	if f.set("think") {
		if err := oneOf("think", f.think, workbench.ThinkLevels...); err != nil {
			return s, err
		}
	}
	if f.set("keep-alive") {
		if _, err := llm.ParseKeepAlive(f.keepAlive); err != nil {
			return s, usage("--keep-alive %q: use a time such as 10m, 0s, or forever", f.keepAlive)
		}
	}
	s.Options = llm.Options{ContextTokens: f.numCtx, MaxTokens: f.maxTokens, Stop: f.stop, Think: f.think, KeepAlive: f.keepAlive}
	if f.set("temperature") {
		s.Options.Temperature = &f.temperature
	}
	if f.set("seed") {
		s.Options.Seed = &f.seed
	}
	s.Endpoint = workbench.Endpoint{OllamaHost: f.ollamaHost, BaseURL: f.baseURL}
	if f.keyEnv != "" {
		if s.Endpoint.Key = os.Getenv(f.keyEnv); s.Endpoint.Key == "" {
			return s, exitError{exitFailed, fault.New(fault.Unauthorized, "There is no key", "the environment variable "+f.keyEnv+" is empty", "Set it: export "+f.keyEnv+"=…")}
		}
	}
	if f.replies != "" {
		replies, err := script.ReadReplies(f.replies)
		if err != nil {
			return s, usage("--replies %s: %v", f.replies, err)
		}
		s.With = replies
		if s.Model == "" {
			s.Model = "script/" + llm.Ref(filepath.Base(f.replies))
		}
	}
	for _, image := range f.images {
		ref, err := fileRef("image", image)
		if err != nil {
			return s, err
		}
		ref.Image = true
		s.Files = append(s.Files, ref)
	}
	return s, f.fill(&s)
}

// teammate reads NAME or NAME:memory.
func teammate(text string) (workbench.Teammate, error) {
	name, option, has := strings.Cut(text, ":")
	if strings.TrimSpace(name) == "" || has && option != "memory" {
		return workbench.Teammate{}, usage("--team %q: write the NAME of a saved agent, or NAME:memory", text)
	}
	return workbench.Teammate{Agent: strings.TrimSpace(name), Memory: has}, nil
}

// check reads KIND=VALUE; the value of a schema is a file.
func check(text string) (event.Check, error) {
	kind, value, _ := strings.Cut(text, "=")
	c := event.Check{Kind: event.CheckKind(strings.ReplaceAll(kind, "-", "_")), Value: value}
	if c.Kind == event.CheckSchema {
		data, err := os.ReadFile(value)
		if err != nil {
			return c, usage("--check %s: %v", text, err)
		}
		c.Value = string(data)
	}
	if err := agent.ValidCheck(c); err != nil {
		return c, usage("--check %s: %v", text, err)
	}
	return c, nil
}

// from reads what the run goes on from.
func (f *runFlags) from(s *workbench.Spec) (err error) {
	switch {
	case f.fork != "" && f.goOn != "":
		return usage("--fork and --continue exclude each other")
	case f.fork != "":
		if s.From, err = parseFork("fork", f.fork); err != nil {
			return err
		}
	case f.goOn != "":
		s.From = &workbench.From{Run: event.RunID(f.goOn), Step: workbench.LastStep}
	case f.unfold:
		return usage("--unfold goes with --fork or --continue")
	case f.first != "":
		return usage("--code goes with --fork or --continue")
	case f.set("plan"):
		return usage("--plan goes with --fork or --continue")
	}
	if s.From != nil {
		s.From.Unfold = f.unfold
	}
	if f.first != "" {
		code, err := os.ReadFile(f.first)
		if err != nil {
			return usage("--code: %v", err)
		}
		s.From.Code = string(code)
	}
	if f.set("plan") {
		plan, err := os.ReadFile(f.plan)
		if err != nil {
			return usage("--plan: %v", err)
		}
		text := strings.TrimSpace(string(plan))
		s.From.Plan = &text
	}
	return nil
}

// run starts, shows and sums up.
func (c *cli) run(ctx context.Context, w *workbench.Workbench, f *runFlags, spec workbench.Spec) error {
	person := c.attend(&spec)
	show := c.newShow(w, f)
	launched, err := w.Launch(ctx, spec)
	if err != nil {
		show.stop()
		if f.json {
			c.printJSON(summary(event.Run{Status: event.Failed, Fault: fault.Of(err)}, nil))
		}
		return err
	}
	if spec.Model == "" && spec.Agent == "" && launched.Run.Model == workbench.DemoModel {
		fmt.Fprintln(c.err, "No model is configured: using the demo model, which is a script and no LLM. See `sandglass doctor`.")
	}
	if spec.With != nil && len(f.images) > 0 {
		fmt.Fprintln(c.err, "The replies are prepared: nobody looks at the images.")
	}
	if person != nil {
		c.steer(w, person, launched.Run.ID)
	}
	show.follow(launched)
	run, err := w.Run(launched.Run.ID)
	if err != nil {
		return err
	}
	if launched.Err() != nil { // the log could not be written
		return launched.Err()
	}
	switch {
	case f.json:
		arts, err := w.ExportArtefacts(run.ID)
		if err != nil {
			return err
		}
		c.printJSON(summary(run, arts))
	case !f.events && (run.Status == event.Finished || run.Status == event.MaxSteps):
		fmt.Fprintln(c.out, run.Answer)
	}
	return c.ending(run)
}

func (c *cli) ending(run event.Run) error {
	switch run.Status {
	case event.Finished:
		return nil
	case event.MaxSteps:
		if len(run.Unmet) > 0 {
			return exitError{code: exitUnmet}
		}
		return exitError{code: exitMaxSteps}
	case event.Stopped:
		return exitError{code: exitStopped}
	}
	if run.Fault != nil {
		return exitError{exitFailed, run.Fault}
	}
	return exitError{code: exitFailed}
}

// result is the JSON object of the contract.
type result struct {
	Run        event.RunID  `json:"run"`
	Status     event.Status `json:"status"`
	Answer     any          `json:"answer"`
	Steps      int          `json:"steps"`
	Usage      llm.Usage    `json:"usage"`
	DurationMS int64        `json:"duration_ms"`
	Artefacts  []artefact   `json:"artefacts"`
	Error      *resultError `json:"error"`
}

type artefact struct {
	Name      string `json:"name"`
	Path      string `json:"path"`
	MediaType string `json:"media_type"`
}

type resultError struct {
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
}

func summary(run event.Run, arts []workbench.ArtefactFile) result {
	r := result{
		Run: run.ID, Status: run.Status, Steps: run.Steps, DurationMS: run.DurationMS, Artefacts: []artefact{},
		Usage: run.Usage,
	}
	if run.Status == event.Finished || run.Status == event.MaxSteps {
		r.Answer = run.Answer
		if len(run.AnswerJSON) > 0 {
			r.Answer = run.AnswerJSON
		}
	}
	for _, a := range arts {
		r.Artefacts = append(r.Artefacts, artefact{a.Name, a.Path, a.MediaType})
	}
	if len(run.Unmet) > 0 {
		r.Error = &resultError{"checks_failed", strings.Join(run.Unmet, "\n")}
	}
	if run.Fault != nil {
		r.Error = &resultError{run.Fault.Code, run.Fault.Error()}
	}
	return r
}

func (c *cli) printJSON(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		c.complain(err)
		c.exit = exitFailed
		return
	}
	fmt.Fprintf(c.out, "%s\n", data)
}
