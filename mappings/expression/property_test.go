package expression_test

import (
	"errors"
	"strings"
	"testing"

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
		if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(expression.Position{})); diff != "" {
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
