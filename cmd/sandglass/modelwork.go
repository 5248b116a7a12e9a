package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/workbench"
)

func (c *cli) modelShowCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show MODEL", Short: "What Ollama knows of a model, and what its check found", Args: exactlyOne("MODEL"),
		RunE: c.withDesk(func(ctx context.Context, w *workbench.Workbench, args []string) error {
			ref, err := w.ModelRef(args[0])
			if err != nil {
				return err
			}
			d, err := w.ShowModel(ctx, ref)
			if err != nil {
				return err
			}
			f, checked, err := w.Fitness(ctx, ref, d.Info)
			if err != nil {
				return err
			}
			if asJSON {
				out := struct {
					Model   any                `json:"model"`
					Fitness *workbench.Fitness `json:"fitness"` // null if it was never checked
				}{Model: d}
				if checked {
					out.Fitness = &f
				}
				c.printJSON(out)
				return nil
			}
			t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
			row := func(name, value string) {
				if value != "" {
					fmt.Fprintf(t, "%s\t%s\n", name, value)
				}
			}
			row("name", string(ref))
			row("size", gigabytes(d.Info.Size))
			row("parameters", d.Info.Parameters)
			row("quantisation", d.Info.Quantisation)
			if d.Info.ContextTokens > 0 {
				row("context", fmt.Sprintf("%d tokens at most%s", d.Info.ContextTokens, contextCost(d.Info)))
			}
			row("can", strings.Join(d.Info.Capabilities, ", "))
			row("family", d.Family)
			row("licence", d.License)
			row("loaded", loaded(d.Loaded != nil, func() string {
				return fmt.Sprintf("%s (%s on the GPU), %d tokens of context", gigabytes(d.Loaded.Bytes), gigabytes(d.Loaded.BytesGPU), d.Loaded.ContextTokens)
			}))
			if d.Info.Cloud {
				row("runs", "on somebody else's computer")
			}
			row("defaults", strings.Join(strings.Fields(strings.ReplaceAll(d.Parameters, "\n", "; ")), " "))
			if err := t.Flush(); err != nil {
				return err
			}
			if !checked {
				fmt.Fprintf(c.out, "\nNot checked yet: sandglass models check %s\n", ref)
				return nil
			}
			fmt.Fprintln(c.out)
			return c.printFitness(f)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// contextCost says what a context of the usual size, and the largest one, take of the memory.
func contextCost(m llm.Info) string {
	if m.ContextBytes == 0 {
		return ""
	}
	usual := min(8192, m.ContextTokens)
	return fmt.Sprintf("; %d take about %s of memory, all of them %s",
		usual, gigabytes(int64(usual)*m.ContextBytes), gigabytes(int64(m.ContextTokens)*m.ContextBytes))
}

func loaded(is bool, how func() string) string {
	if !is {
		return "no"
	}
	return how()
}

func gigabytes(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n < 1e8:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

func (c *cli) modelPullCommand() *cobra.Command {
	return &cobra.Command{
		Use: "pull NAME", Short: "Download a model with Ollama; what is there already is not fetched again", Args: exactlyOne("NAME"),
		Example: "  sandglass models pull qwen3:8b",
		RunE: c.withDesk(func(ctx context.Context, w *workbench.Workbench, args []string) error {
			ref, err := w.ModelRef(args[0])
			if err != nil {
				return err
			}
			p := newProgress(c.err)
			err = w.Pull(ctx, ref, p.bytes)
			p.end()
			if errors.Is(err, context.Canceled) {
				fmt.Fprintf(c.err, "stopped; what was fetched is kept: sandglass models pull %s goes on with it\n", args[0])
				return exitError{exitStopped, nil}
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(c.out, strings.Replace(string(ref), "http://", "", 1)) // Ollama's name for it has no protocol
			return nil
		}),
	}
}

func (c *cli) modelRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rm MODEL", Short: "Delete a model from Ollama's disk", Args: exactlyOne("MODEL"),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			ref, err := w.ModelRef(args[0])
			if err != nil {
				return err
			}
			return w.DeleteModel(ref)
		}),
	}
}

func (c *cli) modelCheckCommand() *cobra.Command {
	var asJSON bool
	var host, base, keyEnv string
	cmd := &cobra.Command{
		Use: "check MODEL", Short: "Find out by eight short probes what a model can do for an agent", Args: exactlyOne("MODEL"),
		Long: "Find out by eight short probes what a model can do for an agent. What is found is kept, and sets how agents that\n" +
			"do not say themselves act with the model. It takes a minute on a quick computer and some minutes on a slow one.\n\n" +
			"Exit: 0 if agents can use the model, 1 if not.",
		RunE: c.withDesk(func(ctx context.Context, w *workbench.Workbench, args []string) error {
			ref := llm.Ref(args[0])
			if base == "" { // then it is openai/…, which need not be configured
				var err error
				if ref, err = w.ModelRef(args[0]); err != nil {
					return err
				}
			}
			spec := workbench.Spec{Model: ref, Endpoint: workbench.Endpoint{OllamaHost: host, BaseURL: base}}
			if keyEnv != "" {
				if spec.Endpoint.Key = os.Getenv(keyEnv); spec.Endpoint.Key == "" {
					return fault.New(fault.Unauthorized, "There is no key", "the environment variable "+keyEnv+" is empty", "Set it: export "+keyEnv+"=…")
				}
			}
			p := newProgress(c.err)
			f, err := w.Check(ctx, spec, p.steps)
			p.end()
			if errors.Is(err, context.Canceled) {
				return exitError{exitStopped, nil}
			}
			if err != nil {
				return err
			}
			if !f.Fit() {
				c.exit = exitFailed
			}
			if asJSON {
				c.printJSON(f)
				return nil
			}
			return c.printFitness(f)
		}),
	}
	fl := cmd.Flags()
	fl.BoolVar(&asJSON, "json", false, "print JSON")
	fl.StringVar(&host, "ollama-host", "", "`URL` of the Ollama server")
	fl.StringVar(&base, "base-url", "", "`URL` of an OpenAI-compatible server, as provider openai/")
	fl.StringVar(&keyEnv, "api-key-env", "", "`VAR` of the environment that holds the key")
	return cmd
}

// printFitness prints a report for a person.
func (c *cli) printFitness(f workbench.Fitness) error {
	fmt.Fprintf(c.out, "%s\nHow an agent acts with it: %s", f.Verdict, f.Mode)
	if f.Options.Think != "" {
		fmt.Fprintf(c.out, ", thinking %s", f.Options.Think)
	}
	fmt.Fprintf(c.out, ". Checked %s.\n", time.UnixMilli(f.CheckedAt).Format("2006-01-02"))
	if f.Stale {
		fmt.Fprintln(c.out, "The model has changed since: check it again.")
	}
	t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, p := range f.Probes {
		fmt.Fprintf(t, "%s\t%s\t%s\n\t\t%s\n", p.Name, p.State, p.Means, p.Detail)
	}
	return t.Flush()
}

// progress shows how far something is: on a terminal in one line, else in a line now and then.
type progress struct {
	out     io.Writer
	line    bool // a terminal
	width   int
	shown   string
	percent int64
	begun   time.Time
	from    int64 // bytes that were there at the beginning
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{out: w, line: ok && isTerminal(f), percent: -1, begun: time.Now(), from: -1}
}

func (p *progress) show(text string, always bool) {
	if text == p.shown {
		return
	}
	switch {
	case p.line:
		fmt.Fprintf(p.out, "\r%-*s", p.width, text)
		p.width = len([]rune(text))
	case always:
		fmt.Fprintln(p.out, text)
	}
	p.shown = text
}

func (p *progress) end() {
	if p.line && p.shown != "" {
		fmt.Fprintln(p.out)
	}
}

// bytes is for a download.
func (p *progress) bytes(status string, done, total int64) {
	if total == 0 {
		p.show(status, true)
		return
	}
	if p.from < 0 {
		p.from = done
	}
	tenth := done * 10 / total
	text := fmt.Sprintf("%3d %%  %s of %s", done*100/total, gigabytes(done), gigabytes(total))
	if s := time.Since(p.begun).Seconds(); s > 1 && done > p.from && done < total {
		text += fmt.Sprintf("  %.1f MB/s", float64(done-p.from)/s/1e6)
	}
	if done == total {
		text = status
	}
	p.show(text, tenth != p.percent || done == total)
	p.percent = tenth
}

// steps is for a check.
func (p *progress) steps(what string, done, total int64) {
	if done < total {
		p.show(fmt.Sprintf("%d of %d: %s", done+1, total, what), true)
	}
}
