package expression_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings/expression"
)

func TestAShortExpressionStaysInOneLine(t *testing.T) {
	t.Parallel()
	const text = `Join(" ", [givenName], [surname])`
	if got := expression.Format(parse(t, "join( \" \",[givenName]\n,[surname])")); got != text {
		t.Errorf("%s, want %s", got, text)
	}
}

func TestALongExpressionHasAnArgumentOnALine(t *testing.T) {
	t.Parallel()
	got := expression.Format(parse(t, `IgnoreFlowIfNullOrEmpty(Switch(ToLower([companyName]), , "contoso", Join("@", Join(".", [givenName], [surname]), "contoso.com"), `+
		`"fabrikam", Replace(Join("@", Join(".", [givenName], [surname]), "fabrikam.com"), , "[()\\s-]+", , "", , ), "", Now()))`))
	want := `IgnoreFlowIfNullOrEmpty(
  Switch(
    ToLower([companyName]), ,
    "contoso", Join("@", Join(".", [givenName], [surname]), "contoso.com"),
    "fabrikam", Replace(
      Join("@", Join(".", [givenName], [surname]), "fabrikam.com"), ,
      "[()\\s-]+", ,
      "", ,
    ),
    "", Now()
  )
)`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsFormattedParsesToTheSameTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := trees(4).Draw(t, "expression")
		text := expression.Format(want)
		if len([]rune(text)) > expression.MaxLength {
			t.Skip("too long")
		}
		got, err := expression.Parse(text)
		if err != nil {
			t.Fatalf("Parse(%s): %v", text, err)
		}
		ignore := cmp.Options{cmpopts.IgnoreTypes(expression.Position{}), cmpopts.IgnoreUnexported(expression.Call{})}
		if diff := cmp.Diff(want, got, ignore); diff != "" {
			t.Fatalf("Parse(%s) (-want +got):\n%s", text, diff)
		}
	})
}
