package expression_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
)

func TestTheCatalogueHasEveryFunctionOnce(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range expression.Catalogue() {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff(expression.Names(), names); diff != "" {
		t.Errorf("(-Names() +Catalogue()):\n%s", diff)
	}
}

func TestEveryExampleOfTheCatalogueYieldsItsResult(t *testing.T) {
	t.Parallel()
	for _, f := range expression.Catalogue() {
		e := f.Example
		got, err := expression.Evaluate(parse(t, e.Expression), expression.Input{Attributes: e.Attributes, Now: e.Now, DefaultDomain: e.DefaultDomain})
		if got.Outcome != e.Outcome || (err != nil) != (e.Outcome == expression.Unsupported) {
			t.Errorf("%s is %s, want %s: %v", e.Expression, got.Outcome, e.Outcome, err)
		}
		if e.Shape != "" {
			shape := regexp.MustCompile(e.Shape)
			if !shape.MatchString(got.Text()) || !shape.MatchString(e.Result[0]) {
				t.Errorf("%s: %q or %q does not fit %s", e.Expression, got.Text(), e.Result[0], e.Shape)
			}
			continue
		}
		if diff := cmp.Diff(e.Result, append([]string{}, got.Values...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", e.Expression, diff)
		}
	}
}

// An example shows the function that it stands by, and nothing to find fault
// with but where the function as a whole is not for SCIM applications.
func TestEveryExampleCallsItsFunction(t *testing.T) {
	t.Parallel()
	for _, f := range expression.Catalogue() {
		if !strings.Contains(f.Example.Expression, f.Name+"(") {
			t.Errorf("the example of %s is %s", f.Name, f.Example.Expression)
		}
		if f.Meaning == "" || strings.HasSuffix(f.Meaning, ".") || !strings.HasPrefix(f.Page, "https://learn.microsoft.com/") {
			t.Errorf("%s: meaning %q, page %s", f.Name, f.Meaning, f.Page)
		}
		for _, p := range f.Parameters {
			if p.Meaning == "" || p.Name == "" {
				t.Errorf("%s: parameter %+v", f.Name, p)
			}
		}
	}
}

// What the catalogue says about arguments is what evaluation holds to.
func TestTooFewAndTooManyArgumentsAreThoseOfTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, f := range expression.Catalogue() {
		if !expression.Evaluated(f.Name) {
			continue
		}
		for _, n := range []int{f.Least - 1, f.Most + 1} {
			if n < 0 || n == 0 && f.Most < 0 {
				continue
			}
			args := make([]expression.Node, n)
			for i := range args {
				args[i] = &expression.Text{Value: "1"}
			}
			if _, err := expression.Evaluate(&expression.Call{Name: f.Name, Args: args}, expression.Input{}); !isArgumentError(err) {
				t.Errorf("%s with %d arguments: %v, want an *ArgumentError", f.Name, n, err)
			}
		}
	}
}

func TestAFunctionIsDescribedWhateverTheCaseOfItsName(t *testing.T) {
	t.Parallel()
	got, ok := expression.Describe("SWITCH")
	if want := "Switch(source, defaultValue?, key, value, …)"; !ok || got.Signature != want || got.Least != 4 || got.Most != -1 {
		t.Errorf("%+v, want %s", got, want)
	}
	if _, ok := expression.Describe("Swich"); ok {
		t.Error("a misspelt name is described")
	}
}

func isArgumentError(err error) bool {
	_, ok := errors.AsType[*expression.ArgumentError](err)
	return ok
}
