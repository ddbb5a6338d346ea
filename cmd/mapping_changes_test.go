package cmd

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/mapping"
	"github.com/scimctl/scimctl/mappings/diff"
)

func TestALongValueIsShownWhereItDiffers(t *testing.T) {
	t.Parallel()
	a, b := strings.Repeat("a", 500), strings.Repeat("é", 500)
	for _, c := range []struct{ before, after, wantBefore, wantAfter string }{
		{"short", a[:400], "short", a[:400]},
		{"", a, "", a[:160] + "… (of 500 characters)"},
		{a, "", a[:160] + "… (of 500 characters)", ""},
		{a + "x" + b, a + "y" + b, "…" + a[:40] + "x" + b[:2*119] + "… (of 1001 characters)", "…" + a[:40] + "y" + b[:2*119] + "… (of 1001 characters)"},
		{a + a + "x", a + a + "y", "…" + a[:159] + "x (of 1001 characters)", "…" + a[:159] + "y (of 1001 characters)"},
	} {
		got := mapping.CutShort(diff.Change{Old: c.before, New: c.after})
		if diff := cmp.Diff(diff.Change{Old: c.wantBefore, New: c.wantAfter}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
