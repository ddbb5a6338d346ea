package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A stop is one step of the tour: a command, and what it saves doing by hand.
type stop struct {
	Instead string // what a guide tells to click or paste
	Args    []string
	Stdin   string
}

const workatoRole = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role"

// workatoGuide is Workato's provisioning guide, step by step.
func workatoGuide(token string) []stop {
	const ada = "ada@contoso.com"
	line := func(instead, command string) stop { return stop{Instead: instead, Args: strings.Fields(command)} }
	credentials := line("Provisioning > Admin Credentials: paste tenant URL and secret token, Test Connection, Save",
		"credentials set --url "+sandbox.SCIMURL+" --token-stdin")
	credentials.Stdin = token + "\n"
	return []stop{
		line("Graph Explorer: GET /applications, search the answer for the object id", "app list --search work"),
		line("Graph Explorer: POST /applications/{id}/extensionProperties, three times", "ext create workato_role workato_role_test workato_role_prod"),
		line("Graph Explorer: find the user's id, PATCH /users/{id} with three long names", "user set-role "+ada+" Admin --env test=Analyst --env prod=Operator"),
		line("Graph Explorer: GET /users/{id}?$select=extension_…, compare by eye", "user get-role "+ada),
		line("Enterprise applications > Workato > Provisioning > Mode: Automatic", "provision setup"),
		credentials,
		line("Provisioning > Test Connection", "credentials test"),
		line("Provisioning > Mappings > Provision Microsoft Entra ID Users > Enabled: Yes", "mapping enable --object user"),
		line("… > Target Object Actions: tick Create and Update", "mapping actions --enable create,update"),
		line("… > Edit attribute list: add three attributes, Save; Add New Mapping, three times, Save",
			"mapping add "+workatoRole+"=workato_role "+workatoRole+"_test=workato_role_test "+workatoRole+"_prod=workato_role_prod"),
		line("Users and groups > Add user/group > Assign", "assignment add "+ada),
		line("Provisioning > Provision on demand > pick the user > Provision", "provision on-demand "+ada),
		line("Provisioning > Start provisioning", "provision start --yes"),
		line("Provisioning > Overview", "provision status"),
	}
}

// afterwards are the guide's last chapters: update users, deprovision them.
func afterwards() []stop {
	const ada = "ada@contoso.com"
	line := func(instead, command string) stop { return stop{Instead: instead, Args: strings.Fields(command)} }
	return []stop{
		line("Update: PATCH the user in Graph Explorer again", "user set-role "+ada+" --env prod=NoAccess"),
		line("… > Provision on demand", "provision on-demand "+ada),
		line("Deprovision: Users and groups > Remove", "assignment remove "+ada+" --yes"),
		line("… > Stop provisioning, Start provisioning: the cycle disables the account", "provision sync-now"),
		line("Provisioning > Overview", "provision status"),
	}
}

func newSandboxTourCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "tour",
		Short: "See Workato's whole guide done in the sandbox",
		Long: `Walk through Workato's provisioning guide in a sandbox of its own: every command
is shown with the portal step that it replaces, and runs as if it was typed. It
ends with the user as the application's SCIM server holds them, and with an
update and a deprovisioning. Your own sandbox is not touched.`,
		Example: `  scimctl sandbox tour

  # Only the answers
  scimctl sandbox tour --quiet`,
		RunE: func(c *cobra.Command, _ []string) error {
			folder, err := os.MkdirTemp("", "scimctl-tour-")
			if err != nil {
				return err
			}
			defer func() { _ = os.RemoveAll(folder) }() // the system clears its temporary folder
			t := tour{App: a, folder: folder}
			return t.walk(c.Context())
		},
	}
}

// A tour walks through a guide in a sandbox of its own.
type tour struct {
	*cli.App
	folder string
}

func (t *tour) walk(ctx context.Context) error {
	view, err := t.look()
	if err != nil {
		return err
	}
	iostreams.Fprintln(t.IO.Err, t.IO.ErrStyle().Yellow("SANDBOX"))
	if err := t.runAll(ctx, workatoGuide(view.Token)); err != nil {
		return err
	}
	if err := t.show("What the application's SCIM server holds now:"); err != nil {
		return err
	}
	if err := t.runAll(ctx, afterwards()); err != nil {
		return err
	}
	return t.show("And after the update and the deprovisioning:")
}

func (t *tour) runAll(ctx context.Context, stops []stop) error {
	for _, s := range stops {
		if err := t.run(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// run shows a step and carries it out as if it was typed, in an App of its own
// that writes where this one does.
func (t *tour) run(ctx context.Context, s stop) error {
	style := t.IO.OutStyle()
	iostreams.Fprintf(t.IO.Out, "%s\n%s\n", style.Faint("# "+s.Instead), style.Bold("$ "+typed(s)))
	io := iostreams.Within(t.IO, strings.NewReader(s.Stdin))
	app := cli.NewApp(t.NewRoot, io, t.getenvIn)
	app.Touring = true
	if code := app.Run(ctx, s.Args); code != int(exit.OK) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("the tour ended early: scimctl %s gave exit code %d", s.Args[0], code)
	}
	iostreams.Fprintln(t.IO.Out)
	return nil
}

// typed is the command line as a person would write it.
func typed(s stop) string {
	line := "scimctl " + strings.Join(s.Args, " ")
	if s.Stdin != "" {
		line += " < token.txt"
	}
	return line
}

// getenvIn is the environment of the tour's commands: its sandbox, its
// application, nothing of the user's own settings.
func (t *tour) getenvIn(name string) string {
	switch name {
	case "SCIMCTL_SANDBOX":
		return "1"
	case "SCIMCTL_APP":
		return "Workato"
	case "SCIMCTL_STATE_DIR":
		return t.folder
	case "SCIMCTL_CONFIG":
		return ""
	case "SCIMCTL_QUIET":
		return fmt.Sprint(t.Settings.Quiet)
	case "XDG_CONFIG_HOME", "HOME", "APPDATA":
		return filepath.Join(t.folder, "config")
	}
	if strings.HasPrefix(name, "SCIMCTL_") || strings.HasPrefix(name, "AZURE_") {
		return ""
	}
	return t.Getenv(name)
}

// look opens the tour's sandbox for a moment.
func (t *tour) look() (sandbox.View, error) {
	tenant, err := sandbox.Open(filepath.Join(t.folder, "sandbox", "state.json"))
	if err != nil {
		return sandbox.View{}, err
	}
	view, err := tenant.Snapshot()
	return view, errors.Join(err, tenant.Close())
}

// show prints the users as the SCIM server holds them.
func (t *tour) show(heading string) error {
	view, err := t.look()
	if err != nil {
		return err
	}
	iostreams.Fprintln(t.IO.Out, t.IO.OutStyle().Bold(heading))
	for _, user := range view.Users {
		if err := output.Fields(t.IO.Out, output.Printer{Format: output.JSON}, user); err != nil {
			return err
		}
	}
	iostreams.Fprintln(t.IO.Out)
	return nil
}
