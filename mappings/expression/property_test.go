package expression_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings/expression"
)

// trees draws expressions as deep as depth.
func trees(depth int) *rapid.Generator[expression.Node] {
	return rapid.Custom(func(t *rapid.T) expression.Node {
		kind := rapid.IntRange(0, 3).Draw(t, "kind")
		if depth > 0 {
			kind = rapid.IntRange(0, 5).Draw(t, "kind")
		}
		switch kind {
		case 0:
			return &expression.Attribute{Name: rapid.StringMatching(`[a-z][A-Za-z0-9_:.]*`).Draw(t, "attribute")}
		case 1:
			return &expression.Text{Value: rapid.String().Draw(t, "text")}
		case 2:
			return &expression.Number{Literal: rapid.StringMatching(`-?[0-9]+(\.[0-9]+)?|&H[0-9A-F]+`).Draw(t, "number")}
		case 3:
			words := []string{"vbBinaryCompare", "vbTextCompare", "IgnoreAttributeFlow", "IgnoreObjectFlow"}
			return &expression.Word{Name: rapid.SampledFrom(words).Draw(t, "word")}
		default:
			name := rapid.SampledFrom(append(expression.Names(), "Madeup_1")).Draw(t, "function")
			args := rapid.SliceOfN(arguments(depth-1), 0, 5).Draw(t, "arguments")
			if len(args) == 0 || len(args) == 1 && args[0].String() == "" {
				args = nil
			}
			return &expression.Call{Name: name, Written: name, Args: args}
		}
	})
}

func arguments(depth int) *rapid.Generator[expression.Node] {
	return rapid.Custom(func(t *rapid.T) expression.Node {
		switch rapid.IntRange(0, 3).Draw(t, "argument") {
		case 0:
			return &expression.Empty{}
		case 1:
			return &expression.Comparison{
				Left:     trees(depth).Draw(t, "left"),
				Operator: rapid.SampledFrom([]string{"=", "<>", ">", ">=", "<", "<="}).Draw(t, "operator"),
				Right:    trees(depth).Draw(t, "right"),
			}
		default:
			return trees(depth).Draw(t, "value")
		}
	})
}

func TestWhatIsPrintedParsesToTheSameTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := trees(3).Draw(t, "expression")
		if len([]rune(want.String())) > expression.MaxLength {
			t.Skip("too long")
		}
		got, err := expression.Parse(want.String())
		if err != nil {
			t.Fatalf("Parse(%s): %v", want, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(expression.Position{}), cmpopts.IgnoreUnexported(expression.Call{})); diff != "" {
			t.Fatalf("Parse(%s) (-want +got):\n%s", want, diff)
		}
	})
}

func TestASwitchPicksTheValueOfTheKeyThatEqualsItsSource(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zA-Z]{0,3}`), 1, 5, rapid.ID).Draw(t, "keys")
		source := rapid.StringMatching(`[a-zA-Z]{0,3}`).Draw(t, "source")
		args, want := []expression.Node{&expression.Attribute{Name: "x"}, &expression.Text{Value: "default"}}, "default"
		for _, key := range keys {
			args = append(args, &expression.Text{Value: key}, &expression.Text{Value: "is " + key})
			if key == source {
				want = "is " + key
			}
		}
		got, err := expression.Evaluate(&expression.Call{Name: "Switch", Args: args}, one("x", source))
		if err != nil {
			t.Fatal(err)
		}
		if got.Text() != want {
			t.Fatalf("got %q, want %q", got.Text(), want)
		}
	})
}

// objects have some of the attributes that fitting calls name.
func objects() *rapid.Generator[expression.Input] {
	return rapid.Custom(func(t *rapid.T) expression.Input {
		texts := rapid.OneOf(
			rapid.String(), rapid.StringMatching(`-?[0-9]{1,20}`),
			rapid.SampledFrom([]string{"", "True", "2025-08-15", "8/25/2021 5:41:18 PM", "ﬁ́e\u0301", "\xff", "a,b", "d", "M/d/yyyy"}),
		)
		return expression.Input{
			Attributes: map[string][]string{
				"a": rapid.SliceOfN(texts, 0, 3).Draw(t, "a"), "b": rapid.SliceOfN(texts, 1, 1).Draw(t, "b"),
				"appRoleAssignments": rapid.SliceOfN(texts, 0, 2).Draw(t, "roles"),
			},
			Now: time.Unix(1, 0), RegexLimit: 100 * time.Millisecond,
			DefaultDomain: rapid.SampledFrom([]string{"", "contoso.com"}).Draw(t, "domain"),
		}
	})
}

// forms are calls of every evaluated function as they are documented, each
// letter an argument: s a text, n a number, p a pattern, d a date, c a
// condition, a list l, - nothing, and others in fitting.
func forms() []string {
	return []string{
		"Append ss", "AppRoleAssignmentsComplex r", "AssertiveAppRoleAssignmentsComplex r", "BitAnd nn", "CBool c", "CBool n", "CDate d",
		"Coalesce ss", "ConvertToBase64 s", "ConvertToUTF8Hex s", "Count l", "CStr s", "DateAdd ind", "DateDiff idd", "DateFromNum n",
		"DefaultDomain", "FormatDateTime d-ff", "Guid", "IgnoreFlowIfNullOrEmpty s", "IIF css", "InStr ssnw", "InStr ss", "IsNothing s",
		"IsNull s", "IsNullOrEmpty l", "IsPresent l", "IsString s", "Item ln", "Join sls", "Left sn", "Len s", "Mid snn",
		"NormalizeDiacritics s", "Not s", "Now", "NumFromDate d", "PCase s", "PCase ss", "Prepend ss", "RandomString kmmmms", "Redact l",
		"RemoveDuplicates l", "Replace ss--s--", "Replace ss----s", "Replace s-p-s--", "Replace s-pgs--", "Replace s-pg-s-",
		"SelectUniqueValue ss", "SingleAppRoleAssignment r", "Split ss", "StripSpaces s", "Switch ssss", "ToLower st", "ToUpper s", "Word sns",
	}
}

// fitting draws calls whose arguments are of the documented kinds, so that
// they get past the checks.
func fitting(depth int) *rapid.Generator[expression.Node] {
	return rapid.Custom(func(t *rapid.T) expression.Node {
		name, kinds, _ := strings.Cut(rapid.SampledFrom(forms()).Draw(t, "form"), " ")
		call := &expression.Call{Name: name}
		for _, kind := range kinds {
			call.Args = append(call.Args, argumentOf(t, kind, depth))
		}
		return call
	})
}

func argumentOf(t *rapid.T, kind rune, depth int) expression.Node {
	quoted := func(texts ...string) expression.Node {
		return &expression.Text{Value: rapid.SampledFrom(texts).Draw(t, "text")}
	}
	switch kind {
	case 's':
		if depth > 0 && rapid.Bool().Draw(t, "nested") {
			return fitting(depth-1).Draw(t, "call")
		}
		if rapid.Bool().Draw(t, "attribute") {
			return &expression.Attribute{Name: "b"}
		}
		return &expression.Text{Value: rapid.StringN(0, 8, -1).Draw(t, "text")}
	case 'n':
		literals := []string{"0", "1", "2", "-1", "2.5", "300", "129699324000000000", "99999999999999999999", "&H7F"}
		return &expression.Number{Literal: rapid.SampledFrom(literals).Draw(t, "number")}
	case 'k':
		return quoted("12", "256", "257", "x")
	case 'm':
		return quoted("0", "1", "3", "13", "-1")
	case 'c':
		operator := rapid.SampledFrom([]string{"=", "<>", ">", ">=", "<", "<="}).Draw(t, "operator")
		side := rapid.SampledFrom([]rune{'s', 'n'}).Draw(t, "side")
		return &expression.Comparison{Left: argumentOf(t, side, depth), Operator: operator, Right: argumentOf(t, side, depth)}
	case 'd':
		return quoted("2025-08-15", "8/25/2021 5:41:18 PM", "2009-06-15T01:45:30-07:00", "9999-12-31", "0001-01-01", "x")
	case 'f':
		return quoted("yyyy-MM-dd", "M/d/yyyy h:mm:ss tt", "yyyyMMddHHmmss.fZ", "d", "%", "'")
	case 'g':
		return quoted("g", "1", "")
	case 'i':
		return quoted("yyyy", "m", "d", "ww", "h", "n", "s", "x")
	case 'l':
		return &expression.Attribute{Name: "a"}
	case 'p':
		return quoted("(?<g>.)", "(?<g>.)+", "a*", "(?<g>^\\d*)", "\\b", "(", "$")
	case 'r':
		return &expression.Attribute{Name: "appRoleAssignments"}
	case 't':
		return quoted("tr-TR", "en-US", "", "?")
	case 'w':
		return &expression.Word{Name: rapid.SampledFrom([]string{"vbTextCompare", "vbBinaryCompare"}).Draw(t, "word")}
	default:
		return &expression.Empty{}
	}
}

func TestWhateverIsEvaluatedHasAValueOrAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(trees(3), fitting(3), fitting(0)).Draw(t, "expression")
		evaluatesSafely(t, n, objects().Draw(t, "object"))
	})
}

// Without this, the property before could hold for errors alone.
func TestEveryFormOfACallIsReached(t *testing.T) {
	t.Parallel()
	missing := map[string]bool{}
	for _, form := range forms() {
		name, _, _ := strings.Cut(form, " ")
		missing[name] = true
	}
	if diff := cmp.Diff(len(expression.Names())-1, len(missing)); diff != "" { // all but AppRoleAssignments
		t.Errorf("functions with a form (-want +got):\n%s", diff)
	}
	for seed := 0; len(missing) > 0 && seed < 20_000; seed++ {
		n := fitting(0).Example(seed)
		if _, err := expression.Evaluate(n, objects().Example(seed)); err == nil {
			delete(missing, n.(*expression.Call).Name)
		}
	}
	for name := range missing {
		t.Errorf("no call of %s has a value", name)
	}
}

// evaluatesSafely fails for a value that contradicts itself and an error that
// has no type.
func evaluatesSafely(t interface{ Fatalf(string, ...any) }, n expression.Node, in expression.Input) {
	v, err := expression.Evaluate(n, in)
	if err != nil {
		if !isOurs(err) || v.Outcome != expression.Unsupported {
			t.Fatalf("Evaluate(%s): %+v, %T %v", n, v, err, err)
		}
		return
	}
	switch v.Outcome {
	case expression.Given:
		if len(v.Values) == 0 || len(v.Values) > 1 && !v.Multi {
			t.Fatalf("Evaluate(%s): %+v", n, v)
		}
	case expression.Null, expression.Dropped:
		if v.Values != nil || v.Multi || v.Redacted {
			t.Fatalf("Evaluate(%s): %+v", n, v)
		}
	default:
		t.Fatalf("Evaluate(%s): %+v without an error", n, v)
	}
}

func isOurs(err error) bool {
	_, unsupported := errors.AsType[*expression.UnsupportedError](err)
	_, unknown := errors.AsType[*expression.UnknownFunctionError](err)
	_, argument := errors.AsType[*expression.ArgumentError](err)
	_, evaluation := errors.AsType[*expression.EvaluationError](err)
	_, limit := errors.AsType[*expression.PatternLimitError](err)
	return unsupported || unknown || argument || evaluation || limit
}

func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{
		`Replace([a], , "(?<x>.)+", "x", "", , )`, `PCase(NormalizeDiacritics([b]), "-")`, `IIF([a] >= &HF, Left([b], -1), [a])`,
		`Word([a], 2, " ,")`, `InStr([a], [b], 2, vbTextCompare)`, `FormatDateTime([a], , "M/d/yyyy", [b])`, `Split([a], ",")`,
		`DateAdd("ww", "3", CDate([a]))`, `RandomString(9,1,1,1,1,[a])`, `SelectUniqueValue([a], Item([b], 1))`,
	} {
		f.Add(seed, "Zoë, 2025-08-15", "b")
	}
	f.Fuzz(func(t *testing.T, text, a, b string) {
		n, err := expression.Parse(text)
		if err != nil {
			return
		}
		in := expression.Input{Attributes: map[string][]string{"a": {a}, "b": {b, a}}, RegexLimit: 100 * time.Millisecond}
		evaluatesSafely(t, n, in)
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`Switch([IsSoftDeleted], , "False", "True", "True", "False")`, "Join(\n\"\", [a], \"\\\"\", )",
		`IIF(BitAnd(&HF, -1.5) <> 2, IgnoreObjectFlow, F(,,))`, `[a[b]c]`, `"`, `[`, `((`, "ä\xff", `A(B(C(`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := expression.Parse(text)
		if err == nil {
			if again, err := expression.Parse(n.String()); err == nil && again.String() != n.String() {
				t.Errorf("prints %s, then %s", n, again)
			}
			return
		}
		fault, ok := errors.AsType[*expression.SyntaxError](err)
		if !ok {
			t.Fatalf("%v is no *SyntaxError", err)
		}
		lines := strings.Split(text, "\n")
		if fault.Line < 1 || fault.Line > len(lines) {
			t.Fatalf("line %d of %d", fault.Line, len(lines))
		}
		if most := len([]rune(lines[fault.Line-1])) + 1; fault.Column < 1 || fault.Column > most {
			t.Errorf("column %d of %d", fault.Column, most)
		}
	})
}
