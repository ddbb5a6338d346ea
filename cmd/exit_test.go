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

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/hint"
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
		want exit.Code
	}{
		{errors.New("any other"), exit.Failure},
		{&graph.NotFoundError{Kind: "user", Name: "ada"}, exit.NotFound},
		{&graph.AmbiguousError{Kind: "application", Name: "Workato"}, exit.NotFound},
		{graphError(400, "BadRequest"), exit.Failure},
		{graphError(401, ""), exit.Auth},
		{graphError(403, ""), exit.Auth},
		{graphError(404, ""), exit.NotFound},
		{graphError(409, ""), exit.Conflict},
		{graphError(429, ""), exit.Unavailable},
		{graphError(503, ""), exit.Unavailable},
		{graphError(504, ""), exit.Unavailable},
		{graphError(502, graph.CodeNotJSON), exit.Unavailable},
		{graphError(200, graph.CodeNotJSON), exit.Failure},
		{graphError(302, graph.CodeRedirect), exit.Failure},
		{&graph.NotReplicatedError{What: "x", Err: graphError(404, "")}, exit.Unavailable},
		{&graph.UnreachableError{Host: "graph.microsoft.com", Err: errors.New("reset")}, exit.Unavailable},
		{&graph.SignInError{}, exit.Auth},
		{&graph.SignInError{Tried: []graph.Attempt{{Method: "cli", Reason: "no"}}}, exit.Auth},
		{&graph.SignInError{Unreachable: &graph.UnreachableError{Host: "login.microsoftonline.com"}}, exit.Unavailable},
		{&graph.CloudError{Cloud: graph.China, Op: graph.OpReadLogs}, exit.Failure},
		{&graph.EndpointError{}, exit.Usage},
		{&iostreams.CannotAskError{Question: "Sure?"}, exit.Usage},
		{&exit.UsageError{Err: errors.New("x")}, exit.Usage},
		{&exit.DeclinedError{}, exit.Failure},
		{&exit.FileThereError{Path: "x"}, exit.Conflict},
		{&credentials.RefusedError{}, exit.Failure},
		{&ondemand.DisabledUserError{}, exit.Unexpected},
		{&ondemand.SomeNotReachedError{Missed: []*ondemand.NotReachedError{{}}}, exit.Unexpected},
		{&ondemand.MembersLeftOutError{Members: []string{"a", "b", "c", "d", "e", "f"}}, exit.Unexpected},
		{&ondemand.NoMembersError{}, exit.NotFound},
		{&ondemand.NestedGroupError{}, exit.NotFound},
		{&ondemand.CutShortError{Err: graphError(503, "")}, exit.Unavailable},
		{&credentials.SecretDroppedError{}, exit.Conflict},
		{&ondemand.RotationError{Err: &credentials.RefusedError{Saved: true}}, exit.Conflict},
		{&credentials.OtherKindError{}, exit.Conflict},
		{&credentials.JobRunningError{}, exit.Conflict},
		{&credentials.NotClearedError{}, exit.Conflict},
		{&credentials.ExpiringError{}, exit.Attention},
		{&credentials.SettingError{}, exit.Usage},
		{&mappings.DiffersError{Changes: 1}, exit.Differs},
		{&mappings.InvalidSchemaError{}, exit.Failure},
		{&mappings.OtherCopyError{}, exit.Conflict},
		{&sealed.DamagedError{Kind: "SchemaCopy"}, exit.Failure},
		{&private.FileError{Path: "x"}, exit.Failure},
		{context.DeadlineExceeded, exit.Unavailable},
		{&exit.TimeoutError{After: time.Second, Err: graphError(404, "")}, exit.Unavailable},
		{&exit.InterruptedError{Err: context.Canceled}, exit.Interrupted},
	} {
		if got := exit.Advise(fmt.Errorf("on the way: %w", c.err)).Code; got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestEveryExitCodeHasAMeaning(t *testing.T) {
	t.Parallel()
	for _, code := range exit.Codes() {
		if code.Meaning() == "" {
			t.Errorf("%d has none", code)
		}
	}
}

func TestARefusalNamesThePermission(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403} {
		hint := exit.Advise(graphError(status, "")).Hint.String()
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
	for err, want := range map[error]exit.Code{
		left:                              exit.Unavailable,
		&exit.InterruptedError{Err: left}: exit.Interrupted,
		&exit.TimeoutError{After: time.Minute, Err: left}: exit.Unavailable,
	} {
		advice := exit.Advise(err)
		if advice.Code != want || (hint.Hinter{}).Text(advice.Hint) != "start it:\n    scimctl provision start --app Workato" || !strings.Contains(err.Error(), "provisioning of Workato is stopped and was not started again") {
			t.Errorf("%v: %+v", err, advice)
		}
	}
}
