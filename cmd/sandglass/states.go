package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"sandglass/backend/workbench"
)

// statesCommand shows and bounds the kept states of the sandbox.
func (c *cli) statesCommand() *cobra.Command {
	var asJSON bool
	var runs, mib int
	cmd := &cobra.Command{
		Use:   "states",
		Short: "What is kept of the sandbox's states, for --continue and --fork; and how much may be",
		Long: "Shows of how many runs the states of the sandbox are kept, and what they take on disk. --runs and --mib set the\n" +
			"bounds (0 keeps none); what is beyond them goes at once, the oldest first. The events of runs always stay, so\n" +
			"that a state which is gone can be made again by executing the run's code.",
		Args: cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&runs, "runs", 0, "of how many runs states are kept")
	cmd.Flags().IntVar(&mib, "mib", 0, "how much disk they may take, in MiB")
	set := cmd.Flags().Changed
	cmd.RunE = c.withDesk(func(_ context.Context, w *workbench.Workbench, _ []string) error {
		kept, err := w.KeptStates()
		if err != nil {
			return err
		}
		if set("runs") || set("mib") {
			if !set("runs") {
				runs = kept.MaxRuns
			}
			if !set("mib") {
				mib = kept.MaxMiB
			}
			if err := w.BoundStates(runs, mib); err != nil {
				return err
			}
			if kept, err = w.KeptStates(); err != nil {
				return err
			}
		}
		if asJSON {
			c.printJSON(kept)
		} else {
			fmt.Fprintf(c.out, "States are kept %s\n", kept)
		}
		return nil
	})
	return cmd
}
