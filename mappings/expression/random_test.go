package expression_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings/expression"
)

func TestTheSameSourceYieldsTheSame(t *testing.T) {
	t.Parallel()
	seed := [32]byte([]byte("the same source yields the same!"))
	for _, text := range []string{`Guid()`, `RandomString(20, 2, 2, 2, 2)`} {
		n := parse(t, text)
		draw := func(from io.Reader) string {
			v, err := expression.Evaluate(n, expression.Input{Random: from})
			if err != nil {
				t.Fatal(err)
			}
			return v.Text()
		}
		if a, b := draw(rand.NewChaCha8(seed)), draw(rand.NewChaCha8(seed)); a != b {
			t.Errorf("%s yields %s, then %s", text, a, b)
		}
		if first, second := draw(nil), draw(nil); first == second {
			t.Errorf("%s yields the same twice", text)
		}
	}
}

func TestASourceThatEndsIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`Guid()`, `RandomString(20, 2, 2, 2, 2)`} {
		_, err := expression.Evaluate(parse(t, text), expression.Input{Random: strings.NewReader("x")})
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestARandomTextHasWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	classes := []string{"0123456789", "'-!\"#$%&()*,./:;?@[]^_`{|}~+<=>", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"}
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.SliceOfN(rapid.IntRange(0, 20), 4, 4).Draw(t, "least")
		length := rapid.IntRange(0, 100).Draw(t, "more")
		call := &expression.Call{Name: "RandomString", Args: []expression.Node{nil}}
		for _, n := range least {
			length += n
			call.Args = append(call.Args, whole(n))
		}
		call.Args[0] = whole(length)
		call.Args = append(call.Args, &expression.Text{Value: "a0AÄ?"})
		v, err := expression.Evaluate(call, expression.Input{})
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Text()) != length || strings.ContainsAny(v.Text(), "a0AÄ?") {
			t.Fatalf("%s yields %q", call, v.Text())
		}
		for i, class := range classes {
			n := len(slices.DeleteFunc([]rune(v.Text()), func(r rune) bool { return !strings.ContainsRune(class, r) }))
			if n < least[i] || i == 1 && n != least[i] {
				t.Fatalf("%s yields %q with %d of %s", call, v.Text(), n, class)
			}
		}
	})
}

func whole(n int) expression.Node { return &expression.Number{Literal: strconv.Itoa(n)} }
