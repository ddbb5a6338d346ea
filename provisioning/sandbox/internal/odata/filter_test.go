package odata_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	values := map[string]any{
		"name": "O'Brien", "on": true, "count": 3, "at": "2025-01-02T03:04:05Z", "servicePrincipal/id": "abc",
		"tags": []any{"red", "green"}, "roles": []any{map[string]any{"value": "Admin"}},
	}
	subject := func(path string) any { return values[path] }
	for filter, want := range map[string]bool{
		`name eq 'o''brien'`: true, `name ne 'o''brien'`: false, `name eq 'x' or on eq true`: true, `name eq 'x' and on eq true`: false,
		`not (name eq 'x') and not on eq false`: true, `startswith(name,'O')`: true, `endsWith(name,'en')`: true, `contains(tolower(name),'brien')`: true,
		`name in ('a','O''Brien')`: true, `missing eq null`: true, `missing ne null`: false, `missing eq 'x'`: false, `missing ne 'x'`: true, `missing gt 'x'`: false,
		`count gt 2`: true, `count le 2`: false, `at ge 2025-01-02`: true, `at lt 2025-01-02T03:04:05Z`: false, `at gt 2025-01-02T03:04:04Z`: true,
		`servicePrincipal/id eq 'ABC'`: true, `tags/any(t:t eq 'green')`: true, `tags/any(t:startswith(t,'b'))`: false, `roles/any(r:r/value eq 'admin')`: true,
		`name eq 'x' or name eq 'y' and on eq true`: false, `(name eq 'x' or on eq true) and count eq 3`: true, `name gt 'A' and name lt 'P'`: true,
	} {
		f, err := odata.Parse(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got := f.Match(subject, func(string) bool { return true }); got != want {
			t.Errorf("%s is %v", filter, got)
		}
	}
}

func TestCaseCountsWhenItIsNotFolded(t *testing.T) {
	t.Parallel()
	f, err := odata.Parse(`a eq 'x' and b eq 'x'`)
	if err != nil {
		t.Fatal(err)
	}
	subject := func(string) any { return "X" }
	if f.Match(subject, func(path string) bool { return path == "a" }) {
		t.Error("b was compared without regard to case")
	}
}

func TestBadFiltersSayWhere(t *testing.T) {
	t.Parallel()
	for filter, at := range map[string]int{
		``: 0, `name`: 4, `name eq`: 7, `name eq 'x`: 8, `name is 'x'`: 5, `name eq 'x' and`: 15, `(name eq 'x'`: 12, `name eq 'x' 'y'`: 12,
		`startswith(name)`: 15, `name in 'x'`: 8, `tags/any(t)`: 10,
	} {
		_, err := odata.Parse(filter)
		fault, is := errors.AsType[*odata.SyntaxError](err)
		if !is || fault.At != at {
			t.Errorf("%q: %v", filter, err)
		}
	}
}

func TestUsesTellWhatIsAsked(t *testing.T) {
	t.Parallel()
	f, err := odata.Parse(`not startswith(name,'x') and tags/any(t:t eq 'y')`)
	if err != nil {
		t.Fatal(err)
	}
	uses := f.Uses()
	if len(uses) != 2 || uses[0].Op != "startswith" || !uses[0].Negated || uses[1].Path != "tags" || uses[1].Op != "any" {
		t.Errorf("%+v", uses)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`a eq 'x' and not (b/any(t:t in ('y',null)))`)
	f.Fuzz(func(_ *testing.T, filter string) {
		if parsed, err := odata.Parse(filter); err == nil {
			parsed.Match(func(string) any { return nil }, func(string) bool { return false })
		}
	})
}

func TestAFilterWithoutMeasureIsRefused(t *testing.T) {
	t.Parallel()
	for _, n := range []int{200, 3000, 300_000} {
		for _, filter := range []string{
			strings.Repeat("(", n), strings.Repeat("not ", n), strings.Repeat("not(", n) + "a eq 'b'", strings.Repeat("a/any(t:", n),
			strings.Repeat("(", n) + "a eq 'b'" + strings.Repeat(")", n),
		} {
			_, err := odata.Parse(filter)
			if _, is := errors.AsType[*odata.SyntaxError](err); !is {
				t.Errorf("%d times %.10q: %v", n, filter, err)
			}
		}
	}
	if _, err := odata.Parse(strings.Repeat("(", 50) + "a eq 'b'" + strings.Repeat(")", 50)); err != nil {
		t.Error(err)
	}
}
