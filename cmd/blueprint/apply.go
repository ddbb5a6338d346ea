package blueprint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func NewApply(a *cli.App) *cobra.Command {
	var files fileFlags
	var updateSecrets, commands bool
	c := &cobra.Command{
		Use: "apply [plan]",
		Annotations: cli.Asks(plans(),
			graph.OpInstantiate, graph.OpCreateExtension, graph.OpDeleteExtension, graph.OpCreateJob,
			graph.OpWriteSecrets, graph.OpWriteSchema, graph.OpAssign, graph.OpUnassign, graph.OpReadOwnAssignments,
			graph.OpUpdateUser, graph.OpPauseJob, graph.OpStartJob,
		),
		Short:   "Make the tenant as a file says",
		GroupID: cli.GroupFile,
		Long: `Make the tenant as a file says, or carry out a plan that scimctl plan --out has
kept. The plan is shown, and a question asked; --yes answers it.

All mappings go out in one write, and credentials and settings in one; new
credentials are tried before anything is started. After a failure what does not
depend on it is done all the same. In the end it says what is done and what is
not: running the command again does the rest, and what is done already is not
written again. A kept plan is refused with exit code 5 when the tenant is no
longer as it was.

With --dry-run the plan is shown, and nothing else is done: -v lists no requests,
of which later ones hold what earlier ones are answered.

Credentials are read where the file says: env:NAME, file:PATH, or command:LINE,
which runs only with --allow-commands. In the sandbox they are the sandbox's own
unless --allow-references is given, and no command runs. They are written when the saved ones do
not work, when this machine saved others before, or with --update-secrets.

As JSON: results[] {application, id, outcome (done, failed, skipped), error,
because}, warnings[], schemaCopies[].`,
		Example: `  scimctl apply -f workato.yaml

  # What was reviewed, and nothing else
  scimctl plan -f workato.yaml --out workato.plan
  scimctl apply workato.plan --yes

  # Leave to somebody else what takes the strongest permission
  scimctl apply -f workato.yaml --skip assignments`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			apply, err := planned(a, c, args, &files, updateSecrets)
			if err != nil {
				return err
			}
			apply.Resolver = resolver(a, &files, commands)
			if apply.History, err = a.History(); err != nil {
				return err
			}
			if apply.Keeper, err = a.Keeper(); err != nil {
				return err
			}
			return runApply(a, c, apply)
		},
	}
	files.register(a, c)
	c.Flags().BoolVar(&updateSecrets, "update-secrets", false, "write the credentials also when the saved ones work")
	c.Flags().BoolVar(&commands, "allow-commands", false, "run the commands that the file gets credentials from")
	return c
}

// planned makes the plan that is to be applied, or reads one and makes it anew.
func planned(a *cli.App, c *cobra.Command, args []string, files *fileFlags, updateSecrets bool) (apply planning.Apply, err error) {
	if len(args) == 0 {
		m, err := files.read(c, a)
		if err != nil {
			return apply, err
		}
		m.UpdateSecrets = updateSecrets
		return plannedNow(a, c, m)
	}
	if len(files.paths)+len(files.vars)+len(files.only)+len(files.skip) > 0 || updateSecrets {
		return apply, exit.Usagef(c, "a kept plan stands for itself: -f, --var, --only, --skip and --update-secrets go with plan")
	}
	text, err := a.ReadFile(args[0], bounds.Document)
	if err != nil {
		return apply, exit.Usagef(c, "%w", err)
	}
	saved, err := planning.ReadSaved(args[0], text)
	if err != nil {
		return apply, err
	}
	tenant, err := tenantID(a, c)
	if err == nil {
		err = saved.IsFor(tenant)
	}
	if err != nil {
		return apply, err
	}
	withholdOf(a, saved.Blueprints)
	if rehearses(a, files) {
		planning.Rehearse(saved.Blueprints, sandbox.SCIMURL, sandbox.TokenURL)
	}
	apply, err = plannedNow(a, c, planning.Make{Blueprints: saved.Blueprints, Selection: saved.Selection, UpdateSecrets: saved.UpdateSecrets})
	if err != nil {
		return apply, err
	}
	apply.Saved = true
	return apply, saved.Still(apply.Plan)
}

func plannedNow(a *cli.App, c *cobra.Command, m planning.Make) (apply planning.Apply, err error) {
	m.Suggest = !a.Settings.Yes
	if m.Graph, err = a.Graph(c.Context()); err != nil {
		return apply, err
	}
	apply = planning.Apply{Graph: m.Graph, Selection: m.Selection}
	apply.Plan, err = m.Do(c.Context())
	return apply, err
}

// runApply shows the plan, asks and carries it out.
func runApply(a *cli.App, c *cobra.Command, apply planning.Apply) error {
	ctx := c.Context()
	var err error
	problem := apply.Plan.Judge(false)
	if problem == nil && !a.Settings.DryRun {
		if apply.Plan, err = apply.Prepare(ctx); err != nil {
			return err
		}
	}
	if err := sayPlan(a, apply.Plan); err != nil || problem != nil {
		return cmp.Or(err, problem)
	}
	if apply.Plan.Steps() == 0 || a.Settings.DryRun {
		if a.Settings.DryRun {
			a.IO.Say("dry run, nothing is changed: no credentials were read or tried")
		}
		return tellApplied(a, planning.Applied{Results: []planning.Result{}, Warnings: []string{}, Copies: []string{}})
	}
	if err := a.ConfirmIn(ctx, "%s", question(apply.Plan)); err != nil {
		return err
	}
	progress := &applyProgress{app: a}
	apply.Report = progress.tell
	done, err := apply.Do(ctx)
	progress.flush()
	sayApplied(a, ctx, done, err)
	return cmp.Or(err, tellApplied(a, done))
}

// sayPlan shows the plan as talk: the answer is what was done.
func sayPlan(a *cli.App, plan planning.Plan) error {
	for _, application := range plan.Applications {
		for _, warning := range application.Warnings {
			a.IO.Warn("%s: %s", application.Application, warning)
		}
	}
	if a.Settings.Quiet && !a.Settings.DryRun {
		return nil
	}
	return writePlan(a.IO.Err, plan, a.IO.ErrStyle())
}

// question names what is at stake.
func question(plan planning.Plan) string {
	var names, risks []string
	for _, application := range plan.Applications {
		if len(application.Steps) > 0 {
			names = append(names, application.Application)
		}
		for _, r := range application.Risks() {
			risks = append(risks, r.What+cli.Reaching(r.People, r.AtMost))
		}
	}
	text := fmt.Sprintf("apply %s to %s", words.Count(plan.Steps(), "change"), bounds.Names(names))
	if len(risks) > 0 {
		text += "; " + strings.Join(risks, "; ")
	}
	return text
}

// applyProgress tells of steps as they end, those of one write together.
type applyProgress struct {
	app   *cli.App
	first planning.Result
	done  int
}

func (p *applyProgress) tell(r planning.Result) {
	if p.done > 0 && (r.Application != p.first.Application || r.Step.Write != p.first.Step.Write) {
		p.flush()
	}
	switch r.Outcome {
	case planning.Done:
		if p.done == 0 {
			p.first = r
		}
		p.done++
	case planning.Failed:
		p.app.IO.Warn("%s: %s failed: %s", r.Application, r.Step.Subject, r.Error)
	case planning.Skipped:
		p.app.IO.Warn("%s: %s skipped: %s", r.Application, r.Step.Subject, r.Because)
	}
}

func (p *applyProgress) flush() {
	switch {
	case p.done == 1:
		p.app.IO.Note("%s: done: %s", p.first.Application, cli.OneLineOf(stepLine(p.first.Step)))
	case p.done > 1:
		p.app.IO.Note("%s: done: %s of %s", p.first.Application, words.Count(p.done, "change"), p.first.Step.Write)
	}
	p.done = 0
}

// sayApplied says what was done and what not.
func sayApplied(a *cli.App, _ context.Context, done planning.Applied, err error) {
	for _, warning := range done.Warnings {
		a.IO.Warn("%s", warning)
	}
	for _, path := range done.Copies {
		a.IO.Note("the schema as it was before is kept in %s", path)
		a.TellPipeline("schema-copy", path)
	}
	count := map[planning.Outcome]int{}
	undo := map[string]bool{} // each copy once
	for _, r := range done.Results {
		count[r.Outcome]++
		if e, ok := errors.AsType[*mappings.NotKeptError](r.Err); ok && e.CopyID != "" && !undo[e.CopyID] {
			undo[e.CopyID] = true
			a.Note(remedy.Run("to undo this", "mapping restore", e.CopyID).Flag("app", r.Application))
		}
	}
	if err == nil {
		a.IO.Note("%s done", words.Count(count[planning.Done], "change"))
		return
	}
	again := "when what failed is mended, running the command again does the rest"
	if errors.Is(err, context.Canceled) {
		again = "running the command again does the rest"
	}
	a.IO.Say("%d done, %d failed, %d skipped; %s", count[planning.Done], count[planning.Failed], count[planning.Skipped], again)
}

func tellApplied(a *cli.App, done planning.Applied) error {
	if a.ForPeople() {
		return nil
	}
	if a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
		return output.List(a.IO.Out, a.Printer, done.Results,
			cli.Column("application", func(r planning.Result) string { return r.Application }),
			cli.Column("id", func(r planning.Result) string { return r.ID }),
			cli.Column("outcome", func(r planning.Result) string { return string(r.Outcome) }),
			cli.Column("error", func(r planning.Result) string { return r.Error + r.Because }))
	}
	return output.Fields(a.IO.Out, a.Printer, done)
}
