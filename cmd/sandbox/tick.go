package sandbox

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// longestTick bounds how many cycles one command runs through.
const longestTick = 366 * 24 * time.Hour

func newSandboxTickCmd(a *cli.App) *cobra.Command {
	var cycles int
	c := &cobra.Command{
		Use:   "tick [DURATION]",
		Short: "Put the sandbox's clock forward",
		Long: `Put the sandbox's clock forward by a time such as 40m or 31d. All provisioning
cycles that fall due meanwhile run at their times, each 40 minutes after the one
before, or later in quarantine. What failed is tried again when it is time, and
who was deleted 30 days before is deleted for good. Without a time it goes to
the next cycle of any job that runs. The clock does not go back, but with
sandbox reset.

As JSON: from, to, cyclesRun, cycles[] {at, until and cycles when several in a
row had nothing to do, application, jobId, kind (initial or incremental), state,
created, updated, disabled, deleted, failed, staged (held back as too many),
quarantine, error, next, switchedOff}, purged[] {id, userPrincipalName, at}.`,
		Example: `  scimctl sandbox tick 40m

  # A deleted user's account is deleted in the application after 30 days
  scimctl sandbox tick 31d`,
		RunE: func(c *cobra.Command, args []string) error {
			move, err := moveOf(c, args, cycles)
			if err != nil {
				return err
			}
			return tick(a, c, move)
		},
	}
	c.Flags().IntVar(&cycles, "cycles", 1, "go on until this `number` of cycles has run")
	return c
}

func moveOf(c *cobra.Command, args []string, cycles int) (sandbox.Move, error) {
	switch {
	case cycles < 1 || cycles > 10000:
		return sandbox.Move{}, exit.Usagef(c, "--cycles is a number from 1 to 10000")
	case len(args) == 0:
		return sandbox.Move{Cycles: cycles}, nil
	case c.Flags().Changed("cycles"):
		return sandbox.Move{}, exit.Usagef(c, "give a time or --cycles, not both")
	}
	var by flags.Days
	if err := by.Set(args[0]); err != nil {
		return sandbox.Move{}, exit.Usagef(c, "%q is not a time: %w", args[0], err)
	}
	if time.Duration(by) > longestTick {
		return sandbox.Move{}, exit.Usagef(c, "%s is more than a year (366d)", args[0])
	}
	return sandbox.Move{By: time.Duration(by)}, nil
}

func tick(a *cli.App, c *cobra.Command, move sandbox.Move) error {
	if a.Settings.DryRun {
		a.Say("the sandbox's clock would be put forward, and the cycles due would run")
		return nil
	}
	tenant, err := a.OpenSandbox(c.Context())
	if err != nil {
		return err
	}
	defer func() { _ = tenant.Close() }() // its state is saved with every change
	passed, err := tenant.Advance(c.Context(), move)
	if err != nil && passed.Ran == 0 {
		return err
	}
	return errors.Join(showPassed(a, passed), err)
}

func showPassed(a *cli.App, p sandbox.Passed) error {
	if f := a.Printer.Format; f == output.CSV || f == output.TSV {
		return output.List(a.IO.Out, a.Printer, p.Cycles, cycleColumns()...)
	}
	return output.Text(a.IO.Out, a.Printer, p, func(w io.Writer) error {
		if err := output.List(w, a.Printer, p.Cycles, cycleColumns()...); err != nil {
			return err
		}
		for _, u := range p.Purged {
			a.IO.Note("%s, deleted 30 days before, was deleted for good at %s", u.Name, cli.Moment(u.At))
		}
		a.Say("the sandbox's time is %s; %s", cli.Moment(p.To), ranOf(p.Ran))
		return nil
	})
}

func ranOf(cycles int) string {
	switch cycles {
	case 0:
		return "no cycle was due"
	case 1:
		return "1 cycle has run"
	}
	return fmt.Sprintf("%d cycles have run", cycles)
}

func cycleColumns() []output.Column[sandbox.CycleReport] {
	return []output.Column[sandbox.CycleReport]{
		cli.Column("at", func(r sandbox.CycleReport) string { return cli.Moment(r.At) }),
		cli.Column("application", func(r sandbox.CycleReport) string { return r.Application }),
		cli.Column("cycle", cycleOf),
		cli.Column("did", didOf),
		cli.Column("next", func(r sandbox.CycleReport) string { return cli.Moment(r.Next) }),
		cli.Long("error", func(r sandbox.CycleReport) string { return r.Error }),
	}
}

// cycleOf names a cycle, or several in a row that had nothing to do.
func cycleOf(r sandbox.CycleReport) string {
	if r.Cycles > 1 {
		return fmt.Sprintf("%d × %s", r.Cycles, r.Kind)
	}
	return r.Kind
}

// didOf tells what a cycle did in words.
func didOf(r sandbox.CycleReport) string {
	var parts []string
	for _, n := range []struct {
		count int
		verb  string
	}{{r.Created, "created"}, {r.Updated, "updated"}, {r.Disabled, "disabled"}, {r.Deleted, "deleted"}, {r.Failed, "failed"}, {r.Staged, "held back"}} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.verb))
		}
	}
	if r.Quarantine != "" {
		parts = append(parts, "in quarantine: "+r.Quarantine)
	}
	if r.SwitchedOff {
		parts = append(parts, "switched off after 28 days in quarantine")
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}
