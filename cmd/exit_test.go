package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/ondemand"
)

func graphError(status int, code string) *graph.Error {
	op := graph.Operation{Name: "read the schema", Delegated: []string{"Synchronization.Read.All"}, AppOnly: []string{"Application.ReadWrite.OwnedBy"}}
	return &graph.Error{Op: op, Status: status, Code: code, Message: "<no>", RequestID: "r-1"}
}

func TestEveryErrorHasItsExitCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want cli.ExitCode
	}{
		{errors.New("any other"), cli.ExitFailure},
		{&graph.NotFoundError{Kind: "user", Name: "ada"}, cli.ExitNotFound},
		{&graph.AmbiguousError{Kind: "application", Name: "Workato"}, cli.ExitNotFound},
		{graphError(400, "BadRequest"), cli.ExitFailure},
		{graphError(401, ""), cli.ExitAuth},
		{graphError(403, ""), cli.ExitAuth},
		{graphError(404, ""), cli.ExitNotFound},
		{graphError(409, ""), cli.ExitConflict},
		{graphError(429, ""), cli.ExitUnavailable},
		{graphError(503, ""), cli.ExitUnavailable},
		{graphError(504, ""), cli.ExitUnavailable},
		{graphError(502, graph.CodeNotJSON), cli.ExitUnavailable},
		{graphError(200, graph.CodeNotJSON), cli.ExitFailure},
		{graphError(302, graph.CodeRedirect), cli.ExitFailure},
		{&graph.NotReplicatedError{What: "x", Err: graphError(404, "")}, cli.ExitUnavailable},
		{&graph.UnreachableError{Host: "graph.microsoft.com", Err: errors.New("reset")}, cli.ExitUnavailable},
		{&graph.SignInError{}, cli.ExitAuth},
		{&graph.SignInError{Tried: []graph.Attempt{{Method: "cli", Reason: "no"}}}, cli.ExitAuth},
		{&graph.SignInError{Unreachable: &graph.UnreachableError{Host: "login.microsoftonline.com"}}, cli.ExitUnavailable},
		{&graph.CloudError{Cloud: graph.China, Op: graph.OpReadLogs}, cli.ExitFailure},
		{&graph.EndpointError{}, cli.ExitUsage},
		{&iostreams.CannotAskError{Question: "Sure?"}, cli.ExitUsage},
		{&cli.UsageError{Err: errors.New("x")}, cli.ExitUsage},
		{&cli.DeclinedError{}, cli.ExitFailure},
		{&cli.FileThereError{Path: "x"}, cli.ExitConflict},
		{&credentials.RefusedError{}, cli.ExitFailure},
		{&ondemand.DisabledUserError{}, cli.ExitUnexpected},
		{&ondemand.SomeNotReachedError{Missed: []*ondemand.NotReachedError{{}}}, cli.ExitUnexpected},
		{&ondemand.MembersLeftOutError{Members: []string{"a", "b", "c", "d", "e", "f"}}, cli.ExitUnexpected},
		{&ondemand.NoMembersError{}, cli.ExitNotFound},
		{&ondemand.NestedGroupError{}, cli.ExitNotFound},
		{&ondemand.CutShortError{Err: graphError(503, "")}, cli.ExitUnavailable},
		{&credentials.SecretDroppedError{}, cli.ExitConflict},
		{&ondemand.RotationError{Err: &credentials.RefusedError{Saved: true}}, cli.ExitConflict},
		{&credentials.OtherKindError{}, cli.ExitConflict},
		{&credentials.JobRunningError{}, cli.ExitConflict},
		{&credentials.NotClearedError{}, cli.ExitConflict},
		{&credentials.ExpiringError{}, cli.ExitAttention},
		{&credentials.SettingError{}, cli.ExitUsage},
		{&mappings.DiffersError{Changes: 1}, cli.ExitDiffers},
		{&mappings.InvalidSchemaError{}, cli.ExitFailure},
		{&mappings.OtherCopyError{}, cli.ExitConflict},
		{&sealed.DamagedError{Kind: "SchemaCopy"}, cli.ExitFailure},
		{&private.FileError{Path: "x"}, cli.ExitFailure},
		{context.DeadlineExceeded, cli.ExitUnavailable},
		{&cli.TimeoutError{After: time.Second, Err: graphError(404, "")}, cli.ExitUnavailable},
		{&cli.InterruptedError{Err: context.Canceled}, cli.ExitInterrupted},
	} {
		if got := cli.Advise(fmt.Errorf("on the way: %w", c.err)).Code; got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestEveryExitCodeHasAMeaning(t *testing.T) {
	t.Parallel()
	for _, code := range cli.ExitCodes() {
		if code.Meaning() == "" {
			t.Errorf("%d has none", code)
		}
	}
}

func TestARefusalNamesThePermission(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403} {
		hint := cli.Advise(graphError(status, "")).Hint.String()
		for _, want := range []string{"Synchronization.Read.All", "Application.ReadWrite.OwnedBy", "own both"} {
			if !strings.Contains(hint, want) {
				t.Errorf("%d: %q lacks %q", status, hint, want)
			}
		}
	}
}

func TestAnErrorIsALineAndAHint(t *testing.T) {
	t.Parallel()
	io, _, out, err := iostreams.Test()
	newApp(io, func(string) string { return "" }).Explain(false, &graph.AmbiguousError{Kind: "application", Name: "Workato", Matches: []graph.Match{
		{Name: "Workato", ID: "id-1", Detail: "made in May"}, {Name: "Workato", ID: "id-2"},
	}})
	want := `scimctl: 2 matches for application "Workato": id-1, id-2
hint: use an id instead of the name:
  id-1  Workato  made in May
  id-2  Workato
`
	if diff := cmp.Diff(want, err.String()); diff != "" || out.Len() > 0 {
		t.Errorf("(-want +got):\n%s\non standard output: %q", diff, out)
	}
}

func TestAnErrorAsJSONIsOneObject(t *testing.T) {
	t.Parallel()
	io, _, _, err := iostreams.Test()
	newApp(io, func(string) string { return "" }).Explain(true, graphError(403, "Authorization_RequestDenied"))
	want := `{"error":"read the schema: Graph answered 403 Authorization_RequestDenied: <no> (request-id r-1)","code":3,"hint":"`
	if !strings.HasPrefix(err.String(), want) || strings.Count(err.String(), "\n") != 1 {
		t.Errorf("%s\nwant %s…", err, want)
	}
	var got map[string]any
	if e := json.Unmarshal(err.Bytes(), &got); e != nil {
		t.Fatal(e)
	}
	delete(got, "error")
	delete(got, "hint")
	if diff := cmp.Diff(map[string]any{
		"code": 3.0, "requestId": "r-1", "status": 403.0, "graphCode": "Authorization_RequestDenied", "operation": "read the schema",
		"delegatedPermissions": []any{"Synchronization.Read.All"}, "applicationPermissions": []any{"Application.ReadWrite.OwnedBy"},
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What stopped a job may have been cut short: running it again does not start
// the job.
func TestAJobThatWasLeftStoppedIsStartedByItsOwnCommand(t *testing.T) {
	t.Parallel()
	left := &resume.LeftStoppedError{App: "Workato", Err: fmt.Errorf("read the schema: %w", graphError(503, ""))}
	for err, want := range map[error]cli.ExitCode{
		left:                             cli.ExitUnavailable,
		&cli.InterruptedError{Err: left}: cli.ExitInterrupted,
		&cli.TimeoutError{After: time.Minute, Err: left}: cli.ExitUnavailable,
	} {
		advice := cli.Advise(err)
		if advice.Code != want || (cli.Hinter{}).Text(advice.Hint) != "start it:\n    scimctl provision start --app Workato" || !strings.Contains(err.Error(), "provisioning of Workato is stopped and was not started again") {
			t.Errorf("%v: %+v", err, advice)
		}
	}
}
