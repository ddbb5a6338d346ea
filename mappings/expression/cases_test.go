package expression_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
)

// A documentedCase is an expression over attributes, and what it yields. Most
// come from the samples and rules of
// https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
// and of the expression guides for Workday and SuccessFactors next to it.
type documentedCase struct {
	Expr          string
	In            map[string]any // null, a text or a list
	Out           any            // null, a text or a list; for a shape, a pattern
	Kind          string         // "", dropped, error or shape
	Now           time.Time
	DefaultDomain string
	Taken         []string
}

func documentedCases(t *testing.T) []documentedCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []documentedCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func (c documentedCase) input() expression.Input {
	in := expression.Input{Attributes: map[string][]string{}, Now: c.Now, DefaultDomain: c.DefaultDomain, Taken: c.Taken}
	for name, value := range c.In {
		in.Attributes[name] = texts(value)
	}
	return in
}

func texts(value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, texts(item)...)
		}
		return all
	default:
		return []string{fmt.Sprint(v)}
	}
}

// value is what the case wants.
func (c documentedCase) value() expression.Value {
	if c.Out == nil {
		return expression.Value{Outcome: expression.Null}
	}
	_, multi := c.Out.([]any)
	return expression.Value{Outcome: expression.Given, Values: texts(c.Out), Multi: multi}
}

func TestEveryDocumentedCaseHolds(t *testing.T) {
	t.Parallel()
	for _, c := range documentedCases(t) {
		got, err := expression.Evaluate(parse(t, c.Expr), c.input())
		switch c.Kind {
		case "error":
			if err == nil || got.Outcome != expression.Unsupported {
				t.Errorf("%s over %v is %+v, want an error", c.Expr, c.In, got)
			}
		case "dropped":
			want := expression.Value{Outcome: expression.Dropped}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s over %v: %v (-want +got):\n%s", c.Expr, c.In, err, diff)
			}
		case "shape":
			if err != nil || !fits(t, got.Text(), c.Out.(string)) {
				t.Errorf("%s is %+v, %v; want it like %s", c.Expr, got, err, c.Out)
			}
		case "":
			want := c.value()
			want.Redacted, want.IgnoresObject = got.Redacted, c.Out == "IgnoreObjectFlow"
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s over %v: %v (-want +got):\n%s", c.Expr, c.In, err, diff)
			}
		default:
			t.Errorf("%s has the unknown kind %q", c.Expr, c.Kind)
		}
	}
}

func fits(t *testing.T, text, pattern string) bool {
	t.Helper()
	p, err := expression.CompilePattern(pattern, 0)
	if err != nil {
		t.Fatal(err)
	}
	part, _, err := p.Match(text)
	return part && err == nil
}
