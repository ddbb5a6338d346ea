package cmd

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph"
)

// What must not be sent twice, and may have been carried out, is never said to
// be safe to run again: the hint is the command that shows whether it was.
func TestAHintNeverInvitesToDoSomethingTwice(t *testing.T) {
	t.Parallel()
	for _, op := range graph.Operations() {
		once := op.Writes && !op.Repeatable
		for _, c := range []struct {
			err   error
			doubt bool // the request may have reached the service
		}{
			{&graph.Error{Op: op, Status: http.StatusInternalServerError}, true},
			{&graph.Error{Op: op, Status: http.StatusBadGateway}, true},
			{&graph.Error{Op: op, Status: http.StatusBadGateway, Code: graph.CodeNotJSON}, true},
			{&graph.Error{Op: op, Status: http.StatusServiceUnavailable}, true},
			{&graph.Error{Op: op, Status: http.StatusGatewayTimeout}, true},
			{&graph.Error{Op: op, Status: http.StatusOK, Code: graph.CodeNotJSON}, true},
			{&graph.Error{Op: op, Status: http.StatusCreated, Code: graph.CodeIncomplete}, true},
			{&graph.UnreachableError{Op: op, Host: "graph.microsoft.com", Err: errors.New("connection reset")}, true},
			{&graph.Error{Op: op, Status: http.StatusTooManyRequests}, false},
			{&graph.Error{Op: op, Status: http.StatusForbidden}, false},
			{&graph.Error{Op: op, Status: http.StatusBadRequest}, false},
		} {
			advice := exit.Advise(fmt.Errorf("apply: %w", c.err))
			may := advice.More["mayHaveBeenApplied"] == true
			if may != (once && c.doubt) {
				t.Errorf("%v: may have been applied: %t", c.err, may)
			}
			if may && (len(advice.Hint) != 1 || len(advice.Hint[0].Args) < 2) {
				t.Errorf("%v: no command to check with: %v", c.err, advice.Hint)
			}
			if advice.Code == exit.OK {
				t.Errorf("%v: exit code 0", c.err)
			}
		}
	}
}
