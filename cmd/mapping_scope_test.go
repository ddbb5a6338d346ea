package cmd

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/mapping"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

func TestWhoFallsOutOfScopeIsToldAndAskedAbout(t *testing.T) {
	t.Parallel()
	six := []string{"a@contoso.com", "b@contoso.com", "c@contoso.com", "d@contoso.com", "e@contoso.com", "f@contoso.com"}
	five := strings.Join(six[:5], ", ") + " and 1 more"
	for name, test := range map[string]struct {
		teller mapping.ScopeTeller
		lines  []string
		risk   string
	}{
		"nobody": {
			mapping.ScopeTeller{Change: evaluate.ScopeChange{Evaluated: 6, Before: 4, After: 5, Entering: six[:1]}},
			[]string{"of 6 assigned users, 4 are in scope now, and 5 with this change", "into scope: a@contoso.com"},
			"",
		},
		"one": {
			mapping.ScopeTeller{Change: evaluate.ScopeChange{Scope: credentials.ScopeAssigned, Evaluated: 6, Before: 6, After: 5, Leaving: six[:1]}},
			[]string{"of 6 assigned users, 6 are in scope now, and 5 with this change", "out of scope: a@contoso.com"},
			"1 of 6 users falls out of scope and is deprovisioned in Workato: a@contoso.com",
		},
		"many, of everybody": {
			mapping.ScopeTeller{Change: evaluate.ScopeChange{Scope: credentials.ScopeAll, Evaluated: 9, Before: 7, After: 1, Leaving: six}},
			[]string{"of 9 users of the tenant, 7 are in scope now, and 1 with this change", "out of scope: " + five},
			"6 of 7 users fall out of scope and are deprovisioned in Workato: " + five,
		},
		"without consequences": {
			mapping.ScopeTeller{Change: evaluate.ScopeChange{Evaluated: 2, Before: 2, After: 1, Leaving: six[:1], SkipDeletions: true}},
			[]string{
				"of 2 assigned users, 2 are in scope now, and 1 with this change", "out of scope: a@contoso.com",
				"nothing is disabled: provisioning is set to skip deletions of those out of scope",
			},
			"",
		},
		"some are undecided": {
			mapping.ScopeTeller{Change: evaluate.ScopeChange{Evaluated: 5, Before: 2, After: 2, Undecided: []evaluate.Undecided{{Reason: "why", Count: 3}}}},
			[]string{"of 5 assigned users, 2 are in scope now, and 2 with this change", "of 3 assigned users it cannot be told: why"},
			"of 3 users it cannot be told whether they fall out of scope, which deprovisions them in Workato",
		},
		"all are undecided": {
			mapping.ScopeTeller{Change: evaluate.ScopeChange{Evaluated: 3, Undecided: []evaluate.Undecided{{Reason: "why", Count: 3}}}},
			[]string{"of 3 assigned users it cannot be told: why"},
			"of 3 users it cannot be told whether they fall out of scope, which deprovisions them in Workato",
		},
		"it may not be read": {
			mapping.ScopeTeller{Hidden: true},
			nil,
			"who falls out of scope cannot be told, and is deprovisioned in Workato",
		},
	} {
		test.teller.Object = schema.User
		if diff := cmp.Diff(test.lines, test.teller.Lines()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if got := test.teller.Risk("Workato"); got != test.risk {
			t.Errorf("%s: asks %q, want %q", name, got, test.risk)
		}
	}
}
