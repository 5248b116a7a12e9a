package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sandglass/backend/workbench"
)

func (c *cli) agentsCommand() *cobra.Command {
	cmd := group("agents", "The saved agents, and their exchange as files")
	var asJSON bool
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print JSON")
	list := &cobra.Command{
		Use: "list", Short: "Names, models and what they are for", Args: cobra.NoArgs,
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, _ []string) error {
			agents, err := w.Agents()
			if err != nil {
				return err
			}
			if asJSON {
				c.printJSON(agents)
				return nil
			}
			t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
			for _, a := range agents {
				fmt.Fprintf(t, "%s\t%s\t%s\n", a.Name, either(string(a.Model), "default model"), short(a.Description, 80))
			}
			return t.Flush()
		}),
	}
	show := &cobra.Command{
		Use: "show NAME", Short: "An agent's settings, and what it names that is not here", Args: exactlyOne("NAME"),
		RunE: c.withDesk(func(ctx context.Context, w *workbench.Workbench, args []string) error {
			a, err := w.Agent(args[0])
			if err != nil {
				return err
			}
			return c.tellAgent(ctx, w, a, asJSON, func() { c.showAgent(a) })
		}),
	}
	var to string
	export := &cobra.Command{
		Use: "export NAME", Short: "Write an agent to a file (JSON), for another computer", Args: exactlyOne("NAME"),
		Long: "Write an agent to a file (JSON), for another computer. It holds all its settings; keys and addresses of model\n" +
			"servers belong to the computer and are not in it.",
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			x, err := w.ExportAgent(args[0])
			if err != nil {
				return err
			}
			if to != "" {
				return workbench.WriteFile(to, []byte(x.Text))
			}
			_, err = fmt.Fprint(c.out, x.Text)
			return err
		}),
	}
	export.Flags().StringVarP(&to, "output", "o", "", "`FILE` to write to, in place of standard output")
	var name string
	var replace bool
	imp := &cobra.Command{
		Use: "import FILE", Short: "Add an agent that was exported", Args: exactlyOne("FILE"),
		Long: "Add an agent that was exported. If its name is taken, say --as another name, or --replace. Tools, modules and\n" +
			"models that it names and that are not here are told; they stay with the agent.",
		RunE: c.withDesk(func(ctx context.Context, w *workbench.Workbench, args []string) error {
			a, err := w.ImportAgent(args[0], name, replace)
			if err != nil {
				return err
			}
			return c.tellAgent(ctx, w, a, asJSON, func() { fmt.Fprintln(c.out, a.Name) })
		}),
	}
	imp.Flags().StringVar(&name, "as", "", "keep it under this `NAME`")
	imp.Flags().BoolVar(&replace, "replace", false, "replace the agent of the same name")
	del := &cobra.Command{
		Use: "delete NAME", Short: "Delete an agent; its runs stay. Of the built-in one, the changes", Args: exactlyOne("NAME"),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error { return w.DeleteAgent(args[0]) }),
	}
	cmd.AddCommand(list, show, export, imp, del, c.promptsCommand(&asJSON))
	return cmd
}

// promptsCommand shows the texts behind an agent: all with their length, or one of them whole.
func (c *cli) promptsCommand(asJSON *bool) *cobra.Command {
	var diff bool
	cmd := &cobra.Command{
		Use: "prompts NAME [TEXT]", Short: "What a model is told of an agent: all texts, or one with its tools filled in", Args: cobra.RangeArgs(1, 2),
		Long: "What a model is told of an agent: the texts and about how many tokens they have, or one of them as the model gets\n" +
			"it, with the agent's real tools and modules. --diff shows how the agent's own texts differ from the default ones.",
	}
	cmd.Flags().BoolVar(&diff, "diff", false, "how the agent's own text differs from the default")
	cmd.RunE = c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
		a, err := w.Agent(args[0])
		if err != nil {
			return err
		}
		prompts, err := w.Prompts(a)
		if err != nil {
			return err
		}
		if len(args) == 2 {
			names := []string{}
			for _, p := range prompts {
				names = append(names, p.Name)
			}
			if !slices.Contains(names, args[1]) {
				return usage("there is no text %q; the texts are %s", args[1], strings.Join(names, ", "))
			}
			prompts = slices.DeleteFunc(prompts, func(p workbench.Prompt) bool { return p.Name != args[1] })
		}
		switch {
		case *asJSON:
			c.printJSON(prompts)
			return nil
		case diff:
			c.diffPrompts(a, prompts)
			return nil
		case len(args) == 2:
			fmt.Fprintln(c.out, prompts[0].Preview)
			if prompts[0].Fault != nil {
				return prompts[0].Fault
			}
			return nil
		}
		t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		for _, p := range prompts {
			fmt.Fprintf(t, "%s\tabout %d tokens\t%s\n", p.Name, p.Tokens, map[bool]string{true: "its own"}[a.Prompts[p.Name] != ""])
		}
		return t.Flush()
	})
	return cmd
}

func (c *cli) diffPrompts(a workbench.Agent, prompts []workbench.Prompt) {
	p := newPainter(c.out)
	for _, prompt := range prompts {
		if own := a.Prompts[prompt.Name]; own != "" && own != prompt.Default {
			fmt.Fprintln(c.out, prompt.Name)
			c.printDiff(p, prompt.Default, own)
		}
	}
}

// tellAgent prints an agent with what it names that is not here: as JSON, or by show.
func (c *cli) tellAgent(ctx context.Context, w *workbench.Workbench, a workbench.Agent, asJSON bool, show func()) error {
	lacks, err := w.AgentLacks(ctx, a)
	if err != nil {
		return err
	}
	if asJSON {
		c.printJSON(agentJSON{a, lacks})
		return nil
	}
	show()
	c.tellLacks(lacks)
	return nil
}

// agentJSON is what show and import print.
type agentJSON struct {
	Agent workbench.Agent  `json:"agent"`
	Lacks []workbench.Lack `json:"lacks"`
}

func (c *cli) tellLacks(lacks []workbench.Lack) {
	for _, l := range lacks {
		fmt.Fprintf(c.err, "Not here: the %s %s\n  %s\n", l.Kind, l.Name, l.Why)
	}
}

// showAgent prints what an agent says; what it leaves to the defaults is left out.
func (c *cli) showAgent(a workbench.Agent) {
	t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", label, strings.ReplaceAll(value, "\n", "\n\t"))
		}
	}
	number := func(label string, n int) {
		if n != 0 {
			line(label, fmt.Sprint(n))
		}
	}
	line("name", a.Name)
	line("description", a.Description)
	line("instructions", a.Instructions)
	line("model", either(string(a.Model), "the default model"))
	line("acts by", string(a.Mode))
	line("structured", a.Structured)
	line("guidance", a.Guidance)
	line("tools", strings.Join(a.Tools, ", "))
	line("imports", strings.Join(a.Imports, ", "))
	for _, t := range a.Team {
		line("calls", t.Agent+map[bool]string{true: ", who remembers earlier calls"}[t.Memory])
	}
	line("hosts", strings.Join(a.Hosts, ", "))
	number("most steps", a.MaxSteps)
	number("plan every", a.PlanEvery)
	for _, check := range a.Checks {
		line("check", strings.TrimSuffix(string(check.Kind)+" "+check.Value, " "))
	}
	line("own prompts", strings.Join(slices.Sorted(maps.Keys(a.Prompts)), ", "))
	if v := a.Options.Temperature; v != nil {
		line("temperature", fmt.Sprint(*v))
	}
	if v := a.Options.Seed; v != nil {
		line("seed", fmt.Sprint(*v))
	}
	number("context tokens", a.Options.ContextTokens)
	number("reply tokens", a.Options.MaxTokens)
	line("thinking", a.Options.Think)
	for _, stop := range a.Options.Stop {
		line("stops at", fmt.Sprintf("%q", stop))
	}
	line("kept loaded", a.Options.KeepAlive)
	_ = t.Flush()
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
