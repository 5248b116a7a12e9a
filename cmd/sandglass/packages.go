package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sandglass/backend/workbench"
)

func (c *cli) packagesCommand() *cobra.Command {
	cmd := group("packages", "Python packages that agents may import")
	var asJSON, byName bool
	list := &cobra.Command{
		Use: "list", Short: "What the runtime brings besides the standard library, and what you added", Args: cobra.NoArgs,
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, _ []string) error {
			all, err := w.Packages()
			if err != nil {
				return err
			}
			if asJSON {
				c.printJSON(all)
				return nil
			}
			return c.printPackages(all)
		}),
	}
	add := &cobra.Command{
		Use: "add FILE.whl", Short: "Add a pure Python wheel from a file", Args: exactlyOne("FILE.whl"),
		Long: "Add a pure Python wheel from a file. It is checked and copied into the data folder. Its modules may then be\n" +
			"imported by all agents, or with --by-name only by those that name them (--import MOD, or the agent's imports).\n" +
			"Its code runs in the sandbox only. Nothing is downloaded: what it needs and is not there is told.",
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			p, err := w.AddPackage(args[0], !byName)
			if err != nil {
				return err
			}
			if asJSON {
				c.printJSON(p)
				return nil
			}
			fmt.Fprintf(c.out, "%s %s\n", p.Name, p.Version)
			fmt.Fprintf(c.err, "Code may import: %s\n", strings.Join(p.Modules, ", "))
			if len(p.Missing) > 0 {
				fmt.Fprintf(c.err, "Not there, though it may need them: %s\n", strings.Join(p.Missing, ", "))
			}
			return nil
		}),
	}
	remove := &cobra.Command{
		Use: "remove NAME", Short: "Remove a package that was added", Args: exactlyOne("NAME"),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error { return w.RemovePackage(args[0]) }),
	}
	for _, sub := range []*cobra.Command{list, add} {
		sub.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	}
	add.Flags().BoolVar(&byName, "by-name", false, "only agents and runs that name its modules may import them")
	cmd.AddCommand(list, add, remove)
	return cmd
}

func (c *cli) printPackages(all workbench.PackageList) error {
	t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, p := range all.Runtime {
		fmt.Fprintf(t, "%s\t%s\truntime\n", p.Name, p.Version)
	}
	for _, p := range all.Added {
		note := "added"
		if !p.Everyone {
			note += ", if it is named"
		}
		if len(p.Missing) > 0 {
			note += "; not there: " + strings.Join(p.Missing, ", ")
		}
		if p.Fault != nil {
			note += "; " + p.Fault.Error()
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", p.Name, p.Version, note)
	}
	if len(all.Runtime) == 0 {
		fmt.Fprintln(c.err, "This is the base runtime, without data packages: make runtime builds the one with them.")
	}
	return t.Flush()
}
