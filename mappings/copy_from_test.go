package mappings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/mappings"
)

// twoApps is a company whose application Workato has mappings of its own, and
// that now works on another one.
func twoApps(c *company) (change func(mappings.Edit)) {
	c.Helper()
	from, fromJob := c.app, c.job
	c.extensions(extattr.Create{}, "workato_role")
	u := c.adding(c.graph, "nickName=givenName", team+"=workato_role")
	if _, err := u.Do(c.Context()); err != nil {
		c.Fatal(err)
	}
	c.setUp("Workday Reporting")
	return func(edit mappings.Edit) {
		c.Helper()
		here, hereJob := c.app, c.job
		c.app, c.job = from, fromJob
		if _, err := c.update(c.graph, edit).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.app, c.job = here, hereJob
		c.tenant.ForgetRequests()
	}
}

func (c *company) copying(copying mappings.CopyFrom) mappings.Update {
	u := c.update(c.graph, nil)
	copying.App = "Workato"
	u.Plan = copying.Plan
	return u
}

func TestMappingsAreCopiedWithWhatTheyNeed(t *testing.T) {
	inCompany(t, func(c *company) {
		change := twoApps(c)
		c.extensions(extattr.Create{}, "workato_role")
		change(mappings.SetEnabled(mappings.Group, false))
		change(mappings.ChangeActions(mappings.User, nil, []string{"delete"}))
		if _, err := c.adding(c.graph, "userType=department").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.tenant.ForgetRequests()
		result, err := c.copying(mappings.CopyFrom{}).Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		full := extattr.FullName(c.app.AppID, "workato_role")
		want := []mappings.Change{
			{Object: "user", Kind: mappings.ChangedActions, Old: "create,update,delete", New: "create,update"},
			{Object: "user", Kind: mappings.ChangedSourceAttribute, Name: full, New: "String"},
			{Object: "user", Kind: mappings.ChangedTargetAttribute, Name: team, New: "String"},
			{Object: "user", Kind: mappings.ChangedMapping, Name: "nickName", New: "[givenName]"},
			{Object: "user", Kind: mappings.ChangedMapping, Name: team, New: "[" + full + "]"},
			{Object: "group", Kind: mappings.ChangedEnabled, Old: "true", New: "false"},
		}
		if diff := cmp.Diff(want, result.Changes); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if puts, all := c.puts(); puts != 1 || all != 6+3+1 {
			c.Errorf("%d requests, %d of them write", all, puts)
		}
		again, err := c.copying(mappings.CopyFrom{}).Do(c.Context())
		if err != nil || len(again.Changes) > 0 {
			c.Errorf("again: %+v, %v", again.Changes, err)
		}
		pruned, err := c.copying(mappings.CopyFrom{Prune: true}).Do(c.Context())
		want = []mappings.Change{{Object: "user", Kind: mappings.ChangedMapping, Name: "userType", Old: "[department]"}}
		if diff := cmp.Diff(want, pruned.Changes); diff != "" || err != nil {
			c.Errorf("%v (-want +got)\n%s", err, diff)
		}
	})
}

func TestAnExtensionThatIsNotThereKeepsMappingsFromBeingCopied(t *testing.T) {
	inCompany(t, func(c *company) {
		twoApps(c)
		c.tenant.ForgetRequests()
		_, err := c.copying(mappings.CopyFrom{Object: mappings.User}).Do(c.Context())
		e, ok := errors.AsType[*mappings.NoExtensionError](err)
		if !ok {
			c.Fatalf("got %v", err)
		}
		if diff := cmp.Diff(&mappings.NoExtensionError{App: "Workday Reporting", From: "Workato", Names: []string{"workato_role"}}, e); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if puts, _ := c.puts(); puts > 0 {
			c.Error("something was written")
		}
		result, err := c.copying(mappings.CopyFrom{Object: mappings.Group}).Do(c.Context())
		if err != nil || len(result.Changes) > 0 {
			c.Errorf("groups: %+v, %v", result, err)
		}
	})
}

func TestAFilterIsCopiedWithItsAttribute(t *testing.T) {
	inCompany(t, func(c *company) {
		change := twoApps(c)
		c.extensions(extattr.Create{}, "workato_role")
		role := extattr.FullName("e680a1f3-1a4a-5d7d-a121-5723c0cb89e8", "workato_role")
		change(func(s *mappings.Schema) error {
			o, err := s.Object(mappings.User)
			if err != nil {
				return err
			}
			return o.SetFilter(mappings.Filter{Name: "roles", Clauses: []mappings.Clause{{Attribute: role, Operator: "IS NOT NULL"}}})
		})
		if _, err := c.copying(mappings.CopyFrom{}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if text := string(c.schema().Bytes()); strings.Contains(text, role) || !strings.Contains(text, `"sourceOperandName":"`+extattr.FullName(c.app.AppID, "workato_role")) {
			c.Error("the filter does not read the extension of this application")
		}
	})
}

func TestTwoMappingsDoNotGetOneMatchingPriority(t *testing.T) {
	inCompany(t, func(c *company) {
		change := twoApps(c)
		c.extensions(extattr.Create{}, "workato_role")
		set := func(target, source string, match int) mappings.Edit {
			return func(s *mappings.Schema) error {
				edit, err := mappings.Set{Settings: []mappings.Setting{{Mapping: mappings.Mapping{Target: target, Source: source, Match: match}}}}.Plan(c.Context(), mappings.Place{Schema: s})
				if err != nil {
					return err
				}
				return edit(s)
			}
		}
		change(set("externalId", "objectId", 2))
		if _, err := c.update(c.graph, set("userType", "department", 2)).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		_, err := c.copying(mappings.CopyFrom{}).Do(c.Context())
		if e, ok := errors.AsType[*mappings.MatchTakenError](err); !ok || e.Match != 2 {
			c.Errorf("got %v", err)
		}
	})
}
