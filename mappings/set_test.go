package mappings_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

func TestASettingChangesWhatItSaysAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		setting schema.Setting
		old     string // text of the schema, once each
		now     string
	}{
		{
			"apply",
			schema.Setting{Mapping: schema.Mapping{Target: "emails[type eq 'work'].value", Apply: schema.OnCreate}},
			`"flowType": "Always", "matchingPriority": 0, "targetAttributeName": "emails[`, `"flowType": "ObjectAddOnly", "matchingPriority": 0, "targetAttributeName": "emails[`,
		},
		{
			"flow",
			schema.Setting{Mapping: schema.Mapping{Target: "userType", Flow: schema.FlowAlways}},
			`"flowBehavior": "FlowWhenChanged", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "userType"`,
			`"flowBehavior": "FlowAlways", "flowType": "Always", "matchingPriority": 0, "targetAttributeName": "userType"`,
		},
		{
			"default",
			schema.Setting{Mapping: schema.Mapping{Target: "preferredLanguage", Default: "de-DE"}},
			`"defaultValue": "en-US"`, `"defaultValue": "de-DE"`,
		},
		{
			"source",
			schema.Setting{Mapping: schema.Mapping{Target: "userType", Source: "department"}},
			`{ "expression": "\"Employee\"", "name": "Employee", "type": "Constant", "parameters": [] }`,
			`{"expression":"[department]","name":"department","type":"Attribute","parameters":[]}`,
		},
		{
			"source, and no default",
			schema.Setting{Mapping: schema.Mapping{Target: "preferredLanguage", Kind: schema.Constant, Source: "de"}, NoDefault: true},
			`{ "defaultValue": "en-US", "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "ObjectAddOnly", "matchingPriority": 0, "targetAttributeName": "preferredLanguage", "source": null }`,
			`{ "defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "ObjectAddOnly", "matchingPriority": 0, "targetAttributeName": "preferredLanguage", "source": {"expression":"\"de\"","name":"de","type":"Constant","parameters":[]} }`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := schematest.Parse(t, schematest.Text(t))
			if strings.Count(string(schematest.Text(t)), c.old) != 1 {
				t.Fatalf("the schema does not hold %s once", c.old)
			}
			if changes, err := schematest.Set(t, s, c.setting); err != nil || len(changes) != 1 {
				t.Fatalf("changes %v, error %v", changes, err)
			}
			if diff := cmp.Diff(strings.Replace(string(schematest.Text(t)), c.old, c.now, 1), string(s.Bytes())); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if again, err := schematest.Set(t, s, c.setting); err != nil || len(again) > 0 {
				t.Errorf("again: %v, %v", again, err)
			}
		})
	}
}

func TestWhatIsNotKnownOfAMappingSurvivesASetting(t *testing.T) {
	t.Parallel()
	const stranger = `"exportMissingReferences": true, "stranger": 1.50, "targetAttributeName": "userType"`
	document := strings.Replace(string(schematest.Text(t)), `"targetAttributeName": "userType"`, stranger, 1)
	s := schematest.Parse(t, []byte(document))
	if _, err := schematest.Set(t, s, schema.Setting{Mapping: schema.Mapping{Target: "userType", Source: "mail", Default: "x", Apply: schema.OnCreate}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(s.Bytes()), stranger) {
		t.Error("it is lost")
	}
}

// The same among any strangers, to the last blank.
func TestASettingChangesItsMembersAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := schematest.StrangeObject(t, `"name"`, "NAME", `"type"`, `"Constant"`)
		mapping := schematest.StrangeObject(t, `"targetAttributeName"`, `"city"`, `"defaultValue"`, "DEFAULT", `"source"`, source, `"matchingPriority"`, "2")
		document := strings.Replace(schematest.StrangeSchemaOf(t, mapping), "NAME", `"M\u00fcller"`, 1)
		s, err := schema.Parse([]byte(strings.Replace(document, "DEFAULT", "null", 1)))
		if err != nil {
			t.Fatal(err)
		}
		setting := schema.Setting{Mapping: schema.Mapping{Target: "city", Kind: schema.Constant, Source: "Müller", Default: "<x>"}}
		edit, err := mappings.Set{Settings: []schema.Setting{setting}}.Plan(t.Context(), mappings.Place{Schema: s})
		if err == nil {
			err = edit(s)
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Replace(document, "DEFAULT", `"<x>"`, 1), string(s.Bytes())); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func TestASettingMakesAMappingThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	changes, err := schematest.Set(t, s, schema.Setting{Mapping: schema.Mapping{Target: "title", Source: "jobTitle"}}, schema.Setting{Mapping: schema.Mapping{Target: schematest.Team, Source: "department"}})
	want := []diff.Change{
		{Object: "user", Kind: diff.ChangedTargetAttribute, Name: schematest.Team, New: "String"},
		{Object: "user", Kind: diff.ChangedMapping, Name: "title", New: "[jobTitle]"},
		{Object: "user", Kind: diff.ChangedMapping, Name: schematest.Team, New: "[department]"},
	}
	if diff := cmp.Diff(want, changes); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestASettingThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		setting schema.Setting
		want    string
	}{
		{schema.Setting{Mapping: schema.Mapping{Target: "title", Apply: schema.OnCreate}}, "mapping of title: it needs a source or a default value"},
		{schema.Setting{Mapping: schema.Mapping{Target: "titel", Apply: schema.OnCreate}}, `no target attribute "titel"; near it: title`},
		{schema.Setting{Mapping: schema.Mapping{Target: "userType", Kind: schema.None}}, "mapping of userType: it needs a source or a default value"},
		{schema.Setting{Mapping: schema.Mapping{Target: "preferredLanguage"}, NoDefault: true}, "mapping of preferredLanguage: it needs a source or a default value"},
		{schema.Setting{Mapping: schema.Mapping{Target: "userName"}, NoMatch: true}, "cannot match by nothing: a user mapping needs one matching attribute at least; set another one first"},
		{schema.Setting{Mapping: schema.Mapping{Target: "userType", Match: 1}}, "matching priority 1 belongs to userName"},
		{schema.Setting{Mapping: schema.Mapping{Target: "userType", Kind: "magic", Source: "x"}}, `mapping of userType: its kind is direct, expression, constant or none, not "magic"`},
		{schema.Setting{Mapping: schema.Mapping{Target: "userType", Flow: "often"}}, `mapping of userType: it flows when-changed or always, not "often"`},
		{schema.Setting{Mapping: schema.Mapping{Target: "userType", Kind: schema.Expression, Source: "Join("}}, "expression for userType: column 6: "},
		{schema.Setting{Mapping: schema.Mapping{Target: "userType", Kind: schema.Expression, Source: `ToUpper([departmnt])`}}, `no source attribute "departmnt", named at column 9 of the expression for userType; near it: department`},
		{schema.Setting{Mapping: schema.Mapping{Target: "userType", Kind: schema.Expression, Source: `ToUper([department])`}}, `expression for userType: column 1: there is no function ToUper; near it: ToUpper`},
	} {
		_, err := schematest.Set(t, schematest.Parse(t, schematest.Text(t)), c.setting)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.setting, err, c.want)
		}
	}
}

func TestAnErrorInAnExpressionShowsItsPlace(t *testing.T) {
	t.Parallel()
	excerpt := func(source string) string {
		_, err := schematest.Set(t, schematest.Parse(t, schematest.Text(t)), schema.Setting{Mapping: schema.Mapping{Target: "userType", Kind: schema.Expression, Source: source}})
		e, ok := errors.AsType[interface {
			error
			Excerpt() string
		}](err)
		if !ok {
			t.Fatalf("got %v", err)
		}
		return e.Excerpt()
	}
	for source, want := range map[string]string{
		"Join(\n  \"x\", [departmnt])": "  \"x\", [departmnt])\n       ^",
		"ToUper([department])":         "ToUper([department])\n^",
		"ToUpper([department]":         "ToUpper([department]\n                    ^",
	} {
		if diff := cmp.Diff(want, excerpt(source)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestMatchingPrioritiesCanBeSwapped(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	if _, err := schematest.Set(t, s, schema.Setting{Mapping: schema.Mapping{Target: "userType", Match: 2}}); err != nil {
		t.Fatal(err)
	}
	changes, err := schematest.Set(t, s, schema.Setting{Mapping: schema.Mapping{Target: "userType", Match: 1}}, schema.Setting{Mapping: schema.Mapping{Target: "userName", Match: 2}})
	if err != nil || len(changes) != 2 {
		t.Errorf("changes %v, error %v", changes, err)
	}
}

// The service's word on an expression holds, whatever is thought of it here.
func TestTheServiceDecidesOnAnExpression(t *testing.T) {
	for _, c := range []struct {
		name, source     string
		status           int
		answer           string
		stored           string // source of the mapping afterwards
		warnings, errors string
	}{
		{
			"it takes what does not parse here", `Novel([displayName] ? 1)`, 200,
			`{"parsingSucceeded":true,"parsedExpression":{"expression":"ToUpper([displayName])","name":"ToUpper","type":"Function","parameters":[{"key":"source","value":{"expression":"[displayName]","name":"displayName","type":"Attribute","parameters":[]}}]}}`,
			`ToUpper([displayName])`, "the service takes the expression for nickName, in which scimctl finds a fault: column ", "",
		},
		{
			"it refuses what parses here", `ToUpper([displayName])`, 200, `{"parsingSucceeded":false,"error":{"code":"Odd","message":"not today"}}`,
			"", "", "expression for nickName: the service cannot parse the expression: Odd: not today",
		},
		{
			"it reads something else", `ToUpper([displayName])`, 200,
			`{"parsingSucceeded":true,"parsedExpression":{"expression":"ToLower([displayName])","name":"ToLower","type":"Function","parameters":[]}}`,
			`ToLower([displayName])`, "the service reads the expression for nickName as ToLower([displayName])", "",
		},
		{
			"it cannot be asked", `ToUpper([displayName])`, 404, `{"error":{"code":"NotFound","message":"no such thing"}}`,
			`ToUpper([displayName])`, "the service could not be asked about the expression for nickName, which goes in the form that Microsoft documents: ", "",
		},
		{
			"it cannot be asked, and nothing is documented", `PCase([displayName])`, 403, `{"error":{"code":"Forbidden","message":"not you"}}`,
			"", "", "parse the expression: ",
		},
		{
			"neither takes it", `ToUpper([displayName]`, 200, `{"parsingSucceeded":false,"error":{"code":"Odd","message":"not today"}}`,
			"", "", "expression for nickName: column 22: ",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			schematest.InCompany(t, func(co *schematest.Company) {
				client := co.Meddling(func(r *http.Request) *http.Response {
					if schematest.IsRequest(r, http.MethodPost, "/parseExpression") {
						return schematest.Answer(r, c.status, c.answer)
					}
					return nil
				})
				u := co.Update(client, nil)
				u.Plan = mappings.Set{Settings: []schema.Setting{{Mapping: schema.Mapping{Target: "nickName", Kind: schema.Expression, Source: c.source}}}}.Plan
				result, err := u.Do(co.Context())
				if c.errors != "" {
					if err == nil || !strings.HasPrefix(err.Error(), c.errors) {
						co.Errorf("got %v", err)
					}
					return
				}
				if err != nil {
					co.Fatal(err)
				}
				if len(result.Warnings) != 1 || !strings.HasPrefix(result.Warnings[0], c.warnings) {
					co.Errorf("warnings %q", result.Warnings)
				}
				if m, _ := schematest.Object(co, co.Schema(), schema.User).Mapping("nickName"); m.Source != c.stored {
					co.Errorf("stored %+v", m)
				}
				if again, err := u.Do(co.Context()); err != nil || len(again.Changes) > 0 {
					co.Errorf("again: %+v, %v", again, err)
				}
			})
		})
	}
}

func TestEachExpressionIsAskedAboutOnceAndDirectMappingsNever(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		u := c.Update(c.Graph, nil)
		add := mappings.Add{}
		for i, source := range []string{`ToUpper([city])`, `ToUpper([city])`, `ToLower([city])`} {
			add.Mappings = append(add.Mappings, schema.Mapping{Target: fmt.Sprint(schematest.Team, i), Kind: schema.Expression, Source: source})
		}
		add.Mappings = append(add.Mappings, schema.Mapping{Target: "nickName", Source: "givenName"})
		u.Plan = add.Plan
		if _, err := u.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if puts, all := c.Puts(); puts != 1 || all != 6+2 {
			c.Errorf("%d requests, %d of them write", all, puts)
		}
		if _, err := u.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if puts, all := c.Puts(); puts != 0 || all != 3 {
			c.Errorf("again: %d requests, %d of them write", all, puts)
		}
	})
}

func TestTwoThousandMappingsAreOneWrite(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		u, add := c.Update(c.Graph, nil), mappings.Add{}
		for i := range 2000 {
			add.Mappings = append(add.Mappings, schema.Mapping{Target: fmt.Sprint(schematest.Team, i), Source: "department"})
		}
		u.Plan = add.Plan
		result, err := u.Do(c.Context())
		if err != nil || len(result.Changes) != 2*2000 {
			c.Fatalf("%d changes, %v", len(result.Changes), err)
		}
		if puts, all := c.Puts(); puts != 1 || all != 6 {
			c.Errorf("%d requests, %d of them write", all, puts)
		}
	})
}

func TestExpressionsAreAskedAboutSideBySide(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		client := c.Meddling(func(r *http.Request) *http.Response {
			if schematest.IsRequest(r, http.MethodPost, "/parseExpression") {
				<-time.After(time.Second)
			}
			return nil
		})
		u, add := c.Update(client, nil), mappings.Add{}
		for i := range 16 {
			add.Mappings = append(add.Mappings, schema.Mapping{Target: fmt.Sprint(schematest.Team, i), Kind: schema.Expression, Source: fmt.Sprintf(`Append([city], "%d")`, i)})
		}
		u.Plan = add.Plan
		began := time.Now()
		if _, err := u.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if took := time.Since(began); took != 2*time.Second {
			c.Errorf("eight at a time, sixteen take two seconds, not %s", took)
		}
	})
}

func TestAMappingThatSomebodyChangedMeanwhileIsSetAllTheSame(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		meddled := false
		client := c.Meddling(func(r *http.Request) *http.Response {
			if schematest.IsRequest(r, http.MethodGet, "/schema") && !meddled {
				meddled = true
				defer func() {
					if _, err := c.Adding(c.Graph, "nickName=givenName").Do(c.Context()); err != nil {
						c.Error(err)
					}
				}()
			}
			return nil
		})
		u := c.Update(client, nil)
		u.Plan = mappings.Set{Settings: []schema.Setting{{Mapping: schema.Mapping{Target: "nickName", Source: "surname"}}}}.Plan
		if _, err := u.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if m, _ := schematest.Object(c, c.Schema(), schema.User).Mapping("nickName"); m.Source != "surname" {
			c.Errorf("got %+v", m)
		}
	})
}

func TestAnExpressionIsNoNameOfASource(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"ToUpper([jobTitle])", "[jobTitle]", `"Engineer"`, "ToUpper(jobTitle"} {
		plan := mappings.Set{NewSource: true, Settings: []schema.Setting{{Mapping: schema.Mapping{Target: "title", Source: source}}}}
		s := schematest.Parse(t, schematest.Text(t))
		edit, err := plan.Plan(t.Context(), schematest.Place(s))
		if err == nil {
			_, err = schematest.Carry(t, edit, s)
		}
		if !failure.Is(err, failure.Invalid) || !strings.Contains(err.Error(), "this is an expression") {
			t.Errorf("%s: %v", source, err)
		}
	}
}
