package blueprint_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
)

// commanded is a set-up whose token a command prints.
const commanded = `{apiVersion: scimctl/v1, kind: Provisioning, application: {name: Workato DEV}, provisioning: {credentials: {` +
	`url: 'https://scim.sandbox.invalid/scim', token: 'command:exit 3'}}}`

func TestACommandRunsOnlyWhereItMay(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the command is for sh")
	}
	for name, test := range map[string]struct {
		resolver planning.Resolver
		want     string
	}{
		"not allowed":             {planning.Resolver{}, "the file would run a command: "},
		"allowed, and it fails":   {planning.Resolver{AllowCommands: true}, "token of the credentials ("},
		"allowed, in the sandbox": {planning.Resolver{AllowCommands: true, NoCommands: true}, "token of the credentials ("},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t)
			a := planning.Apply{Graph: c.graph, Plan: c.plan(commanded), Resolver: test.resolver}
			if _, err := a.Prepare(t.Context()); !failure.Is(err, failure.Invalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
