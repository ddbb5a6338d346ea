package expression_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings/expression"
)

// evaluationLimit is far more than any evaluation takes on a slow machine.
const evaluationLimit = 20 * time.Second

func numbered(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "value" + strconv.Itoa(i)
	}
	return all
}

// costly are expressions over the attributes of [large] whose cost could grow
// faster than their values.
func costly() map[string]string {
	return map[string]string{
		"conditions inside of conditions":  nested(`CBool(%s)`, `"True"`, 1400),
		"duplicates of an attribute":       `Count(RemoveDuplicates([many]))`,
		"duplicates of a split":            `Count(RemoveDuplicates(Split([list], ",")))`,
		"a list that is read often":        `Join(` + strings.Repeat(`[many], `, 1200) + `"x")`,
		"an attribute that is read often":  `Join(` + strings.Repeat(`Left([text], 1), `, 500) + `"x")`,
		"many delimiters of words":         `Word([text], 1, [other])`,
		"as many words as delimiters":      `Word([list], 1, ",")`,
		"many separators of capitals":      `PCase([text], [other])`,
		"long numbers":                     `IIF([digits] = [fraction], "a", "b")`,
		"long integers":                    `BitAnd([digits], [digits])`,
		"a long culture":                   `ToLower("a", [culture])`,
		"a long output format":             `FormatDateTime("2025-08-15", , "yyyy-MM-dd", [format])`,
		"a long input format":              `FormatDateTime([blank], "AllowInnerWhite", [blank], "yyyy")`,
		"a group that looks ahead":         `Replace([list], , "(?=(?<g>.*))", , "${g}", , )`,
		"a group that looks behind":        `Replace([list], , "(?<=(?<g>.*))", , "${g}", , )`,
		"slow matches of a replacement":    `Replace([slow], , "(a+)+b|a{22} ", , "x", , )`,
		"slow matches of a group":          `Replace([slow], , "(a+)+b|(?<g>a){22} ", "g", "x", , )`,
		"random characters without others": `RandomString("256", "0", "0", "0", "0", [text])`,
	}
}

func large() expression.Input {
	const n = 900_000
	return expression.Input{
		RegexLimit: 300 * time.Millisecond,
		Attributes: map[string][]string{
			"many": numbered(100_000), "list": {strings.Join(numbered(80_000), ",")},
			"text": {strings.Repeat("a", n)}, "other": {strings.Repeat("b", n)},
			"digits": {strings.Repeat("7", n)}, "fraction": {"0." + strings.Repeat("3", n)},
			"culture": {"en" + strings.Repeat("-u-co-phonebk", n/13)}, "format": {strings.Repeat("x", n/2) + strings.Repeat(".F", n/4)},
			"blank": {strings.Repeat("-", n)}, "slow": {strings.Repeat(strings.Repeat("a", 22)+" ", 2000)},
		},
	}
}

func TestAnEvaluationEndsWithinItsLimits(t *testing.T) {
	t.Parallel()
	in := large()
	for name, text := range costly() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := expression.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			endsInTime(t, n, in)
		})
	}
}

// endsInTime also fails for a value and for an error that are too long to show.
func endsInTime(t interface{ Errorf(string, ...any) }, n expression.Node, in expression.Input) {
	began := time.Now()
	v, err := expression.Evaluate(n, in)
	if took := time.Since(began); took > evaluationLimit {
		t.Errorf("%.200s took %s", n, took)
	}
	if size := len(strings.Join(v.Values, "")); size > 1<<20 {
		t.Errorf("%.200s yields %d bytes", n, size)
	}
	if err != nil && (!isOurs(err) || len(err.Error()) > 2*expression.MaxLength) {
		t.Errorf("%.200s: %T of %d bytes", n, err, len(err.Error()))
	}
}

func TestAnExpressionOfAnyShapeEndsInTime(t *testing.T) {
	t.Parallel()
	in := large()
	in.Attributes["short"] = []string{"aaaa"}
	in.RegexLimit = 50 * time.Millisecond
	rapid.Check(t, func(t *rapid.T) {
		n := "[" + rapid.SampledFrom([]string{"text", "list", "slow", "short"}).Draw(t, "attribute") + "]"
		calls := rapid.SliceOfN(rapid.SampledFrom([]string{
			`Replace(%s, "a", , , "aa", , )`, `Replace(%s, , "a", , "aa", , )`, `Replace(%s, , "(?=(?<g>.*))", , "${g}", , )`,
			`Replace(%s, "a", , , , , "aaaa")`, `Join("aaaa", %s, Split([list], ","))`, `Append(%s, [text])`, `CBool(%s)`,
			`Switch(%s, [text], "a", "b")`, `Coalesce("", %s)`, `ConvertToBase64(%s)`, `PCase(%s, "a")`, `Word(%s, 1, "a")`,
			`IIF(%s = "a", [text], [list])`, `RemoveDuplicates(Split(%s, ","))`, `ToUpper(%s)`, `NormalizeDiacritics(%s)`, `Mid(%s, 2, 10)`,
		}), 1, 12).Draw(t, "calls")
		for _, call := range calls {
			n = nested(call, n, 1)
		}
		parsed, err := expression.Parse(n)
		if err != nil {
			t.Fatal(err)
		}
		endsInTime(t, parsed, in)
	})
}

func TestNestingIsPartOfTheLengthOfAnExpression(t *testing.T) {
	t.Parallel()
	for _, repeat := range []string{"A(", "[", "A(1=", "A(,", `A("",`, "-", "IIF(IIF(1=", " ", "\n", "\u0301"} {
		for _, times := range []int{expression.MaxLength / len(repeat), 300_000} {
			text := strings.Repeat(repeat, times)
			_, err := expression.Parse(text)
			fault, ok := errors.AsType[*expression.SyntaxError](err)
			if !ok {
				t.Fatalf("%d times %q: %v", times, repeat, err)
			}
			began := time.Now()
			if shown := expression.Excerpt(text, fault.Position); len(shown) > 2000 || time.Since(began) > evaluationLimit {
				t.Errorf("%d times %q: an excerpt of %d bytes after %s", times, repeat, len(shown), time.Since(began))
			}
		}
	}
}
