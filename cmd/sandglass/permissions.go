package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sandglass/backend/fault"
	"sandglass/backend/workbench"
)

func (c *cli) permissionsCommand() *cobra.Command {
	cmd := group("permissions", "What was allowed or refused for good")
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "Remembered decisions on modules and hosts", Args: cobra.NoArgs,
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, _ []string) error {
			all, err := w.Permissions()
			if err != nil {
				return err
			}
			if asJSON {
				c.printJSON(all)
				return nil
			}
			t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
			for _, p := range all {
				verb, who := "never", "every agent"
				if p.Allow {
					verb = "allowed"
				}
				if p.Agent != "" {
					who = p.Agent
				}
				fmt.Fprintf(t, "%s:%s\t%s\t%s\n", p.Kind, p.Value, verb, who)
			}
			return t.Flush()
		}),
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	var agent string
	revoke := &cobra.Command{
		Use: "revoke SCOPE", Short: "Forget a decision: the next time it is asked again", Args: exactlyOne("SCOPE"),
		Example: "  sandglass permissions revoke host:example.org",
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			all, err := w.Permissions()
			if err != nil {
				return err
			}
			kind, value, _ := strings.Cut(args[0], ":")
			if !slices.ContainsFunc(all, func(p workbench.Permission) bool { return p.Kind == kind && p.Value == value && p.Agent == agent }) {
				return fault.New(fault.NotFound, "Nothing was decided on "+args[0], "", "See `sandglass permissions list`.")
			}
			return w.Revoke(kind, value, agent)
		}),
	}
	revoke.Flags().StringVar(&agent, "agent", "", "the decision that was made for this agent by `NAME`")
	cmd.AddCommand(list, revoke)
	return cmd
}
