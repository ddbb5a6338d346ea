package expression_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/scimctl/scimctl/mappings/expression"
)

// nested puts an expression into a call, again and again. %s is the place.
func nested(call, inner string, times int) string {
	for range times {
		inner = strings.Replace(call, "%s", inner, 1)
	}
	return inner
}

func TestAnEvaluationThatMultipliesItsTextIsRefused(t *testing.T) {
	t.Parallel()
	const tenfold = `"aaaaaaaaaa"`
	million := nested(`Replace(%s, "a", , , `+tenfold+`, , )`, `"a"`, 6)
	for name, text := range map[string]string{
		"an old value":  nested(`Replace(%s, "a", , , `+tenfold+`, , )`, `"a"`, 40),
		"a pattern":     nested(`Replace(%s, , "a", , `+tenfold+`, , )`, `"a"`, 40),
		"all around it": nested(`Replace(%s, , "a", , "$_$_", , )`, `"aa"`, 40),
		"a group":       nested(`Replace(%s, , "(?<g>a)", "g", `+tenfold+`, , )`, `"a"`, 40),
		"a template":    nested(`Replace(%s, "a", , , , , `+tenfold+`)`, `"aa"`, 40),
		"a separator":   `Join(` + million + `, Split(` + million + `, "b"), "x", "y")`,
		"a list":        `Join(` + nested(`Replace(%s, "a", , , `+tenfold+`, , )`, `"a"`, 5) + strings.Repeat(`, "x"`, 40) + `)`,
		"two halves":    nested(`Append(%s, `+million+`)`, million, 3),
		"many at once":  `Join("", ` + strings.Repeat(`Left(`+million+`, 1), `, 17) + `"x")`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := expression.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			v, err := expression.Evaluate(n, expression.Input{})
			if _, ok := errors.AsType[*expression.UnsupportedError](err); !ok {
				t.Errorf("got %d bytes, %v", len(v.Text()), err)
			}
		})
	}
}

// Each match is quick enough, and there are many.
func TestThePatternsOfAnEvaluationShareTheirTime(t *testing.T) {
	t.Parallel()
	slow := nested(`Replace(%s, , "(a+)+b", , "x", , )`, `"`+strings.Repeat("a", 22)+`"`, 200)
	n, err := expression.Parse(slow)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = expression.Evaluate(n, expression.Input{RegexLimit: 300 * time.Millisecond})
	if _, ok := errors.AsType[*expression.PatternLimitError](err); !ok || time.Since(began) > 20*time.Second {
		t.Errorf("got %v after %s", err, time.Since(began))
	}
}

func TestAPatternThatIsPutTogetherHasALimit(t *testing.T) {
	t.Parallel()
	n, err := expression.Parse(`Replace("x", , ` + nested(`Replace(%s, "(", , , "((((((((((", , )`, `"("`, 5) + `, , "y", , )`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = expression.Evaluate(n, expression.Input{RegexLimit: time.Second})
	if _, ok := errors.AsType[*expression.UnsupportedError](err); !ok {
		t.Errorf("got %.200v", err)
	}
}
