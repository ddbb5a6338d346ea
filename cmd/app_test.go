package cmd

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// pretend makes an App over a tenant in memory, with what it says.
func pretend(t *testing.T, env map[string]string) (a *cli.App, said *bytes.Buffer) {
	t.Helper()
	company := sandbox.New()
	t.Cleanup(func() { _ = company.Close() })
	io, _, _, said := iostreams.Test()
	a = newApp(io, func(name string) string { return env[name] })
	a.Tenant = func(context.Context) (http.RoundTripper, error) { return company.Transport(), nil }
	return a, said
}

// with runs a command that is not scimctl's own.
func with(a *cli.App, t *testing.T, args []string, do func(*cobra.Command) error) error {
	t.Helper()
	root := newRoot(a)
	c := &cobra.Command{Use: "try", RunE: func(c *cobra.Command, _ []string) error { return do(c) }}
	root.AddCommand(c)
	root.SetArgs(append([]string{"try"}, args...))
	root.SetOut(a.IO.Out)
	root.SetErr(a.IO.Err)
	t.Cleanup(a.Close)
	used, err := root.ExecuteContextC(t.Context())
	if err == nil {
		return nil
	}
	return a.Classify(t.Context(), used, err)
}

func TestGraphIsConnectedOnce(t *testing.T) {
	t.Parallel()
	a, _ := pretend(t, nil)
	err := with(a, t, nil, func(c *cobra.Command) error {
		first, err := a.Graph(c.Context())
		if err != nil {
			return err
		}
		second, err := a.Graph(c.Context())
		if first != second {
			t.Error("a second client")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Whatever a command returns, nobody may take it for a result.
func TestAnInterruptedCommandHasNoOtherExitCode(t *testing.T) {
	t.Parallel()
	a, _ := pretend(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for err, want := range map[error]exit.Code{
		&graph.UnreachableError{Err: context.Canceled}:  exit.Interrupted,
		&graph.NotFoundError{Kind: "user", Name: "ada"}: exit.Interrupted,
		nil: exit.Interrupted,
	} {
		a.Started = true
		if got := exit.Advise(a.Classify(ctx, new(cobra.Command), err)).Code; got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
}

func TestYesAndDryRunAnswerQuestions(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--yes", "--dry-run"} {
		a, _ := pretend(t, nil)
		if err := with(a, t, []string{flag}, func(c *cobra.Command) error { return a.Confirm(c.Context(), "Sure?") }); err != nil {
			t.Errorf("%s: %v", flag, err)
		}
	}
	a, _ := pretend(t, nil)
	err := with(a, t, nil, func(c *cobra.Command) error { return a.Confirm(c.Context(), "Delete %d?", 3) })
	if advice := exit.Advise(err); advice.Code != exit.Usage || !strings.Contains(advice.Hint.String(), "--yes") {
		t.Errorf("%v: %+v", err, advice)
	}
}

func TestTheTimeoutIsThatOfTheWholeCommand(t *testing.T) {
	t.Parallel()
	a, _ := pretend(t, map[string]string{"SCIMCTL_TIMEOUT": "1ms"})
	err := with(a, t, nil, func(c *cobra.Command) error {
		<-c.Context().Done()
		return c.Context().Err()
	})
	if e, ok := errors.AsType[*exit.TimeoutError](err); !ok || e.After != time.Millisecond {
		t.Error(err)
	}
}

func TestWhatADryRunHoldsBackIsToldWithVerbose(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]string{"-v": "would send POST /servicePrincipals/1/synchronization/jobs {\"templateId\":\"scim\"}\n", "-q": ""} {
		a, said := pretend(t, nil)
		err := with(a, t, []string{"--dry-run", flag}, func(*cobra.Command) error {
			a.Held(graph.Held{Method: http.MethodPost, Path: "/servicePrincipals/1/synchronization/jobs", Body: []byte("{ \"templateId\": \"scim\" }")})
			return nil
		})
		if err != nil || said.String() != want {
			t.Errorf("%s: %q, %v, want %q", flag, said, err, want)
		}
	}
}

func TestALongRequestIsShownWholeWithDebugAlone(t *testing.T) {
	t.Parallel()
	body := `{"directories":"` + strings.Repeat("é", 3000) + `"}`
	for flag, whole := range map[string]bool{"-v": false, "--debug": true} {
		a, said := pretend(t, nil)
		err := with(a, t, []string{"--dry-run", flag}, func(*cobra.Command) error {
			a.Held(graph.Held{Method: http.MethodPut, Path: "/schema", Body: []byte(body)})
			return nil
		})
		if err != nil || strings.Contains(said.String(), body) != whole || strings.Contains(said.String(), "… (6018 bytes") == whole {
			t.Errorf("%s: %d bytes, %v: …%s", flag, said.Len(), err, said.Bytes()[max(0, said.Len()-80):])
		}
	}
}

func TestADryRunSaysSoWhateverItsAnswerIs(t *testing.T) {
	t.Parallel()
	const line = "dry run, nothing is changed: ada@contoso.com would be deleted"
	for _, flag := range []string{"-o=table", "-o=json", "-o=csv", "-q"} {
		a, said := pretend(t, nil)
		if code := a.Run(t.Context(), []string{"user", "delete", "ada@contoso.com", "--dry-run", flag}); code != 0 || !strings.HasPrefix(said.String(), line) {
			t.Errorf("%s: exit code %d, said %q", flag, code, said)
		}
	}
}

func TestOfSeveralOnDemandEveryFailureIsTold(t *testing.T) {
	t.Parallel()
	a, said := pretend(t, map[string]string{"SCIMCTL_APP": "Workato"})
	setup, _ := pretend(t, map[string]string{"SCIMCTL_APP": "Workato"})
	setup.Tenant = a.Tenant
	if code := setup.Run(t.Context(), []string{"provision", "setup"}); code != 0 {
		t.Fatal(code)
	}
	code := a.Run(t.Context(), []string{"provision", "on-demand", "nobody@contoso.com", "noone@contoso.com"})
	for _, name := range []string{"nobody@contoso.com", "noone@contoso.com"} {
		if code != int(exit.NotFound) || !strings.Contains(said.String(), `no user named "`+name+`"`) {
			t.Errorf("exit code %d, %s is missing in:\n%s", code, name, said)
		}
	}
}

func TestLiveCompletionGivesNamesOrNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want []cobra.Completion
	}{{nil, []cobra.Completion{"Workato"}}, {map[string]string{"SCIMCTL_TIMEOUT": "soon"}, nil}} {
		a, said := pretend(t, c.env)
		list := a.Complete(func(context.Context, *graph.Client) ([]cobra.Completion, error) {
			return []cobra.Completion{"Workato"}, nil
		})
		command := newRoot(a).Commands()[0]
		command.SetContext(t.Context())
		got, directive := list(command, nil, "")
		if !slices.Equal(got, c.want) || directive&cobra.ShellCompDirectiveNoFileComp == 0 || said.Len() > 0 {
			t.Errorf("%v: %v, directive %d, said %q", c.env, got, directive, said)
		}
	}
}

func TestArgumentsAreCheckedByTheUseLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		use  string
		args []string
		want string
	}{
		{"list", nil, ""},
		{"list", []string{"x"}, `list takes no argument, and there is "x"`},
		{"show <user>", nil, "show needs <user>"},
		{"set-role <user> [role]", []string{"ada"}, ""},
		{"set-role <user> [role]", []string{"ada", "Admin"}, ""},
		{"set-role <user> [role]", []string{"ada", "Admin", "x"}, `set-role takes no more than 2 arguments: "x" is too many`},
		{"set <user> <name=value>...", []string{"ada"}, "set needs <name=value>"},
		{"set <user> <name=value>...", []string{"ada", "a=1", "b=2", "c=3"}, ""},
		{"get <user> [name...]", []string{"ada", "a", "b"}, ""},
		{"create NAME...", nil, "create needs NAME"},
		{"list [flags]", []string{"x"}, `list takes no argument, and there is "x"`},
	} {
		got := ""
		if err := cli.Arguments(c.use)(&cobra.Command{Use: c.use}, c.args); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s with %q: %q, want %q", c.use, c.args, got, c.want)
		}
	}
}
