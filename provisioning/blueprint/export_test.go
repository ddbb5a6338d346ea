package blueprint_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/blueprint/export"
)

func (c *company) export(app string) string {
	c.Helper()
	found, err := export.Export{Graph: c.graph, App: app}.Do(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	text, err := found.YAML()
	if err != nil {
		c.Fatal(err)
	}
	return string(text)
}

func TestWhatIsExportedHasNothingToDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		text := c.export("Workato DEV")
		if diff := cmp.Diff([]string{}, steps(c.plan(text))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
