package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/journal"
	"sandglass/backend/llm"
	"sandglass/backend/workbench"
)

// show follows a run on the terminal: fragments as they stream, then what was recorded and not yet seen. With
// --events it prints the recorded events as JSON lines; with --json it shows progress only.
type show struct {
	c      *cli
	w      *workbench.Workbench
	paint  painter
	events bool
	quiet  bool
	vars   bool // what each step changed in the variables

	messages <-chan workbench.Message
	stop     func()

	run     event.RunID
	after   int64
	streams map[int64]*streamed // by span of the model call or the code
	asked   map[int64]bool      // tool calls that the model made itself, whose results it gets
	cast    event.Cast
	margins map[int64]string // what stands before the lines of a called agent, by its Cast
	margin  string           // of the event that is being shown
	nested  map[int64]bool   // spans of called agents: they are shown when they are recorded, because they may go on at once
	names   map[int64]string // of called agents, by their Cast
	unread  []int64          // what the user said and the run's own model was not told yet
}

// streamed is what was shown of a span while it was open. The recorded event that closes it shows the rest, and
// fragments that come late are dropped.
type streamed struct {
	text, stdout, stderr string
	status               string
	midLine, closed      bool
}

func (c *cli) newShow(w *workbench.Workbench, f *runFlags) *show {
	s := &show{c: c, w: w, events: f.events, quiet: f.json, paint: newPainter(c.err), streams: map[int64]*streamed{}, asked: map[int64]bool{}, margins: map[int64]string{}, nested: map[int64]bool{}}
	s.messages, s.stop = w.Subscribe()
	return s
}

// follow returns when the run has ended and all of it was shown.
func (s *show) follow(l *workbench.Launched) {
	defer s.stop()
	s.run = l.Run.ID
	if l.Run.Parent != "" && !s.events { // what was taken over was seen when it happened
		s.after = l.Run.LastSeq - 1
	}
	for {
		select {
		case m := <-s.messages:
			switch d := m.Data.(type) {
			case workbench.Live:
				if d.Run == s.run {
					s.live(d)
				}
			case workbench.Signal:
				if d.Run == s.run {
					s.pull()
				}
			}
		case <-l.Done():
			s.pull()
			return
		}
	}
}

func (s *show) pull() {
	for {
		page, err := s.w.RunEvents(s.run, s.after)
		if err != nil {
			s.c.complain(err)
			return
		}
		for _, e := range page.Events {
			s.after = e.Seq
			s.event(e)
		}
		if !page.More {
			return
		}
	}
}

func (s *show) stream(span int64) *streamed {
	st := s.streams[span]
	if st == nil {
		st = &streamed{}
		s.streams[span] = st
	}
	return st
}

func (s *show) live(l workbench.Live) {
	if s.events || s.quiet {
		return
	}
	if l.Span > s.after { // what opened the span is shown before what happens in it
		s.pull()
	}
	st := s.stream(l.Span)
	if st.closed || s.nested[l.Span] {
		return
	}
	if l.Again && st.text != "" {
		s.write(st, new(string), "\n(broken off: it begins anew)\n", dim)
		st.text = ""
	}
	s.margin = ""
	if l.Status != st.status && st.text == "" && strings.Contains(l.Status, "load") { // waits are in the log, loading is not
		st.status = l.Status
		s.line(dim, "%s …", l.Status)
	}
	s.write(st, &st.text, l.Text, "")
	s.write(st, &st.stdout, l.Stdout, dim)
	s.write(st, &st.stderr, l.Stderr, dim)
}

// write shows more of a stream.
func (s *show) write(st *streamed, shown *string, text, style string) {
	if text == "" {
		return
	}
	*shown += text
	if s.margin != "" {
		text = s.margin + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+s.margin) + "\n"
	}
	fmt.Fprint(s.c.err, s.paint.as(style, text))
	st.midLine = !strings.HasSuffix(text, "\n")
}

// rest shows what of a whole text was not streamed.
func (s *show) rest(st *streamed, shown *string, whole, style string) {
	if more, ok := strings.CutPrefix(whole, *shown); ok {
		s.write(st, shown, more, style)
	}
}

func (s *show) close(st *streamed) {
	if st.midLine {
		fmt.Fprintln(s.c.err)
	}
	st.closed = true
}

func (s *show) line(style, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if s.margin != "" {
		text = s.margin + strings.ReplaceAll(strings.TrimLeft(text, "\n"), "\n", "\n"+s.margin)
	}
	fmt.Fprintln(s.c.err, s.paint.as(style, text))
}

// event shows one recorded fact.
func (s *show) event(e event.Event) {
	if s.events {
		data, err := json.Marshal(e)
		if err != nil {
			s.c.complain(err)
			return
		}
		fmt.Fprintf(s.c.out, "%s\n", data)
		return
	}
	if b, ok := e.Body.(event.StepStarted); ok && s.quiet && b.Agent == 0 {
		s.line(dim, "step %d", b.Number)
	}
	whose, opens := s.cast.See(e)
	s.margin = s.margins[whose]
	if opens != 0 {
		s.margins[opens] = s.margin + "│ "
	}
	if whose != 0 {
		s.nested[e.Seq] = true
	}
	s.said(e, cmp.Or(opens, whose))
	if s.quiet {
		return
	}
	switch b := e.Body.(type) {
	case event.AgentStarted:
		s.line(bold, "┌ %s · %s · %s", b.Name, b.Now.Agent, b.Now.Model)
	case event.AgentFinished:
		s.margin = strings.TrimSuffix(s.margin, "│ ")
		s.line(dim, "└ %s: %s · %d steps · %s", b.Name, b.Status, b.Steps, spent(b.Usage))
	case event.RunStarted:
		s.line(dim, "run %s · %s · %s", e.Run, b.Agent, b.Model)
	case event.RunForked:
		s.line(dim, "run %s · %s · %s · goes on from step %d of %s", e.Run, b.Now.Agent, b.Now.Model, b.Step, b.Parent)
		if b.Now.Task != "" {
			s.line("", "%s", b.Now.Task)
		}
	case event.StepStarted:
		s.line(bold, "\n── Step %d", b.Number)
	case event.ModelDelayed:
		s.line(dim, "%s", delayed(b))
	case event.ModelFinished:
		s.modelFinished(e.Span, b)
	case event.ReplyUnusable:
		s.line(red, "%s: the model was told, and goes on.", b.Reason)
	case event.CodeFinished:
		s.codeFinished(e.Span, b)
	case event.ModeChanged:
		s.close(s.stream(e.Span))
		s.line(dim, "%s. The agent goes on another way.", b.Why)
	case event.CodeStarted:
		if b.Call != "" || b.Edited { // in text, the code was seen as it came
			if b.Edited {
				s.line(dim, "code by hand")
			} else {
				s.line(dim, "→ python")
			}
			s.line("", "%s", b.Code)
		}
	case event.ToolStarted:
		s.asked[e.Seq] = b.Call != ""
		s.line(dim, "→ %s(%s)", b.Name, short(string(b.Args), 100))
	case event.ToolFinished:
		if b.Error != "" {
			s.line(red, "← %s: %s", b.Name, short(b.Error, 200))
		} else if s.asked[e.Span] {
			s.line(dim, "← %s: %s", b.Name, short(b.Result, 500))
		}
	case event.PermissionDecided:
		s.line(dim, "%s", decided(b))
	case event.FetchStarted:
		s.line(dim, "→ %s %s", b.Method, short(b.URL, 200))
	case event.FetchFinished:
		if b.Error != "" {
			s.line(red, "← %s", short(b.Error, 200))
		} else {
			s.line(dim, "← %d, %d bytes", b.Status, b.Bytes)
		}
	case event.PlanEdited:
		s.line(bold, "the plan, changed by the user:")
		s.line("", "%s", cmp.Or(b.Plan, "(none)"))
	case event.ContextCompacted:
		s.line(dim, "%s: old steps were folded for the model.", b.Why)
	case event.CompactionUndone:
		s.line(dim, "the model is told all steps whole again, as far as they fit.")
	case event.AnswerChecked:
		for _, r := range b.Results {
			if r.Passed {
				s.line(dim, "✓ %s %s", r.Kind, short(r.Value, 100))
			} else {
				s.line(red, "✗ %s", r.Why)
			}
		}
	case event.LoopNoticed:
		s.line(red, "The same code gave the same result, %d times now.", b.Times)
	case event.ArtefactSaved:
		s.line(dim, "file %s (%d bytes)", b.Name, b.Size)
	case event.RunFinished:
		s.line(dim, "\n%s", ended(b))
	case event.RunStopped:
		s.line(bold, "\nstopped")
	}
}

// said follows what the user says to the agents, and whether they read it.
func (s *show) said(e event.Event, whose int64) {
	switch b := e.Body.(type) {
	case event.AgentStarted:
		if s.names == nil {
			s.names = map[int64]string{}
		}
		s.names[whose] = b.Name
	case event.UserSteered:
		switch {
		case whose != 0:
			s.line(bold, "you to %s: %s", s.names[whose], b.Text)
		case b.For != "":
			s.line(bold, "you to %s, which has ended; the agent is told: %s", b.For, b.Text)
		default:
			s.line(bold, "you: %s", b.Text)
		}
		if whose == 0 {
			s.unread = append(s.unread, e.Seq)
		}
	case event.CompactionUndone:
		s.line(bold, "you: all steps are told whole again")
	case event.ModelStarted:
		if whose == 0 {
			s.unread = slices.DeleteFunc(s.unread, func(seq int64) bool { return seq <= b.Heard })
		}
	case event.RunForked:
		s.unread = nil
	}
	if n := len(s.unread); n > 0 && journal.Ends(e.Body) {
		s.line(bold, "%d of your messages came after the last step and were not read; --continue %s reads them first", n, e.Run)
	}
}

func delayed(b event.ModelDelayed) string {
	wait := float64(b.WaitMS) / 1000
	if b.Fault == nil {
		return fmt.Sprintf("waiting %.0f s: at most %d requests a minute", wait, b.PerMinute)
	}
	return fmt.Sprintf("%s; trying again in %.0f s (try %d)", b.Fault.Error(), wait, b.Try)
}

func ended(b event.RunFinished) string {
	state := "finished"
	if b.Status == event.MaxSteps {
		state = "the steps are spent; this is the best answer there was"
	}
	if len(b.Unmet) > 0 {
		state = "the steps are spent, and the answer fails its checks"
	}
	return fmt.Sprintf("%s · %d steps · %s · %.1f s", state, b.Steps, spent(b.Usage), float64(b.DurationMS)/1000)
}

func (s *show) modelFinished(span int64, b event.ModelFinished) {
	st := s.stream(span)
	s.rest(st, &st.text, agent.Freely(b.Text), "")
	s.close(st)
}

func (s *show) codeFinished(span int64, b event.CodeFinished) {
	st := s.stream(span)
	s.rest(st, &st.stdout, b.Stdout, dim)
	s.rest(st, &st.stderr, b.Stderr, dim)
	s.close(st)
	switch {
	case !b.Ran():
		s.line(red, "not run: it was refused")
	case b.Killed != "":
		s.line(red, "stopped: %s limit; the state is as before the step", b.Killed)
	case b.Error != nil:
		s.line(red, "%s", strings.TrimRight(b.Error.Traceback, "\n"))
	case b.Value != nil && b.Final == nil:
		s.line(dim, "= %s", short(b.Value.Repr, 2000))
	}
	if s.vars {
		s.variables(b.Variables)
	}
}

// variables shows what a step changed.
func (s *show) variables(v *event.Variables) {
	for _, line := range variableLines(v) {
		s.line(dim, "%s", line)
	}
}

// variableLines tells what a step changed: + a new variable, - one that is gone.
func variableLines(v *event.Variables) []string {
	if v == nil {
		return nil
	}
	var lines []string
	for _, c := range v.Changed {
		mark, size := " ", ""
		if c.New {
			mark = "+"
		}
		if len(c.Shape) > 0 {
			size = " " + strings.Trim(strings.ReplaceAll(fmt.Sprint(c.Shape), " ", "×"), "[]")
		} else if c.Len != nil {
			size = fmt.Sprintf(" of %d", *c.Len)
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s%s = %s", mark, c.Name, c.Type, size, short(c.Preview, 100)))
	}
	for _, name := range v.Removed {
		lines = append(lines, "- "+name)
	}
	if v.More > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", v.More))
	}
	return lines
}

func short(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}

// Styles of a terminal (ECMA-48, SGR).
const (
	bold = "1"
	dim  = "2"
	red  = "31"
)

// painter colours on a terminal only, and never when NO_COLOR is set (no-color.org).
type painter bool

func newPainter(w io.Writer) painter {
	f, ok := w.(*os.File)
	return painter(ok && isTerminal(f) && os.Getenv("NO_COLOR") == "")
}

func (p painter) as(style, text string) string {
	if !p || style == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// spent tells tokens, and their cost if it is known.
func spent(u llm.Usage) string {
	text := fmt.Sprintf("%d tokens in, %d out", u.Input, u.Output)
	if u.Cached > 0 {
		text = fmt.Sprintf("%d tokens in (%d cached), %d out", u.Input, u.Cached, u.Output)
	}
	if u.Cost > 0 {
		text += fmt.Sprintf(" · $%.4g", u.Cost)
	}
	return text
}
