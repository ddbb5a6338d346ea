package blueprint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

func TestVariablesAreFilledInWhereTheyStand(t *testing.T) {
	t.Parallel()
	text := "apiVersion: scimctl/v1\nkind: Provisioning\napplication: {name: \"Workato ${STAGE}\"}\n" + `
provisioning: {enabled: "${ON}", deleteThreshold: "${N}", skipOutOfScopeDeletions: false}
users:
  mappings:
    title: ${ATTRIBUTE}
    "urn:${STAGE}": $${STAGE} costs $5
    other: {source: a, match: "${N}"}
`
	vars := blueprint.Variables{
		Given: map[string]string{"STAGE": "TEST", "ON": "true", "ATTRIBUTE": "${PREFIX}Title"},
		Getenv: func(name string) string {
			return map[string]string{"SCIMCTL_VAR_PREFIX": "job", "SCIMCTL_VAR_N": "7", "SCIMCTL_VAR_STAGE": "no"}[name]
		},
	}
	got, err := blueprint.Parse("f.yaml", []byte(text), vars)
	if err != nil {
		t.Fatal(err)
	}
	b := got[0]
	if b.Application.Name != "Workato TEST" || !*b.Provisioning.Enabled || *b.Provisioning.DeleteThreshold != 7 {
		t.Errorf("%+v", b.Provisioning)
	}
	want := map[string]blueprint.Mapping{
		"title": {Source: new("jobTitle")}, "urn:TEST": {Source: new("${STAGE} costs $5")}, "other": {Source: new("a"), Match: new(7)},
	}
	if diff := cmp.Diff(want, b.Users.Mappings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVariablesThatHaveNoEndAreRefused(t *testing.T) {
	t.Parallel()
	for want, given := range map[string]map[string]string{
		"the variables contain each other: A, which has B, which has A": {"A": "${B}", "B": "x${A}"},
		"the variables contain each other: A, which has A":              {"A": "${A}"},
		"with its variables this is longer than 65536 bytes": {
			"A": strings.Repeat("${B}", 99), "B": strings.Repeat("${C}", 99), "C": strings.Repeat("x", 99),
		},
	} {
		_, err := blueprint.Parse("f.yaml", []byte(strings.Replace(head, "Workato", `"${A}"`, 1)), blueprint.Variables{Given: given})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestAVariableThatNoFileHasIsLikelyMisspelt(t *testing.T) {
	t.Parallel()
	read := blueprint.Read{Paths: []string{"-"}, Stdin: strings.NewReader(head), Variables: blueprint.Variables{Given: map[string]string{"STAG": "TEST"}}}
	_, err := read.Do(t.Context())
	if !failure.Is(err, failure.Invalid) || !strings.HasSuffix(err.Error(), "variable STAG") {
		t.Error(err)
	}
}

func TestAnEscapedTextIsReadAsItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("${}aB'"))).Draw(t, "text") + "."
		quoted := "'" + strings.ReplaceAll(blueprint.Escape(text), "'", "''") + "'"
		got, err := blueprint.Parse("f.yaml", []byte(strings.Replace(head, "Workato", quoted, 1)), blueprint.Variables{})
		if err != nil || got[0].Application.Name != text {
			t.Fatalf("%q became %s: %v", text, quoted, err)
		}
	})
}
