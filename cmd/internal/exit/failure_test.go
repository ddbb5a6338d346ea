package exit_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning"
)

// The outermost error that says something decides.
func TestAFailureDecidesForWhatItWraps(t *testing.T) {
	t.Parallel()
	missing := &graph.NotFoundError{Kind: "user", Name: "nobody"}
	conflict := failure.New(failure.Conflict, "prune: %w", missing).Try(remedy.Advise("name it"))
	for name, test := range map[string]struct {
		err  error
		want exit.Code
	}{
		"a failure alone":                 {failure.New(failure.Invalid, "no such section"), exit.Usage},
		"a failure that is wrapped":       {fmt.Errorf("Workato: %w", conflict), exit.Conflict},
		"what a failure wraps":            {missing, exit.NotFound},
		"several, of which one failed so": {&provisioning.PartialError{Failed: []provisioning.Failure{{Name: "a", Err: conflict}}, Total: 2}, exit.Partial},
		"nothing that is known":           {errors.New("no"), exit.Failure},
	} {
		if got := exit.Advise(test.err); got.Code != test.want {
			t.Errorf("%s: %v, want %v", name, got.Code, test.want)
		}
	}
	if got := exit.Advise(conflict).Hint; len(got) != 1 || got[0].Reason != "name it" {
		t.Errorf("the hint is %v", got)
	}
}
