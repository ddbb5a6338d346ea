package blueprint_test

import (
	"errors"
	"runtime"
	"testing"

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
		want     any
	}{
		"not allowed":             {planning.Resolver{}, new(*planning.CommandError)},
		"allowed, and it fails":   {planning.Resolver{AllowCommands: true}, new(*planning.ReferenceError)},
		"allowed, in the sandbox": {planning.Resolver{AllowCommands: true, NoCommands: true}, new(*planning.ReferenceError)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCompany(t)
			a := planning.Apply{Graph: c.graph, Plan: c.plan(commanded), Resolver: test.resolver}
			if _, err := a.Prepare(t.Context()); err == nil || !errors.As(err, test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
