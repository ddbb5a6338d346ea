package engine_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/provisioning/engine"
)

func TestTheRuleOfLowestPriorityIsRead(t *testing.T) {
	t.Parallel()
	want := &engine.Rules{
		RuleID: "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", RuleName: "USERGROUP_OUTBOUND_USERGROUP",
		SourceDirectory: "Microsoft Entra ID", TargetDirectory: "customappsso", OnDemand: true,
	}
	if diff := cmp.Diff(want, load(t), cmpopts.IgnoreUnexported(engine.Rules{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRulesTellWhatTheyMap(t *testing.T) {
	t.Parallel()
	r := load(t, with("externalId", map[string]any{"matchingPriority": 3}), set("enabled", false))
	if exists, enabled := r.Has(engine.User); !exists || !enabled {
		t.Error("users are not mapped")
	}
	if exists, enabled := r.Has(engine.Group); !exists || enabled {
		t.Error("groups are mapped although switched off, or not known")
	}
	if exists, _ := r.Has("user"); exists {
		t.Error("the case of an object's name does not matter")
	}
	if diff := cmp.Diff("urn:ietf:params:scim:schemas:core:2.0:Group", r.TargetType(engine.Group)); diff != "" {
		t.Errorf("target type (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"userName", "externalId"}, r.MatchingTargets(engine.User)); diff != "" {
		t.Errorf("matching targets (-want +got):\n%s", diff)
	}
	if r.TargetType("Device") != "" || r.MatchingTargets("Device") != nil || r.SourceAttributes("Device") != nil {
		t.Error("devices are mapped")
	}
}

func TestSourceAttributesAreThoseOfMappingsAndFilters(t *testing.T) {
	t.Parallel()
	r := load(t, nil, func(mapping map[string]any) {
		with("displayName", map[string]any{"source": function(`Join("-", [mailNickname], [displayName])`)})(mapping)
		set("scope", scope(clause("securityEnabled", "IS TRUE")))(mapping)
	})
	want := []string{"displayName", "mailNickname", "members", "objectId", "securityEnabled"}
	if diff := cmp.Diff(want, r.SourceAttributes(engine.Group)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsNoSchemaIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `{`, `[]`, `{}`, `{"synchronizationRules":[]}`, `{"synchronizationRules":[{"priority":"1"}]}`} {
		_, err := engine.Load([]byte(text))
		if _, ok := errors.AsType[*engine.SchemaError](err); !ok {
			t.Errorf("%s: %v, want a *SchemaError", text, err)
		}
	}
}
