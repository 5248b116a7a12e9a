package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"sandglass/backend/event"
	"sandglass/backend/workbench"
)

func (c *cli) runsCommand() *cobra.Command {
	cmd := group("runs", "List, search, show, tag and delete the runs that are kept")
	var asJSON bool
	var limit int
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print JSON")
	list := &cobra.Command{
		Use: "list", Short: "The newest runs", Args: cobra.NoArgs,
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, _ []string) error {
			return c.listRuns(w, workbench.RunQuery{Limit: limit}, asJSON)
		}),
	}
	search := &cobra.Command{
		Use: "search TEXT", Short: "Runs whose task, code, output or answer holds the words", Args: exactlyOne("TEXT"),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			return c.listRuns(w, workbench.RunQuery{Search: args[0], Limit: limit}, asJSON)
		}),
	}
	for _, s := range []*cobra.Command{list, search} {
		s.Flags().IntVarP(&limit, "limit", "n", 20, "how many at most")
	}
	var variables bool
	show := &cobra.Command{
		Use: "show RUN", Short: "A run, step by step (the beginning of its id suffices)", Args: exactlyOne("RUN"),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			return c.showRun(w, event.RunID(args[0]), asJSON, variables)
		}),
	}
	show.Flags().BoolVar(&variables, "variables", false, "show which variables each step made, changed and removed")
	del := &cobra.Command{
		Use: "delete RUN", Short: "Delete a run and its files for good", Args: exactlyOne("RUN"),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			run, err := w.Run(event.RunID(args[0]))
			if err != nil {
				return err
			}
			return w.DeleteRun(run.ID)
		}),
	}
	tag := &cobra.Command{
		Use: "tag RUN [TAG…]", Short: "Set a run's tags; none removes them", Args: cobra.MinimumNArgs(1),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			run, err := w.Run(event.RunID(args[0]))
			if err != nil {
				return err
			}
			return w.TagRun(run.ID, args[1:])
		}),
	}
	cmd.AddCommand(list, search, show, del, tag, c.saveCommand(), c.exportCommand(), c.importCommand())
	return cmd
}

func (c *cli) listRuns(w *workbench.Workbench, q workbench.RunQuery, asJSON bool) error {
	if q.Limit < 1 {
		return usage("--limit %d: use a number of at least 1", q.Limit)
	}
	page, err := w.Runs(q)
	if err != nil {
		return err
	}
	if asJSON {
		c.printJSON(page)
		return nil
	}
	if len(page.Runs) == 0 {
		what := "There are no runs yet: sandglass run \"…\" makes one."
		if q.Search != "" {
			what = "No run holds these words."
		}
		fmt.Fprintln(c.err, what)
		return nil
	}
	t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, r := range page.Runs {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d steps\t%s\t%s\n", r.ID, time.UnixMilli(r.StartedAt).Format("2006-01-02 15:04"), r.Status, r.Steps, r.Model, short(r.Title, 60))
		if r.Snippet != "" {
			fmt.Fprintf(t, "\t%s\n", strings.Map(unmark, short(r.Snippet, 100)))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if more := page.Total - len(page.Runs); more > 0 {
		fmt.Fprintf(c.err, "… and %d more: --limit %d shows all\n", more, page.Total)
	}
	return nil
}

// unmark drops the marks of a snippet and its line breaks.
func unmark(r rune) rune {
	switch r {
	case 0xE000, 0xE001:
		return -1
	case '\n':
		return ' '
	}
	return r
}

func (c *cli) showRun(w *workbench.Workbench, id event.RunID, asJSON, variables bool) error {
	run, events, err := allEvents(w, id)
	if err != nil {
		return err
	}
	if asJSON {
		c.printJSON(struct {
			Run    event.Run     `json:"run"`
			Events []event.Event `json:"events"`
		}{run, events})
		return nil
	}
	return c.replay(context.Background(), w, run.ID, 0, variables)
}

func (c *cli) printOutcome(run event.Run) {
	switch {
	case run.Answer != "":
		fmt.Fprintf(c.out, "\n%s\n", run.Answer)
	case run.Fault != nil:
		fmt.Fprintf(c.out, "\nfailed: %s\n%s\n", run.Fault.Error(), run.Fault.Do)
	case run.Status != event.Finished:
		fmt.Fprintf(c.out, "\n%s\n", run.Status)
	}
}

func (c *cli) saveCommand() *cobra.Command {
	var to, form string
	cmd := &cobra.Command{
		Use: "save RUN NAME", Short: "Write a file or a figure of a run; a figure also as a picture",
		Long: "Write a file that a run's code wrote, or a value that it displayed (displayed/…), as `runs show` names it.\n" +
			"A figure becomes a picture if FILE ends in .png or .svg, or with --as.",
		Args: cobra.ExactArgs(2),
	}
	cmd.Flags().StringVarP(&to, "output", "o", "", "`FILE` to write to, in place of standard output")
	cmd.Flags().StringVar(&form, "as", "", "form of a figure: png or svg")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if form != "" {
			if err := oneOf("as", form, "png", "svg"); err != nil {
				return err
			}
		}
		return c.withDesk(func(ctx context.Context, w *workbench.Workbench, args []string) error {
			run, err := w.Run(event.RunID(args[0]))
			if err != nil {
				return err
			}
			data, err := w.Artefact(run.ID, args[1])
			if err != nil {
				return err
			}
			name := to
			if form != "" {
				if !data.IsFigure() {
					return usage("--as: %s is no figure of plotly", args[1])
				}
				name = "figure." + form
			}
			content, err := data.SavedAs(ctx, name)
			if err != nil {
				return err
			}
			if to != "" {
				return workbench.WriteFile(to, content)
			}
			_, err = c.out.Write(content)
			return err
		})(cmd, args)
	}
	return cmd
}

func (c *cli) exportCommand() *cobra.Command {
	var form, to string
	cmd := &cobra.Command{
		Use: "export RUN", Short: "Write a run to a file: everything as JSON, its code as a Python script, or its agents' memory", Args: exactlyOne("RUN"),
	}
	cmd.Flags().StringVar(&form, "as", "json", "form: json (all, for import), py (its code), memory (its steps), memory-full (with what every call was sent)")
	cmd.Flags().StringVarP(&to, "output", "o", "", "`FILE` to write to, in place of standard output")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := oneOf("as", form, workbench.ExportForms...); err != nil {
			return err
		}
		return c.withDesk(func(_ context.Context, w *workbench.Workbench, _ []string) error {
			data, err := w.ExportRun(event.RunID(args[0]), form)
			if err != nil {
				return err
			}
			if to != "" {
				return workbench.WriteFile(to, data)
			}
			_, err = c.out.Write(append(data, '\n'))
			return err
		})(cmd, args)
	}
	return cmd
}

func (c *cli) importCommand() *cobra.Command {
	return &cobra.Command{
		Use: "import FILE…", Short: "Add runs that were exported as JSON", Args: atLeastOne("FILE"),
		RunE: c.withDesk(func(_ context.Context, w *workbench.Workbench, args []string) error {
			for _, name := range args {
				data, err := os.ReadFile(name)
				if err != nil {
					return usage("%v", err)
				}
				run, err := w.ImportRun(data)
				if err != nil {
					return err
				}
				fmt.Fprintln(c.out, run.ID)
			}
			return nil
		}),
	}
}
