package blueprint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
)

// Whatever is set up, by whatever hands, has nothing to do when its export is
// planned. The edits here go past the commands of scimctl, and make also what
// these refuse.
func TestTheExportOfAnySetUpHasNothingToDo(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.apply(workato)
	app, err := applications.FindRegistration(t.Context(), c.graph, "Workato DEV")
	if err != nil {
		t.Fatal(err)
	}
	job, err := synchronization.FindJob(t.Context(), c.graph, app, "")
	if err != nil {
		t.Fatal(err)
	}
	ref := synchronization.JobRef{ServicePrincipalID: app.ServicePrincipalID, JobID: job.ID}
	base, err := synchronization.TemplateSchema(t.Context(), c.graph, app.ServicePrincipalID, "scim")
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := synchronization.Secrets(t.Context(), c.graph, app.ServicePrincipalID)
	if err != nil {
		t.Fatal(err)
	}
	extension := "extension_" + strings.ReplaceAll(app.AppID, "-", "") + "_workato_role"
	setUps := rapid.Custom(func(r *rapid.T) setUp {
		s, err := schema.Parse(slices.Clone(base))
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{schema.User, schema.Group} {
			disturb(r, s, kind, extension)
		}
		return setUp{s.Bytes(), settings(r, secrets)}
	})
	taken := 0
	for seed := range randomSetUps {
		u := setUps.Example(seed)
		if _, err := synchronization.PutSchema(t.Context(), c.graph, ref, u.schema); err != nil {
			continue // Graph does not take it either
		}
		taken++
		if err := synchronization.PutSecrets(t.Context(), c.graph, app.ServicePrincipalID, u.secrets); err != nil {
			t.Fatal(err)
		}
		text := c.export("Workato DEV")
		if strings.Contains(text, scimToken) {
			t.Fatal("there is a secret in the export")
		}
		if diff := cmp.Diff([]string{}, steps(c.plan(text))); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s\n%s", seed, diff, text)
		}
	}
	if taken < randomSetUps/2 {
		t.Errorf("Graph took %d of %d set-ups", taken, randomSetUps)
	}
}

// randomSetUps is how many are tried each time.
const randomSetUps = 10

type setUp struct {
	schema  []byte
	secrets []synchronization.KeyValue
}

// disturb changes an object at random.
func disturb(r *rapid.T, s *schema.Schema, kind, extension string) {
	o, err := s.Object(kind)
	if err != nil {
		r.Fatal(err)
	}
	if kind == schema.Group && rapid.Bool().Draw(r, "off") {
		_ = o.SetEnabled(false)
	}
	_ = o.SetActions(rapid.SliceOfDistinct(rapid.SampledFrom(schema.ActionNames()), rapid.ID[string]).Draw(r, "actions"))
	for _, m := range o.Mappings() {
		if m.Match == 0 && rapid.IntRange(0, 5).Draw(r, "remove") == 0 {
			_ = o.RemoveMappings(m.Target) // what has to stay does
		}
	}
	names, filtered := []string{}, []string{"displayName", "description"}
	if kind == schema.User {
		_ = o.AddAttribute(schema.Source, schema.Attribute{Name: extension})
		filtered = []string{"department", "city", extension}
	}
	for _, a := range o.SourceAttributes() {
		names = append(names, a.Name)
	}
	for i := range rapid.IntRange(0, 4).Draw(r, "mappings") {
		target := fmt.Sprintf("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:own%d", i)
		flat := schema.Attribute{Name: target, Required: rapid.Bool().Draw(r, "required"), CaseExact: rapid.Bool().Draw(r, "exact"), Type: rapid.SampledFrom([]string{"String", "Boolean", "Integer"}).Draw(r, "type")}
		_ = o.AddAttribute(schema.Target, flat)
		_ = o.AddMapping(mapping(r, target, names))
	}
	for i := range rapid.IntRange(0, 2).Draw(r, "filters") {
		f := schema.Filter{Name: rapid.SampledFrom([]string{"Engineers", "A: b #c", "${HOME}", "", "  blank "}).Draw(r, "name")}
		if i == 1 {
			f.Name += "2"
		}
		f.Clauses = []schema.Clause{{Attribute: rapid.SampledFrom(filtered).Draw(r, "attribute"), Operator: "EQUALS", Values: []string{text(r)}}}
		_ = o.SetFilter(f)
	}
}

func mapping(r *rapid.T, target string, names []string) schema.Mapping {
	m := schema.Mapping{
		Target: target, Kind: rapid.SampledFrom([]schema.Kind{schema.Direct, schema.Expression, schema.Constant, schema.None}).Draw(r, "kind"),
		Apply: rapid.SampledFrom([]schema.Apply{schema.Always, schema.OnCreate, schema.ValueAddOnly}).Draw(r, "apply"),
		Flow:  rapid.SampledFrom([]schema.Flow{"", schema.FlowAlways}).Draw(r, "flow"),
	}
	if rapid.Bool().Draw(r, "default") || m.Kind == schema.None {
		m.Default = text(r)
	}
	name := rapid.SampledFrom(names).Draw(r, "source")
	switch m.Kind {
	case schema.Direct:
		m.Source = name
	case schema.Expression:
		m.Source = fmt.Sprintf(rapid.SampledFrom([]string{`ToUpper([%s])`, `Join(" ", [%s], "x:y")`, `Switch([IsSoftDeleted], [%s], "False", "True")`, `IIF([%s]="${A}", "1", "2")`}).Draw(r, "expression"), name)
	case schema.Constant:
		m.Source = text(r)
	case schema.None:
	}
	return m
}

// text is what YAML and the substitution of variables could take for something
// else.
func text(r *rapid.T) string {
	return rapid.SampledFrom([]string{
		"Member", "yes", "null", "~", "0x10", "1e3", "012", "- a", "a: b", "a #b", "'", `"`, `\n`, "${NAME}", "$${NAME}", "$$${A}", "%", "@x", "[a]", "{b}", "tab\there", "zwei\nZeilen", " blanks ", "ö ✓", "2026-01-01", "*", "&a", "!t", "|", ">",
	}).Draw(r, "text")
}

func settings(r *rapid.T, secrets []synchronization.KeyValue) []synchronization.KeyValue {
	all := slices.DeleteFunc(slices.Clone(secrets), func(kv synchronization.KeyValue) bool { return strings.Trim(kv.Value, "*") == "" })
	set := func(key, value string) {
		all = slices.DeleteFunc(all, func(kv synchronization.KeyValue) bool { return kv.Key == key })
		all = append(all, synchronization.KeyValue{Key: key, Value: value})
	}
	set("SecretToken", scimToken)
	set("SyncAll", rapid.SampledFrom([]string{"true", "false", "True"}).Draw(r, "all"))
	set("SkipOutOfScopeDeletions", rapid.SampledFrom([]string{"True", "False", "true"}).Draw(r, "skip"))
	set("SyncNotificationSettings", rapid.SampledFrom([]string{
		`{"Enabled":false,"DeleteThresholdEnabled":false}`, `{"Enabled":true,"Recipients":"ops@contoso.com,b@contoso.com","DeleteThresholdEnabled":true,"DeleteThresholdValue":7}`,
		`{"Enabled":true,"DeleteThresholdEnabled":true}`, `{"Enabled":false,"Recipients":"ops@contoso.com","DeleteThresholdEnabled":false,"DeleteThresholdValue":9}`,
	}).Draw(r, "notify"))
	return all
}
