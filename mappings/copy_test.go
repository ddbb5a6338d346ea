package mappings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// twoApps is a company whose application Workato has mappings of its own, and
// that now works on another one.
func twoApps(c *schematest.Company) (change func(mappings.Edit)) {
	c.Helper()
	from, fromJob := c.App, c.Job
	c.Extensions(extattr.Create{}, "workato_role")
	u := c.Adding(c.Graph, "nickName=givenName", schematest.Team+"=workato_role")
	if _, err := u.Do(c.Context()); err != nil {
		c.Fatal(err)
	}
	c.SetUp("Workday Reporting")
	return func(edit mappings.Edit) {
		c.Helper()
		here, hereJob := c.App, c.Job
		c.App, c.Job = from, fromJob
		if _, err := c.Update(c.Graph, edit).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.App, c.Job = here, hereJob
		c.Tenant.ForgetRequests()
	}
}

func copying(c *schematest.Company, copying mappings.CopyFrom) mappings.Update {
	u := c.Update(c.Graph, nil)
	copying.App = "Workato"
	u.Plan = copying.Plan
	return u
}

func TestMappingsAreCopiedWithWhatTheyNeed(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		change := twoApps(c)
		c.Extensions(extattr.Create{}, "workato_role")
		change(mappings.SetEnabled(schema.Group, false))
		change(mappings.ChangeActions(schema.User, nil, []string{"delete"}))
		if _, err := c.Adding(c.Graph, "userType=department").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.Tenant.ForgetRequests()
		result, err := copying(c, mappings.CopyFrom{}).Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		full := extattr.FullName(c.App.AppID, "workato_role")
		want := []diff.Change{
			{Object: "user", Kind: diff.ChangedActions, Old: "create,update,delete", New: "create,update"},
			{Object: "user", Kind: diff.ChangedSourceAttribute, Name: full, New: "String"},
			{Object: "user", Kind: diff.ChangedTargetAttribute, Name: schematest.Team, New: "String"},
			{Object: "user", Kind: diff.ChangedMapping, Name: "nickName", New: "[givenName]"},
			{Object: "user", Kind: diff.ChangedMapping, Name: schematest.Team, New: "[" + full + "]"},
			{Object: "group", Kind: diff.ChangedEnabled, Old: "true", New: "false"},
		}
		if diff := cmp.Diff(want, result.Changes); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if puts, all := c.Puts(); puts != 1 || all != 6+3+1 {
			c.Errorf("%d requests, %d of them write", all, puts)
		}
		again, err := copying(c, mappings.CopyFrom{}).Do(c.Context())
		if err != nil || len(again.Changes) > 0 {
			c.Errorf("again: %+v, %v", again.Changes, err)
		}
		pruned, err := copying(c, mappings.CopyFrom{Prune: true}).Do(c.Context())
		want = []diff.Change{{Object: "user", Kind: diff.ChangedMapping, Name: "userType", Old: "[department]"}}
		if diff := cmp.Diff(want, pruned.Changes); diff != "" || err != nil {
			c.Errorf("%v (-want +got)\n%s", err, diff)
		}
	})
}

func TestAnExtensionThatIsNotThereKeepsMappingsFromBeingCopied(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		twoApps(c)
		c.Tenant.ForgetRequests()
		_, err := copying(c, mappings.CopyFrom{Object: schema.User}).Do(c.Context())
		e, ok := errors.AsType[*mappings.NoExtensionError](err)
		if !ok {
			c.Fatalf("got %v", err)
		}
		if diff := cmp.Diff(&mappings.NoExtensionError{App: "Workday Reporting", From: "Workato", Names: []string{"workato_role"}}, e); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if puts, _ := c.Puts(); puts > 0 {
			c.Error("something was written")
		}
		result, err := copying(c, mappings.CopyFrom{Object: schema.Group}).Do(c.Context())
		if err != nil || len(result.Changes) > 0 {
			c.Errorf("groups: %+v, %v", result, err)
		}
	})
}

func TestAFilterIsCopiedWithItsAttribute(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		change := twoApps(c)
		c.Extensions(extattr.Create{}, "workato_role")
		role := extattr.FullName("e680a1f3-1a4a-5d7d-a121-5723c0cb89e8", "workato_role")
		change(func(s *schema.Schema) error {
			o, err := s.Object(schema.User)
			if err != nil {
				return err
			}
			return o.SetFilter(schema.Filter{Name: "roles", Clauses: []schema.Clause{{Attribute: role, Operator: "IS NOT NULL"}}})
		})
		if _, err := copying(c, mappings.CopyFrom{}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if text := string(c.Schema().Bytes()); strings.Contains(text, role) || !strings.Contains(text, `"sourceOperandName":"`+extattr.FullName(c.App.AppID, "workato_role")) {
			c.Error("the filter does not read the extension of this application")
		}
	})
}

func TestTwoMappingsDoNotGetOneMatchingPriority(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		change := twoApps(c)
		c.Extensions(extattr.Create{}, "workato_role")
		set := func(target, source string, match int) mappings.Edit {
			return func(s *schema.Schema) error {
				edit, err := mappings.Set{Settings: []schema.Setting{{Mapping: schema.Mapping{Target: target, Source: source, Match: match}}}}.Plan(c.Context(), mappings.Place{Schema: s})
				if err != nil {
					return err
				}
				return edit(s)
			}
		}
		change(set("externalId", "objectId", 2))
		if _, err := c.Update(c.Graph, set("userType", "department", 2)).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		_, err := copying(c, mappings.CopyFrom{}).Do(c.Context())
		if e, ok := errors.AsType[*schema.MatchTakenError](err); !ok || e.Match != 2 {
			c.Errorf("got %v", err)
		}
	})
}
