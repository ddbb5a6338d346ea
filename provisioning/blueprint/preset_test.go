package blueprint_test

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/presets"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// everyPreset are all there are.
func everyPreset(t *testing.T) []presets.Preset {
	t.Helper()
	var all []presets.Preset
	for _, name := range presets.Names() {
		p, err := presets.Find(strings.ToUpper(name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// settingsOf are ways to set the parameters of a preset, each switch both ways.
func settingsOf(p presets.Preset) []map[string]string {
	all := []map[string]string{{}}
	for _, parameter := range p.Parameters {
		other := map[string]string{"true": "false", "false": "true"}[parameter.Default]
		if other == "" {
			other = "it's ${ME}@contoso.com"
			if parameter.Name == "notify" {
				other = "ops@contoso.com"
			}
		}
		for _, set := range slices.Clip(all) {
			with := maps.Clone(set)
			with[parameter.Name] = other
			all = append(all, with)
		}
	}
	return all
}

func fileOf(t *testing.T, p presets.Preset, set map[string]string) string {
	t.Helper()
	text, err := p.File(set)
	if err != nil {
		t.Fatalf("%s %v: %v", p.Name, set, err)
	}
	return string(text)
}

func TestEveryPresetIsReadAsTheSchemaHasIt(t *testing.T) {
	t.Parallel()
	validate := validator(t)
	for _, p := range everyPreset(t) {
		if !strings.HasPrefix(p.Source, "https://") || p.Date == "" || p.Does == "" || len(p.Vendor) == 0 || len(p.Later) == 0 {
			t.Errorf("%s does not say where it is from, and what else is to be done", p.Name)
		}
		for _, set := range settingsOf(p) {
			text := fileOf(t, p, set)
			read, err := blueprint.Parse(p.Name, []byte(text), blueprint.Variables{})
			if err = errors.Join(err, validate(text)); err != nil {
				t.Fatalf("%s %v: %v\n%s", p.Name, set, err, text)
			}
			if name, given := set["name"]; given && read[0].Application.Name != name {
				t.Errorf("%s: named %q", p.Name, read[0].Application.Name)
			}
			credentials := read[0].Provisioning.Credentials
			for _, reference := range []blueprint.Reference{credentials.URL, credentials.Token} {
				if reference.From != blueprint.FromEnv || p.Environment[reference.At] == "" || !strings.Contains(text, "#   - "+reference.At+": ") {
					t.Errorf("%s does not say what %v is", p.Name, reference)
				}
			}
		}
	}
}

func TestEveryPresetIsAppliedKeptAndExported(t *testing.T) {
	t.Parallel()
	for _, p := range everyPreset(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { liveWith(t, p) })
		})
	}
}

func liveWith(t *testing.T, p presets.Preset) {
	c := newCompany(t)
	for name := range p.Environment {
		c.env[name] = map[bool]string{true: sandbox.SCIMURL, false: scimToken}[strings.HasSuffix(name, "_URL")]
	}
	set := map[string]string{"name": "Another " + p.Name}
	if p.Name == "workato" {
		set["environments"] = "true"
	}
	text := fileOf(t, p, set)
	c.apply(text)
	if diff := cmp.Diff([]string{}, steps(c.plan(text))); diff != "" {
		t.Errorf("after apply (-want +got):\n%s", diff)
	}
	behind := head + "users: {mappings: {displayName: mail, externalId: mail, userName: mail}, filters: {A: [department equals Sales]}}\nprovisioning: {enabled: false}\n"
	behind = strings.Replace(behind, "Workato", "Another "+p.Name, 1)
	c.apply(behind)
	if drift := steps(c.plan(text)); len(drift) == 0 {
		t.Error("what was changed behind its back is no drift")
	}
	c.apply(text)
	if diff := cmp.Diff([]string{}, steps(c.plan(text))); diff != "" {
		t.Errorf("repaired (-want +got):\n%s", diff)
	}
	other := newCompany(t)
	maps.Copy(other.env, c.env)
	exported := c.export("Another " + p.Name)
	for _, variable := range regexp.MustCompile(`env:(\w+)`).FindAllStringSubmatch(exported, -1) {
		other.env[variable[1]] = map[bool]string{true: sandbox.SCIMURL, false: scimToken}[strings.HasSuffix(variable[1], "_URL")]
	}
	other.apply(exported)
	if diff := cmp.Diff([]string{}, steps(other.plan(text))); diff != "" {
		t.Errorf("what was exported and applied elsewhere (-want +got):\n%s\n%s", diff, exported)
	}
}

func TestWhatAPresetCannotBeGivenIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := presets.Find("workgird"); err == nil || err.Error() != `no preset "workgird": did you mean workgrid?` {
		t.Error(err)
	}
	if _, err := presets.Find("../presets/workato"); err == nil {
		t.Error("a path is taken")
	}
	workato, err := presets.Find("workato")
	if err != nil {
		t.Fatal(err)
	}
	for want, set := range map[string]map[string]string{
		`parameter "environment" of the preset workato: there is none; there are environments, name`: {"environment": "true"},
		`parameter "environments" of the preset workato: it is true or false, and not "yes"`:         {"environments": "yes"},
		`parameter "name" of the preset workato: it needs a value`:                                   {"name": ""},
		`parameter "name" of the preset workato: it is one line`:                                     {"name": "a\nb: c"},
	} {
		if _, err := workato.File(set); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
