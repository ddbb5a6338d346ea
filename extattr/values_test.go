package extattr_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// typed makes one extension of each type.
func (c *company) typed() {
	c.Helper()
	for name, create := range map[string]extattr.Create{
		"text": {}, "flag": {DataType: "Boolean"}, "small": {DataType: "Integer"}, "large": {DataType: "LargeInteger"},
		"at": {DataType: "DateTime"}, "blob": {DataType: "Binary"}, "tags": {MultiValued: true},
	} {
		create.Graph, create.App, create.Names = c.graph, "Workato", []string{name}
		if _, err := create.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
	}
	c.asked()
}

func TestValuesAreConvertedToTheirTypes(t *testing.T) {
	inCompany(t, func(c *company) {
		c.typed()
		set := extattr.Set{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Values: map[string][]string{
			"text": {"true"}, "flag": {"TRUE"}, "small": {"-7"}, "large": {"9007199254740993"}, "at": {"2026-03-31"}, "blob": {"AQID"}, "tags": {"b", "a"},
		}}
		changes, err := set.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		if asked := c.asked(); count(asked, "PATCH") != 1 || len(asked) != 6 {
			c.Errorf("asked %q", asked)
		}
		for _, change := range changes {
			if !change.Changed || change.Old != "" || change.New == "" {
				c.Errorf("got %+v", change)
			}
		}
		appID := c.workato().AppID
		want := map[string]any{
			"text": "true", "flag": true, "small": json.Number("-7"), "large": json.Number("9007199254740993"),
			"at": "2026-03-31T00:00:00Z", "blob": "AQID", "tags": []any{"b", "a"},
		}
		names := []string{}
		for name := range want {
			names = append(names, extattr.FullName(appID, name))
		}
		got := map[string]any{}
		for full, value := range c.find(c.Context(), "ada@contoso.com", names...) {
			short, _ := extattr.Short(appID, full)
			got[short] = value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		c.asked()
		again, err := set.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		if asked := c.asked(); count(asked, "PATCH") > 0 {
			c.Errorf("again: asked %q", asked)
		}
		for _, change := range again {
			if change.Changed || change.Old == "" {
				c.Errorf("again: got %+v", change)
			}
		}
	}, sandbox.WithLag(0))
}

func TestAValueThatDoesNotFitIsRefusedBeforeItIsWritten(t *testing.T) {
	inCompany(t, func(c *company) {
		c.typed()
		long := strings.Repeat("ä", 257)
		for name, values := range map[string][]string{
			"text": {long}, "flag": {"yes"}, "small": {"2147483648"}, "large": {"1.5"}, "at": {"tomorrow"}, "blob": {"***"}, "tags": {"a", long},
		} {
			_, err := extattr.Set{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Values: map[string][]string{name: values}}.Do(c.Context())
			if e, ok := errors.AsType[*extattr.ValueError](err); !ok || e.Name != name {
				c.Errorf("%s: got %v", name, err)
			}
		}
		for _, values := range []map[string][]string{
			{"text": {"a", "b"}}, {"text": {}}, {"text": {""}}, {"text": {"a"}, extattr.FullName(c.workato().AppID, "text"): {"b"}},
		} {
			_, err := extattr.Set{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Values: values}.Do(c.Context())
			if _, ok := errors.AsType[*extattr.ValueError](err); !ok {
				c.Errorf("%v: got %v", values, err)
			}
		}
		if asked := c.asked(); count(asked, "PATCH") > 0 {
			c.Errorf("asked %q", asked)
		}
	})
}

func TestValuesAreReadForSeveralUsersInTheOrderAsked(t *testing.T) {
	inCompany(t, func(c *company) {
		c.typed()
		set := extattr.Set{Graph: c.graph, App: "Workato", User: "sean.o'brien@contoso.com", Values: map[string][]string{"small": {"3"}, "text": {"x"}}}
		if _, err := set.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		get := extattr.Get{
			Graph: c.graph, App: "Workato", Names: []string{"text", "small"},
			Users: []string{"mary_fabrikam.com#EXT#@contoso.com", "sean.o'brien@contoso.com", "ada@contoso.com"},
		}
		got, err := get.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		want := []extattr.UserValues{
			{User: "mary_fabrikam.com#EXT#@contoso.com", Values: []extattr.Value{{Name: "text"}, {Name: "small"}}},
			{User: "sean.o'brien@contoso.com", Values: []extattr.Value{{Name: "text", Value: "x"}, {Name: "small", Value: "3"}}},
			{User: "ada@contoso.com", Values: []extattr.Value{{Name: "text"}, {Name: "small"}}},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(extattr.UserValues{}, "ID"), cmpopts.IgnoreFields(extattr.Value{}, "FullName")); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		get.Names = nil
		if got, err = get.Do(c.Context()); err != nil || len(got[0].Values) != 7 {
			c.Errorf("got %+v, %v", got, err)
		}
		get.Users = append(get.Users, "nobody@contoso.com")
		_, err = get.Do(c.Context())
		if e, ok := errors.AsType[*graph.NotFoundError](err); !ok || e.Kind != "user" {
			c.Errorf("got %v", err)
		}
	}, sandbox.WithLag(0))
}

func TestClearingAsksWithWhatWillBeGone(t *testing.T) {
	inCompany(t, func(c *company) {
		c.typed()
		set := extattr.Set{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Values: map[string][]string{"small": {"3"}, "text": {"x"}}}
		if _, err := set.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.asked()
		var asked []extattr.ValueChange
		no := errors.New("no")
		clearing := extattr.Clear{
			Graph: c.graph, App: "Workato", User: "ada@contoso.com", Names: []string{"text", "flag"},
			Confirm: func(_ context.Context, _ directory.User, gone []extattr.ValueChange) error { asked = gone; return no },
		}
		if _, err := clearing.Do(c.Context()); !errors.Is(err, no) || count(c.asked(), "PATCH") > 0 {
			c.Errorf("got %v", err)
		}
		full := extattr.FullName(c.workato().AppID, "text")
		if diff := cmp.Diff([]extattr.ValueChange{{Name: "text", FullName: full, Old: "x", Changed: true}}, asked); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		clearing.Confirm = nil
		changes, err := clearing.Do(c.Context())
		if err != nil || len(changes) != 2 || count(c.asked(), "PATCH") != 1 {
			c.Errorf("got %+v, %v", changes, err)
		}
		if left := c.find(c.Context(), "ada@contoso.com", full); len(left) > 0 {
			c.Errorf("left %v", left)
		}
		c.asked()
		if changes, err = clearing.Do(c.Context()); err != nil || changes[0].Changed || changes[1].Changed || count(c.asked(), "PATCH") > 0 {
			c.Errorf("again: got %+v, %v", changes, err)
		}
	}, sandbox.WithLag(0))
}

// What looks alike in a table need not be alike.
func TestAValueIsComparedAsItsTypeWritesIt(t *testing.T) {
	inCompany(t, func(c *company) {
		c.typed()
		for _, step := range []struct {
			name    string
			values  []string
			changed bool
		}{
			{"text", []string{"2026-03-31T00:00:00Z"}, true},
			{"text", []string{"2026-03-31"}, true}, // another text, though the same moment
			{"at", []string{"2026-03-31T00:00:00Z"}, true},
			{"at", []string{"2026-03-31T02:00:00+02:00"}, false},
			{"tags", []string{"a, b"}, true},
			{"tags", []string{"b", "a"}, true},
			{"tags", []string{"a", "b"}, false}, // Graph keeps no order
		} {
			set := extattr.Set{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Values: map[string][]string{step.name: step.values}}
			changes, err := set.Do(c.Context())
			if err != nil || changes[0].Changed != step.changed {
				c.Errorf("%s %q: got %+v, %v", step.name, step.values, changes, err)
			}
		}
	}, sandbox.WithLag(0))
}

func TestANameGivenTwiceIsClearedOnce(t *testing.T) {
	inCompany(t, func(c *company) {
		c.typed()
		set := extattr.Set{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Values: map[string][]string{"text": {"x"}}}
		if _, err := set.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		var asked []extattr.ValueChange
		changes, err := extattr.Clear{
			Graph: c.graph, App: "Workato", User: "ada@contoso.com", Names: []string{"text", extattr.FullName(c.workato().AppID, "text")},
			Confirm: func(_ context.Context, _ directory.User, gone []extattr.ValueChange) error { asked = gone; return nil },
		}.Do(c.Context())
		if err != nil || len(changes) != 1 || len(asked) != 1 {
			c.Errorf("asked about %+v, got %+v, %v", asked, changes, err)
		}
	}, sandbox.WithLag(0))
}

func TestOfSeveralUnknownNamesTheSameIsReportedEachTime(t *testing.T) {
	inCompany(t, func(c *company) {
		values := map[string][]string{"zeta": {"1"}, "alpha": {"1"}, "mu": {"1"}, "beta": {"1"}, "kappa": {"1"}}
		for _, dry := range []bool{false, true} {
			client := c.client(graph.Options{DryRun: dry})
			reported := map[string]bool{}
			for range 20 {
				_, err := extattr.Set{Graph: client, App: "Workato", User: "ada@contoso.com", Values: values}.Do(c.Context())
				if err == nil {
					c.Fatal("unknown names are written")
				}
				reported[err.Error()] = true
			}
			if len(reported) != 1 {
				c.Errorf("the errors are %q", slices.Sorted(maps.Keys(reported)))
			}
		}
	})
}
