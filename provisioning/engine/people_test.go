package engine_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/engine"
)

// A person is someone of testdata/people, with the request bodies that were
// written by hand from Microsoft's documentation. The sandbox's tests hold
// what it really sends to the same bodies.
type person struct {
	Type             string
	Assigned         string
	Source           map[string][]string
	Create           any
	CreateReferences []any
	LeftOut          []string
	Update           []any
	UpdateCompliant  []any
	Disable          any
	DisableCompliant any
}

// people reads testdata/people and the schema that is theirs.
func people(t *testing.T) (*engine.Rules, map[string]person) {
	t.Helper()
	schema, err := os.ReadFile(filepath.Join("testdata", "people_schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := engine.Load(schema)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "people", "*.json"))
	if err != nil || len(files) != 9 {
		t.Fatalf("%d people, %v", len(files), err)
	}
	all := map[string]person{}
	for _, file := range files {
		var p person
		if data, err := os.ReadFile(file); err != nil {
			t.Fatal(err)
		} else if err := json.Unmarshal(data, &p); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = p
	}
	return rules, all
}

func (p person) subject() engine.Subject {
	return engine.Subject{ID: p.Source["objectId"][0], Type: p.Type, Attributes: p.Source}
}

func (p person) access() engine.Access {
	if p.Assigned == "through a group" {
		a := assigned(sales)
		a.Groups = []string{sales}
		return a
	}
	return assigned(p.Source["objectId"][0])
}

func TestAPreviewHasTheBodiesWrittenByHand(t *testing.T) {
	t.Parallel()
	rules, all := people(t)
	for name, p := range all {
		got, err := rules.Preview(p.subject(), p.access())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		left, err := rules.Preview(p.subject(), engine.Access{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		leftOut := []string{}
		for _, f := range got.LeftOut {
			leftOut = append(leftOut, f.Target)
		}
		for part, pair := range map[string][2]any{
			"create":                 {p.Create, bodyOf(got.Create)},
			"references":             {p.CreateReferences, bodiesOf(got.CreateReferences)},
			"left out of the create": {p.LeftOut, leftOut},
			"update":                 {p.Update, bodiesOf(got.Update)},
			"compliant update":       {p.UpdateCompliant, bodiesOf(got.UpdateCompliant)},
			"disable":                {p.Disable, bodyOf(left.Disable)},
			"compliant disable":      {p.DisableCompliant, bodyOf(left.DisableCompliant)},
			"no disable in scope":    {got.Decision.InScope, got.Disable == nil && p.Type == engine.User || p.Type == engine.Group},
			"no create out of scope": {true, left.Create == nil && len(left.Update) == 0},
		} {
			if diff := cmp.Diff(plain(t, pair[0]), plain(t, pair[1])); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, part, diff)
			}
		}
	}
}

func TestAPreviewNamesMethodAndPath(t *testing.T) {
	t.Parallel()
	rules, all := people(t)
	got, err := rules.Preview(all["pilots"].subject(), all["pilots"].access())
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{got.Create.Method + " " + got.Create.Path}
	for _, r := range append(got.CreateReferences, got.Update...) {
		lines = append(lines, r.Method+" "+r.Path)
	}
	want := []string{"POST /Groups", "PATCH /Groups/{id}", "PATCH /Groups/{id}", "PATCH /Groups/{id}"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPreviewSaysWhyAnAttributeIsNotSent(t *testing.T) {
	t.Parallel()
	r := load(t, func(mapping map[string]any) {
		with("title", map[string]any{"source": function(`IgnoreFlowIfNullOrEmpty([absent])`)})(mapping)
		with("locale", map[string]any{"source": function(`Nonsense([absent])`)})(mapping)
		with("userType", map[string]any{"source": nil})(mapping)
		with("nickName", map[string]any{"source": function(`Join("", [absent])`)})(mapping)
	})
	p, err := r.Preview(user(nil), assigned(ada))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Flows []struct{ Target, Outcome, NotSent string }
	}
	if err := json.Unmarshal(encoded, &document); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range document.Flows {
		if f.NotSent != "" {
			got[f.Target] = f.Outcome + ": " + f.NotSent
		}
	}
	want := map[string]string{
		"title":    "dropped: the expression keeps the attribute out of the request",
		"locale":   "unsupported: Nonsense at column 1: no function of this name is documented",
		"userType": "null: it has no source, and its default value is for a create alone",
		"nickName": "value: there is no value, and the service never sends an empty one",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(string(encoded), ":null") {
		t.Errorf("something is null: %s", encoded)
	}
}

func TestAPreviewSaysWhatComesOfNothing(t *testing.T) {
	t.Parallel()
	many := user(map[string][]string{"displayName": {"a", "b"}})
	only := func(flows string) edit { return set("flowTypes", flows) }
	for name, test := range map[string]struct {
		rules   *engine.Rules
		subject engine.Subject
		want    string
		updates int
	}{
		"several values":     {load(t), many, "Fail " + engine.SchemaPropertyCanOnlyAcceptValue, 0},
		"creates nobody":     {load(t, only("Update")), user(nil), "Skip " + engine.EntrySynchronizationSkipped, 2},
		"updates nobody":     {load(t, only("Add")), user(nil), "Create ", 0},
		"no matching value":  {load(t), user(map[string][]string{"userPrincipalName": nil}), "Skip " + engine.ImportSkipped, 0},
		"users are switched": {load(t, set("enabled", false)), user(nil), "Skip " + engine.EntrySynchronizationSkipped, 0},
	} {
		p, err := test.rules.Preview(test.subject, assigned(ada))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, string(p.Action)+" "+p.Code); diff != "" || len(p.Update) != test.updates || (p.Create != nil) != (p.Action == engine.Create) {
			t.Errorf("%s: %d updates, %s (-want +got):\n%s", name, len(p.Update), p.Reason, diff)
		}
	}
	if _, err := load(t).Preview(engine.Subject{Type: "Device"}, engine.Access{}); !is[*engine.NoMappingError](err) {
		t.Errorf("got %v, want a *NoMappingError", err)
	}
}

func bodyOf(r *engine.Request) any {
	if r == nil {
		return nil
	}
	return r.Body
}

func bodiesOf(requests []engine.Request) []any {
	bodies := []any{}
	for i := range requests {
		bodies = append(bodies, requests[i].Body)
	}
	return bodies
}

// plain is a value as its JSON reads.
func plain(t *testing.T, v any) any {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(encoded, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
