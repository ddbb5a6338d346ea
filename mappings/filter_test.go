package mappings_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// scoped is a schema whose user mapping has this scope.
func scoped(scope string) string {
	return `{"synchronizationRules":[{"objectMappings":[{"sourceObjectName":"User","scope":` + scope + `}]}]}`
}

var engineers = schema.Filter{Name: "Engineers", Clauses: []schema.Clause{
	{Attribute: "department", Operator: "EQUALS", Values: []string{"Engineering"}},
	{Attribute: "country", Operator: "IS NOT NULL", Values: []string{}},
}}

const engineersStored = `{"name":"Engineers","clauses":[{"operatorName":"EQUALS","sourceOperandName":"department","targetOperand":{"values":["Engineering"]}},` +
	`{"operatorName":"IS NOT NULL","sourceOperandName":"country","targetOperand":{"values":[]}}]}`

func TestTheFirstFilterMakesTheScope(t *testing.T) {
	t.Parallel()
	for _, before := range []string{`null`, `{"inputFilterGroups":[1.50],"groups":null}`, `{"groups":[]}`} {
		s := schematest.Parse(t, []byte(scoped(before)))
		o := schematest.Object(t, s, schema.User)
		if err := o.AddFilter(engineers); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			`null`: `{"categoryFilterGroups":[],"inputFilterGroups":[],"groups":[` + engineersStored + `]}`,
			`{"inputFilterGroups":[1.50],"groups":null}`: `{"inputFilterGroups":[1.50],"groups":[` + engineersStored + `]}`,
			`{"groups":[]}`: `{"groups":[` + engineersStored + `]}`,
		}[before]
		if diff := cmp.Diff(scoped(want), string(s.Bytes())); diff != "" {
			t.Errorf("%s (-want +got)\n%s", before, diff)
		}
		if diff := cmp.Diff([]schema.Filter{engineers}, o.Filters()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", before, diff)
		}
	}
}

func TestAFilterThatIsAlikeStaysAsItIs(t *testing.T) {
	t.Parallel()
	const alike = `{"groups": [ {"stranger":1.50,"clauses":[
		{"operatorName":"IS NOT NULL","sourceOperandName":"country","targetOperand":null},
		{"operatorName":"EQUALS","sourceOperandName":"department","targetOperand":{"values":["Engineering"]}}],"name":"Engineers"} ]}`
	s := schematest.Parse(t, []byte(scoped(alike)))
	o := schematest.Object(t, s, schema.User)
	if err := errors.Join(o.AddFilter(engineers), o.SetFilter(engineers)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(scoped(alike), string(s.Bytes())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAFilterIsReplacedOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	const before = `{"groups":[{"name":"Sales","x":1.0},{"name":"Engineers","stranger":1.50,"clauses":[]},{"name":"Engineers","clauses":[]}]}`
	s := schematest.Parse(t, []byte(scoped(before)))
	o := schematest.Object(t, s, schema.User)
	exists := o.AddFilter(engineers)
	if !failure.Is(exists, failure.Conflict) || exists.Error() != `the filter "Engineers" is there already, with no clauses instead of department EQUALS Engineering and country IS NOT NULL` {
		t.Errorf("got %v", exists)
	}
	if err := o.SetFilter(engineers); err != nil {
		t.Fatal(err)
	}
	clauses := strings.TrimSuffix(strings.SplitAfterN(engineersStored, `"clauses":`, 2)[1], "}")
	want := scoped(`{"groups":[{"name":"Sales","x":1.0},{"name":"Engineers","stranger":1.50,"clauses":` + clauses + `}]}`)
	if diff := cmp.Diff(want, string(s.Bytes())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAFilterComesAndGoesWithoutATrace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		groups := "[" + schematest.Blank(t) + schematest.StrangeObject(t, `"name"`, `"other"`, `"clauses"`, `[]`) + schematest.Blank(t) + "]"
		scope := schematest.StrangeObject(t, `"groups"`, groups)
		mapping := schematest.StrangeObject(t, `"sourceObjectName"`, `"User"`, `"scope"`, scope)
		before := `{"synchronizationRules":[` + schematest.StrangeObject(t, `"objectMappings"`, schematest.StrangeArray(t, mapping)) + `]}`
		s, err := schema.Parse([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.Object(schema.User)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.AddFilter(engineers); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(s.Bytes()), engineersStored) {
			t.Fatalf("not added: %s", s.Bytes())
		}
		if !o.RemoveFilter("Engineers") || o.RemoveFilter("Engineers") {
			t.Fatal("a filter is removed once")
		}
		if got := string(s.Bytes()); got != before {
			t.Fatalf("(-want +got)\n%s", cmp.Diff(before, got))
		}
	})
}

func operators() []synchronization.FilterOperator {
	words := []string{"Integer", "String"}
	return []synchronization.FilterOperator{
		{Name: "EQUALS", Arity: "Binary", SupportedAttributeTypes: words},
		{Name: "NOT EQUALS", Arity: "Binary", SupportedAttributeTypes: words},
		{Name: "IS NOT NULL", Arity: "Unary"},
		{Name: "Greater_Than", Arity: "Binary", SupportedAttributeTypes: []string{"Integer"}},
		{Name: "Greater_Than_OR_EQUALS", Arity: "Binary", SupportedAttributeTypes: []string{"Integer"}},
		{Name: "ENDS_WITH", Arity: "Binary"},
		{Name: "Includes", Arity: "Binary"},
		{Name: "!&", Arity: "Binary"},
	}
}

func TestAClauseIsReadInAnySpelling(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]schema.Clause{
		"department equals Engineering":        {Attribute: "department", Operator: "EQUALS", Values: []string{"Engineering"}},
		" department  EQUALS  Sales  and more": {Attribute: "department", Operator: "EQUALS", Values: []string{"Sales  and more"}},
		`department not-equals " Sales "`:      {Attribute: "department", Operator: "NOT EQUALS", Values: []string{" Sales "}},
		"department Not Equals 'Sales'":        {Attribute: "department", Operator: "NOT EQUALS", Values: []string{"Sales"}},
		"department is not null":               {Attribute: "department", Operator: "IS NOT NULL", Values: []string{}},
		"department is-not-null":               {Attribute: "department", Operator: "IS NOT NULL", Values: []string{}},
		"level greater-than 5":                 {Attribute: "level", Operator: "Greater_Than", Values: []string{"5"}},
		"level greater_than or-equals 5":       {Attribute: "level", Operator: "Greater_Than_OR_EQUALS", Values: []string{"5"}},
		"mail ends-with @contoso.com":          {Attribute: "mail", Operator: "ENDS_WITH", Values: []string{"@contoso.com"}},
		"city includes Rome; Oslo;":            {Attribute: "city", Operator: "Includes", Values: []string{"Rome", "Oslo"}},
		"city equals Rome; Oslo":               {Attribute: "city", Operator: "EQUALS", Values: []string{"Rome; Oslo"}},
		"level !& 4":                           {Attribute: "level", Operator: "!&", Values: []string{"4"}},
	} {
		got, err := schema.ParseClause(text, operators())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
		again, err := schema.ParseClause(got.String(), operators())
		if diff := cmp.Diff(got, again); diff != "" || err != nil {
			t.Errorf("%s reads as %v, %v", got, again, err)
		}
	}
}

func TestAClauseThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                         `clause "": it is not ATTRIBUTE OPERATOR [VALUE]`,
		"department":               `clause "department": it is not ATTRIBUTE OPERATOR [VALUE]`,
		"department equals":        `clause "department equals": equals needs a value; nothing at all is tested with is-null and is-not-null`,
		`department equals ""`:     `clause "department equals \"\"": equals needs a value; nothing at all is tested with is-null and is-not-null`,
		"department includes ; ;":  `clause "department includes ; ;": includes needs a value; nothing at all is tested with is-null and is-not-null`,
		"department is-not-null x": `clause "department is-not-null x": is-not-null takes no value`,
		"department like Sales":    `unknown operator "like": those of this job are equals, not-equals, is-not-null, greater-than, greater-than-or-equals, ends-with, includes, !&`,
	} {
		if _, err := schema.ParseClause(text, operators()); err == nil || err.Error() != want {
			t.Errorf("%q: got %v\nwant %s", text, err, want)
		}
	}
}

// filtering is an update that adds a filter.
func filtering(c *schematest.Company, add mappings.AddFilter) mappings.Update {
	u := c.Update(c.Graph, nil)
	u.Plan = add.Plan
	return u
}

func TestAFilterIsWrittenOnce(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		c.Extensions(extattr.Create{}, "workato_role")
		full := extattr.FullName(c.App.AppID, "workato_role")
		add := filtering(c, mappings.AddFilter{Name: "Roles", Where: []string{"workato_role not-equals NoAccess"}})
		result, err := add.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		want := []diff.Change{
			{Object: "user", Kind: diff.ChangedFilter, Name: "Roles", New: full + " NOT EQUALS NoAccess"},
			{Object: "user", Kind: diff.ChangedSourceAttribute, Name: full, New: "String"},
		}
		if diff := cmp.Diff(want, result.Changes); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		warning := full + " NOT EQUALS NoAccess: whoever has no " + full + " does not pass either; a second filter with '" + full + " is-null' in its place lets them"
		if diff := cmp.Diff([]string{warning}, result.Warnings); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if puts, _ := c.Puts(); puts != 1 {
			c.Errorf("%d PUTs", puts)
		}

		again, err := add.Do(c.Context())
		if puts, _ := c.Puts(); err != nil || puts != 0 || len(again.Changes)+len(again.Warnings) > 0 {
			c.Errorf("a second time: %v, %v, %d PUTs", again, err, puts)
		}

		remove := c.Update(c.Graph, nil)
		remove.Plan = mappings.RemoveFilters{Names: []string{"Role"}}.Plan
		_, err = remove.Do(c.Context())
		if diff := cmp.Diff(&graph.NotFoundError{Kind: "scoping filter", Name: "Role", Near: []string{"Roles"}}, err); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		remove.Plan = mappings.RemoveFilters{Names: []string{"Roles", "absent"}}.Plan
		if result, err = remove.Do(c.Context()); err != nil || len(result.Changes) != 1 || result.Changes[0].New != "" {
			c.Errorf("removed %v, %v", result.Changes, err)
		}
		if filters := schematest.Object(c, c.Schema(), schema.User).Filters(); len(filters) != 0 {
			c.Errorf("%v are left", filters)
		}
	})
}

func TestAFilterThatKeepsTheEmptyNeedsNoWarning(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		for _, add := range []mappings.AddFilter{
			{Name: "Unknown", Where: []string{"department is-null"}},
			{Name: "Others", Where: []string{"department not-equals Sales", "displayName not-regex-match ^Test"}},
		} {
			result, err := filtering(c, add).Do(c.Context())
			if err != nil {
				c.Fatal(err)
			}
			for _, warning := range result.Warnings {
				if !strings.HasPrefix(warning, "displayName NOT REGEX MATCH ^Test: whether it is enough that a part of the value fits") {
					c.Errorf("%s warns: %s", add.Name, warning)
				}
			}
			if want := len(add.Where) - 1; len(result.Warnings) != want {
				c.Errorf("%s has %d warnings, want %d", add.Name, len(result.Warnings), want)
			}
		}
	})
}

func TestWhatTheServiceCannotFilterOnIsRefused(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		c.Extensions(extattr.Create{MultiValued: true}, "tags")
		c.Extensions(extattr.Create{DataType: "DateTime"}, "since")
		c.Extensions(extattr.Create{DataType: "Integer"}, "level")
		for where, want := range map[string]string{
			"manager is-null":              "cannot filter on manager: scoping filters do not take this attribute",
			"userType equals Guest":        "cannot filter on userType: scoping filters do not take this attribute",
			"appRoleAssignments is-null":   "cannot filter on appRoleAssignments: scoping filters do not take app roles; assign the users or groups that should be in scope instead",
			"memberOf equals Sales":        "cannot filter on memberOf: scoping filters do not take memberships; assign the group instead",
			"proxyAddresses is-null":       "cannot filter on proxyAddresses: it has several values, which scoping filters do not take",
			"tags is-null":                 "cannot filter on tags: provisioning does not take extensions with several values",
			"since is-null":                "cannot filter on since: it is a date, which scoping filters do not take",
			"accountEnabled equals True":   "cannot filter on accountEnabled: it is Boolean, and equals takes Integer, String; for it there is is-true, is-false, is-null, is-not-null",
			"level equals five":            `clause "level EQUALS five": "five" is no whole number`,
			"department regex-match (Sale": `clause "department REGEX MATCH (Sale": "(Sale" is no regular expression: missing closing ) in ` + "`(Sale`",
			"departmnt equals Sales":       `no source attribute "departmnt"; near it: department`,
		} {
			_, err := filtering(c, mappings.AddFilter{Name: "F", Where: []string{where}}).Do(c.Context())
			if err == nil || err.Error() != want {
				c.Errorf("%s: got %v\nwant %s", where, err, want)
			}
		}
		both := mappings.AddFilter{Name: "F", Where: []string{"department equals Sales", "department equals Research"}}
		if _, err := filtering(c, both).Do(c.Context()); err == nil || !strings.Contains(err.Error(), `department cannot be "Sales" as well`) {
			c.Errorf("two values at once: %v", err)
		}
		if puts, _ := c.Puts(); puts > 0 {
			c.Errorf("%d PUTs", puts)
		}
	})
}

func TestALongClauseIsParsedInTime(t *testing.T) {
	t.Parallel()
	const times = 300_000
	for _, repeat := range []string{"(", "a ", "is not ", "-", " \t", "not-", "\u00a0"} {
		long := strings.Repeat(repeat, times)
		for _, text := range []string{long, "department " + long, "department equals " + long + "x", "department includes " + long + ";x"} {
			began := time.Now()
			c, err := schema.ParseClause(text, operators())
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("%.30q: %s", text, took)
			}
			if err != nil && len(err.Error()) > 2000 {
				t.Errorf("%.30q: an error of %d bytes", text, len(err.Error()))
			}
			if parses := strings.HasSuffix(text, "x"); parses != (err == nil) {
				t.Errorf("%.30q: %.200v, %.100v", text, err, c)
			}
		}
	}
}
