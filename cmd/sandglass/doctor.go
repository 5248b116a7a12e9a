package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sandglass/backend/workbench"
)

func (c *cli) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "What works here, what is missing, and how to mend it",
		Long:  "What works here, what is missing, and how to mend it. Exit code 1 if a task could not be run at all.",
		Args:  cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		checks := workbench.Diagnose(cmd.Context(), workbench.Config{Version: version})
		if asJSON {
			c.printJSON(checks)
		} else {
			c.printChecks(checks)
		}
		for _, k := range checks {
			if k.State == workbench.CheckFailed {
				return exitError{code: exitFailed}
			}
		}
		return nil
	}
	return cmd
}

func (c *cli) printChecks(checks []workbench.Check) {
	p := newPainter(c.out)
	marks := map[workbench.CheckState]string{workbench.CheckOK: "ok     ", workbench.CheckMissing: "missing", workbench.CheckFailed: "FAILED "}
	style := map[workbench.CheckState]string{workbench.CheckMissing: bold, workbench.CheckFailed: red}
	for _, k := range checks {
		fmt.Fprintf(c.out, "%s  %s: %s\n", p.as(style[k.State], marks[k.State]), k.Name, k.Detail)
		if k.Do != "" {
			fmt.Fprintf(c.out, "         %s\n", strings.ReplaceAll(k.Do, "\n", "\n         "))
		}
	}
}
