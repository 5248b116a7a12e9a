package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sandglass/backend/fault"
	"sandglass/backend/workbench"
)

func (c *cli) modelsCommand() *cobra.Command {
	cmd := group("models", "The models that can be used")
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "Models of all providers, and why a provider cannot be asked", Args: cobra.NoArgs,
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, _ []string) error {
			providers, err := w.Models()
			if err != nil {
				return err
			}
			if asJSON {
				c.printJSON(providers)
				return nil
			}
			return c.printModels(providers)
		}),
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(list, c.modelShowCommand(), c.modelPullCommand(), c.modelRemoveCommand(), c.modelCheckCommand())
	return cmd
}

func (c *cli) printModels(providers []workbench.ProviderModels) error {
	t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, p := range providers {
		if p.Fault != nil {
			fmt.Fprintf(c.err, "%s: %s\n  %s\n", p.Provider.Name, p.Fault.Error(), p.Fault.Do)
		}
		for _, m := range p.Models {
			var notes []string
			for _, s := range []string{m.Parameters, m.Quantisation, gigabytes(m.Size)} {
				if s != "" {
					notes = append(notes, s)
				}
			}
			if m.Loaded {
				notes = append(notes, "loaded")
			}
			if m.ContextTokens > 0 {
				notes = append(notes, fmt.Sprintf("%d tokens of context", m.ContextTokens))
			}
			if m.Cloud {
				notes = append(notes, "runs on somebody else's computer")
			}
			notes = append(notes, m.Capabilities...)
			for _, f := range p.Fitness {
				if f.Model == m.Ref {
					notes = append(notes, "checked: "+f.Verdict)
				}
			}
			fmt.Fprintf(t, "%s\t%s\t%s\n", m.Ref, m.Name, strings.Join(notes, ", "))
		}
	}
	return t.Flush()
}

func (c *cli) toolsCommand() *cobra.Command {
	cmd := group("tools", "The tools that agents may be given")
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "Names and what they do", Args: cobra.NoArgs,
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, _ []string) error {
			specs, err := w.Tools()
			if err != nil {
				return err
			}
			if asJSON {
				c.printJSON(specs)
				return nil
			}
			t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
			for _, s := range specs {
				line, _, _ := strings.Cut(s.Doc, "\n")
				fmt.Fprintf(t, "%s\t%s\n", s.Name, line)
			}
			return t.Flush()
		}),
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	show := &cobra.Command{
		Use: "show NAME", Short: "A tool's signature and schema, as JSON", Args: exactlyOne("NAME"),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			specs, err := w.Tools()
			if err != nil {
				return err
			}
			for _, s := range specs {
				if s.Name == args[0] {
					c.printJSON(s)
					return nil
				}
			}
			return fault.New(fault.NotFound, "There is no tool "+args[0], "", "See `sandglass tools list`.")
		}),
	}
	call := &cobra.Command{
		Use: "call NAME JSON", Short: "Run a tool and print its result as JSON", Args: cobra.ExactArgs(2),
		Example: `  sandglass tools call visit_webpage '{"url": "https://example.org"}'`,
		RunE: c.withDesk(func(ctx context.Context, w *workbench.Workbench, args []string) error {
			result, err := w.CallTool(ctx, args[0], json.RawMessage(args[1]), c.person())
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s\n", result)
			return nil
		}),
	}
	cmd.AddCommand(list, show, call)
	return cmd
}
