package output_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/bounds"
)

type job struct {
	ID     string    `json:"id"`
	Status string    `json:"status"`
	Steps  []string  `json:"steps"`
	At     time.Time `json:"at,omitzero"`
}

func columns() []output.Column[job] {
	return []output.Column[job]{
		{Name: "job", Cell: func(j job) string { return j.ID }},
		{Name: "job_status", Cell: func(j job) string { return j.Status }, Long: true},
	}
}

func jobs() []job {
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.FixedZone("", 2*60*60))
	return []job{{ID: "scim.1", Status: "Active, since today"}, {ID: "scim.22", Status: "<Paused>", Steps: []string{"import"}, At: at}}
}

func list(t *testing.T, p output.Printer, items []job) string {
	t.Helper()
	var b bytes.Buffer
	if err := output.List(&b, p, items, columns()...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAListIsWrittenInEveryFormat(t *testing.T) {
	t.Parallel()
	for format, want := range map[output.Format]string{
		"": "JOB       JOB_STATUS\nscim.1    Active, since today\nscim.22   <Paused>\n",
		output.JSON: `[
  {
    "id": "scim.1",
    "status": "Active, since today",
    "steps": []
  },
  {
    "id": "scim.22",
    "status": "<Paused>",
    "steps": [
      "import"
    ],
    "at": "2026-05-04T01:02:01Z"
  }
]
`,
		output.YAML: `- id: scim.1
  status: Active, since today
  steps: []
- id: scim.22
  status: <Paused>
  steps:
    - import
  at: "2026-05-04T01:02:01Z"
`,
		output.CSV: "job,job_status\nscim.1,\"Active, since today\"\nscim.22,<Paused>\n",
		output.TSV: "job\tjob_status\nscim.1\tActive, since today\nscim.22\t<Paused>\n",
	} {
		if diff := cmp.Diff(want, list(t, output.Printer{Format: format}, jobs())); diff != "" {
			t.Errorf("%q (-want +got):\n%s", format, diff)
		}
	}
}

func TestAnEmptyListIsNeverNull(t *testing.T) {
	t.Parallel()
	for format, want := range map[output.Format]string{
		output.Table: "", output.JSON: "[]\n", output.YAML: "[]\n", output.CSV: "job,job_status\n",
	} {
		if got := list(t, output.Printer{Format: format}, nil); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
}

func TestWritingLeavesTheValueAsItWas(t *testing.T) {
	t.Parallel()
	items := []job{{ID: "a"}}
	list(t, output.Printer{Format: output.JSON}, items)
	if items[0].Steps != nil {
		t.Error("the caller's list was changed")
	}
}

func TestAListInsideAnythingIsNeverNull(t *testing.T) {
	t.Parallel()
	type inner struct {
		List []int `json:"list"`
	}
	type outer struct {
		inner
		Pointer *inner           `json:"pointer"`
		Absent  *inner           `json:"absent"`
		Map     map[string][]int `json:"map"`
		Any     any              `json:"any"`
		Left    []int            `json:"left,omitzero"`
		Empty   []int            `json:"empty,omitempty"`
		Raw     json.RawMessage  `json:"raw,omitempty"`
		Bytes   []byte           `json:"bytes,omitempty"`
		hidden  []int
	}
	v := outer{Pointer: &inner{}, Map: map[string][]int{"m": nil}, Any: map[string]any{"x": []any(nil), "y": nil}, hidden: []int{1}}
	var b bytes.Buffer
	if err := output.Fields(&b, output.Printer{Format: output.JSON}, v); err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b.Bytes()); err != nil {
		t.Fatal(err)
	}
	want := `{"list":[],"pointer":{"list":[]},"absent":null,"map":{"m":[]},"any":{"x":[],"y":null}}`
	if diff := cmp.Diff(want, compact.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASingleItemIsOneLineForEachValue(t *testing.T) {
	t.Parallel()
	for format, want := range map[output.Format]string{
		output.Table: "job   scim.1\n",
		output.CSV:   "job,job_status\nscim.1,\n",
		output.JSON:  "{\n  \"id\": \"scim.1\",\n  \"status\": \"\",\n  \"steps\": []\n}\n",
	} {
		var b bytes.Buffer
		if err := output.One(&b, output.Printer{Format: format}, job{ID: "scim.1"}, columns()...); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestOnlyANarrowTerminalCutsLongCells(t *testing.T) {
	t.Parallel()
	items := []job{{ID: "scim.1", Status: "Active since the first of May in the year 2026"}}
	if got := list(t, output.Printer{Width: 40}, items); !strings.Contains(got, "Active since the first of May …\n") {
		t.Errorf("on 40 columns:\n%s", got)
	}
	if got := list(t, output.Printer{}, items); !strings.Contains(got, items[0].Status) {
		t.Errorf("off a terminal:\n%s", got)
	}
}

func TestACellCannotLeaveItsLineOrTouchTheTerminal(t *testing.T) {
	t.Parallel()
	got := list(t, output.Printer{}, []job{{ID: "a\nb", Status: "\x1b[31mred"}})
	if want := "JOB    JOB_STATUS\na\\nb   \\u001b[31mred\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAQueryFiltersTheJSON(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		".[].id":                        "scim.1\nscim.22\n",
		".[1]":                          `{"at":"2026-05-04T01:02:01Z","id":"scim.22","status":"<Paused>","steps":["import"]}` + "\n",
		".[0].missing":                  "\n",
		"length, (.[0].steps | length)": "2\n0\n",
		"100000000000000000001":         "100000000000000000001\n",
		"halt, 1":                       "",
		"$ENV | length":                 "0\n",
	} {
		var p output.Printer
		if err := p.JQ.Set(expression); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, list(t, p, jobs())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expression, diff)
		}
	}
}

func TestAQueryThatIsWrongIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		".[":         `".[" does not compile: unexpected EOF at character 2`,
		"nofunction": `"nofunction" does not compile: function not defined: nofunction/0`,
		"$x":         `"$x" does not compile: variable not defined: $x`,
	} {
		var q output.Query
		if err := q.Set(expression); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", expression, err, want)
		}
		if q.IsSet() {
			t.Errorf("%s: set all the same", expression)
		}
	}
}

func TestAQueryEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"def f: f; f", "[limit(1e12; repeat(1))]", "repeat(1)", "reduce repeat(1) as $i (0; . + $i)", "last(repeat(1))"} {
		ended := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		var p output.Printer
		if err := p.JQ.Set(program); err != nil {
			t.Fatal(err)
		}
		p.JQ = p.JQ.Within(ctx, 0)
		stop := time.AfterFunc(20*time.Millisecond, func() { cancel(ended) })
		if err := output.List(io.Discard, p, []string{"a"}); !errors.Is(err, ended) {
			t.Errorf("%s: %v", program, err)
		}
		stop.Stop()
		cancel(nil)
	}
}

// It counts the memory of the process, so it runs alone.
func TestAQueryHasALimit(t *testing.T) {
	for _, program := range []string{
		"[limit(1e12; repeat(1))]", `repeat("a" * 1000)`, "def f: [f]; f", `"a" | until(false; . + .)`,
		"def f: 1 + f; f",
	} {
		var p output.Printer
		if err := p.JQ.Set(program); err != nil {
			t.Fatal(err)
		}
		p.JQ = p.JQ.Within(t.Context(), 32<<20)
		err := output.List(io.Discard, p, []string{"a"})
		if _, ok := errors.AsType[*bounds.Error](err); !ok {
			t.Errorf("%s: %v", program, err)
		}
	}
}

func TestAResultThatIsTooDeepIsAnError(t *testing.T) {
	t.Parallel()
	for levels, fits := range map[int]bool{9_000: true, 300_000: false} {
		for _, program := range []string{"reduce range(%d) as $i (0; [.])", "reduce range(%d) as $i (0; {a: .})"} {
			var p output.Printer
			if err := p.JQ.Set(fmt.Sprintf(program, levels)); err != nil {
				t.Fatal(err)
			}
			if err := output.List(io.Discard, p, []string{"a"}); (err == nil) != fits {
				t.Errorf("%d levels: %v", levels, err)
			}
		}
	}
}

func TestAQueryThatDoesNotFitIsAnError(t *testing.T) {
	t.Parallel()
	var p output.Printer
	if err := p.JQ.Set(".[0].id.more"); err != nil {
		t.Fatal(err)
	}
	err := output.List(io.Discard, p, jobs(), columns()...)
	if _, ok := errors.AsType[*output.QueryError](err); !ok {
		t.Errorf("%v, want a QueryError", err)
	}
}

func TestTextIsForPeopleAlone(t *testing.T) {
	t.Parallel()
	text := func(w io.Writer) error { _, err := io.WriteString(w, "Hello\n"); return err }
	var b bytes.Buffer
	if err := output.Text(&b, output.Printer{}, 1, text); err != nil || b.String() != "Hello\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
	b.Reset()
	if err := output.Text(&b, output.Printer{Format: output.JSON}, 1, text); err != nil || b.String() != "1\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
	err := output.Text(&b, output.Printer{Format: output.CSV}, 1, text)
	if _, ok := errors.AsType[*output.FormatError](err); !ok {
		t.Errorf("%v, want a FormatError", err)
	}
}

func TestAnUnknownFormatIsRefused(t *testing.T) {
	t.Parallel()
	f := output.JSON
	if err := f.Set("xml"); err == nil || err.Error() != `"xml" is none of table, json, yaml, csv, tsv` {
		t.Error(err)
	}
	if f != output.JSON {
		t.Errorf("%s was changed", f)
	}
}

func TestColourDoesNotShiftAColumn(t *testing.T) {
	t.Parallel()
	bold := func(text string) string { return "\x1b[1m" + text + "\x1b[0m" }
	got := list(t, output.Printer{Head: bold}, []job{{ID: "scim.1", Status: "Active"}})
	if want := "\x1b[1mJOB      JOB_STATUS\x1b[0m\nscim.1   Active\n"; got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}
