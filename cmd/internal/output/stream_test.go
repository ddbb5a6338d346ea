package output_test

import (
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/output"
)

type beast struct {
	Name string `json:"name"`
	Legs int    `json:"legs"`
}

func beasts(n int, last error) iter.Seq2[beast, error] {
	return func(yield func(beast, error) bool) {
		for i := range n {
			if !yield(beast{strings.Repeat("x", i+1), i}, nil) {
				return
			}
		}
		if last != nil {
			yield(beast{}, last)
		}
	}
}

func beastName() output.Column[beast] {
	return output.Column[beast]{Name: "full name", Cell: func(b beast) string { return b.Name }}
}

func TestAStreamIsWrittenAsTheListWouldBe(t *testing.T) {
	t.Parallel()
	for _, format := range output.Formats() {
		for _, n := range []int{0, 1, 3} {
			all := []beast{}
			beasts(n, nil)(func(b beast, _ error) bool { all = append(all, b); return true })
			p := output.Printer{Format: output.Format(format)}
			var want, got strings.Builder
			if err := output.List(&want, p, all, beastName()); err != nil {
				t.Fatal(err)
			}
			if err := output.Stream(&got, p, beasts(n, nil), beastName()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.String(), got.String()); diff != "" {
				t.Errorf("%s of %d (-want +got)\n%s", format, n, diff)
			}
		}
	}
}

func TestAStreamThatBreaksOffTellsAndLeavesTheArrayOpen(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var b strings.Builder
	if err := output.Stream(&b, output.Printer{Format: output.JSON}, beasts(1, broken), beastName()); !errors.Is(err, broken) {
		t.Error(err)
	}
	if strings.Contains(b.String(), "]") {
		t.Error(b.String())
	}
}

func TestFollowedItemsAreLinesOfTheirOwn(t *testing.T) {
	t.Parallel()
	for format, want := range map[output.Format]string{
		output.JSON:  "{\"name\":\"x\",\"legs\":0}\n{\"name\":\"xx\",\"legs\":1}\n",
		output.CSV:   "fullName\nx\nxx\n",
		output.Table: "FULL NAME\nx\nxx\n",
	} {
		var b strings.Builder
		if err := output.Follow(&b, output.Printer{Format: format}, beasts(2, nil), beastName()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", format, diff)
		}
	}
	var b strings.Builder
	p := output.Printer{}
	if err := p.JQ.Set(".legs"); err != nil {
		t.Fatal(err)
	}
	if err := output.Follow(&b, p, beasts(2, nil), beastName()); err != nil || b.String() != "0\n1\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}
