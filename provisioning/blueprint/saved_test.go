package blueprint_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
)

// In a tenant of some size people come and go each day: that makes no plan old
// of which they are only the background.
func TestAKeptPlanIsRefusedOverPeopleOnlyWhenItIsAboutThem(t *testing.T) {
	t.Parallel()
	for file, changed := range map[string][]string{
		"provisioning: {scope: all}":                                     nil,
		"users: {filters: {Engineers: [department equals Engineering]}}": {"steps"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCompany(t)
			c.apply(workato)
			made := planning.Make{Graph: c.graph, Blueprints: c.read(begin + file)}
			plan, err := made.Do(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			saved := made.Save(plan, "tenant")
			if err := directory.DeleteUser(t.Context(), c.graph, "betty@contoso.com"); err != nil {
				t.Fatal(err)
			}
			fresh, err := made.Do(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !failure.Is(saved.IsFor("another"), failure.Conflict) || saved.IsFor("tenant") != nil {
				t.Error("the tenant of the plan is not told from another")
			}
			err = saved.Still(fresh)
			if len(changed) == 0 && err == nil {
				return
			}
			if want := ": " + bounds.Names(changed) + " changed"; !failure.Is(err, failure.Conflict) || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("%s: %v, want %q", file, err, want)
			}
		})
	}
}
