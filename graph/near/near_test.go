package near_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/graph/near"
)

func TestTheLikeliestNamesComeFirst(t *testing.T) {
	t.Parallel()
	names := []string{"displayName", "department", "workato_role", "workato_role_test", "mail", "manager"}
	for name, want := range map[string][]string{
		"workato_rol": {"workato_role", "workato_role_test"},
		"role":        {"workato_role", "workato_role_test"},
		"Department":  {"department"},
		"deprtment":   {"department"},
		"mial":        {"mail"},
		"shoe_size":   {},
	} {
		if diff := cmp.Diff(want, near.Names(name, names)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestDistanceIsOneForEachLetter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"role", "rolle", 1}, {"role", "rule", 1}, {"kitten", "sitting", 3}} {
		if got := near.Distance(c.a, c.b); got != c.want {
			t.Errorf("%q %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab]{0,6}`)
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		if near.Distance(a, b) != near.Distance(b, a) || (near.Distance(a, b) == 0) != (a == b) ||
			near.Distance(a, c) > near.Distance(a, b)+near.Distance(b, c) {
			t.Fatal("this is no distance")
		}
	})
}
