package blueprint_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/provisioning/blueprint"
)

func TestTheSchemaInTheDocsIsThatOfTheTypes(t *testing.T) {
	t.Parallel()
	want := blueprint.Schema()
	page := filepath.Join("..", "..", "docs", "blueprint.schema.json")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), strings.ReplaceAll(string(got), "\r\n", "\n")); diff != "" {
		t.Errorf("UPDATE=1 go test writes it anew (-want +got):\n%s", diff)
	}
}

// validator checks texts against the schema, as an editor does.
func validator(t *testing.T) func(text string) error {
	t.Helper()
	var schema jsonschema.Schema
	if err := json.Unmarshal(blueprint.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) error {
		t.Helper()
		var document any
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		var instance any
		if err := json.Unmarshal(asJSON, &instance); err != nil {
			t.Fatal(err)
		}
		return resolved.Validate(instance)
	}
}

func TestTheSchemaTakesWhatIsRead(t *testing.T) {
	t.Parallel()
	validate := validator(t)
	for _, text := range []string{
		whole, head, head + "users:\ngroups:\nassignments:\nvalues:\n", head + "users: {enabled: \"${ON}\", mappings: {a: {source: b, match: \"${N}\"}}}\n",
		head + "provisioning: {scope: \"${S}\", deleteThreshold: 5, notify: []}\n", head + "values: {a: {b: 7, c: true}}\n", head + "users: {mappings: , filters: }\n",
	} {
		if err := validate(text); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
}

func TestTheSchemaRefusesWhatIsNotRead(t *testing.T) {
	t.Parallel()
	validate := validator(t)
	for _, text := range []string{
		"apiVersion: scimctl/v2\nkind: Provisioning\napplication: {name: W}\n", "apiVersion: scimctl/v1\nkind: Provisioning\n",
		head + "usrs: {}\n", head + "users: {enabled: yes-please}\n", head + "users: {actions: [purge]}\n", head + "users: {actions: create}\n",
		head + "provisioning: {credentials: {token: secret}}\n", head + "provisioning: {credentials: {oauth: {clientId: a, tokenUrl: b, clientSecret: c}}}\n",
		head + "provisioning: {deleteThreshold: many}\n", head + "provisioning: {scope: some}\n", head + "users: {mappings: {a: [b]}}\n", head + "extensions: {properties: [{type: String}]}\n",
	} {
		if validate(text) == nil {
			t.Errorf("taken:\n%s", text)
		}
		if _, err := blueprint.Parse("f.yaml", []byte(text), blueprint.Variables{}); err == nil {
			t.Errorf("read:\n%s", text)
		}
	}
}

func TestTheFileInTheDocsIsRead(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "blueprint.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(strings.ReplaceAll(string(page), "\r\n", "\n"), "```yaml\napiVersion")
	text, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the page shows no file")
	}
	read, err := blueprint.Parse("blueprint.md", []byte("apiVersion"+text), blueprint.Variables{})
	if err := errors.Join(err, validator(t)("apiVersion"+text)); err != nil {
		t.Fatal(err)
	}
	if b := read[0]; len(b.Users.Mappings) != 5 || b.Users.Filters == nil || b.Values == nil || b.Assignments == nil {
		t.Errorf("the page leaves something out: %+v", b)
	}
}
