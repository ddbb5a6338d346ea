package bounds_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
)

// endless is a text that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestWhatNeverEndsIsReadToTheLimit(t *testing.T) {
	t.Parallel()
	content, err := bounds.Read(endless{}, "it", bounds.Token)
	if e, ok := errors.AsType[*bounds.Error](err); !ok || content != nil || e.Error() != "it is larger than 64 kB" {
		t.Errorf("%d bytes, %v", len(content), err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if _, err := bounds.ReadFile("/dev/zero", bounds.Expression); err == nil {
		t.Error("all of /dev/zero was read")
	}
}

func TestALimitIsReachedAndNotPassed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	for size, limit := range map[int]int64{0: 1, 10: 10, 11: 10, 20: 0} {
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		content, err := bounds.ReadFile(path, limit)
		if fits := limit == 0 || int64(size) <= limit; fits != (err == nil) || fits && len(content) != size {
			t.Errorf("%d of %d: %d bytes, %v", size, limit, len(content), err)
		}
	}
}

func TestTheStructureOfJSONHasLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text          string
		fits, allowed bool // with and without limits
	}{
		"deep":               {strings.Repeat("[", 1001), false, false},
		"deep objects":       {strings.Repeat(`{"a":`, 1001), false, false},
		"deep enough":        {strings.Repeat("[", 1000) + strings.Repeat("]", 1000), true, true},
		"brackets in text":   {`"` + strings.Repeat(`[{,`, 200_000) + `"`, true, true},
		"escapes in text":    {`["\\",[],"\"[[[[",{}]` + "", true, true},
		"many items":         {"[0" + strings.Repeat(",0", 100_000) + "]", false, true},
		"many in all":        {"[" + strings.Repeat("["+strings.Repeat("0,", 50_000)+"0],", 50) + "0]", false, true},
		"beside each other":  {"[" + strings.Repeat("[[[[0]]]],", 50_000) + "0]", true, true},
		"objects in objects": {"[0" + strings.Repeat(","+strings.Repeat(`{"a":`, 900)+"0"+strings.Repeat("}", 900), 600) + "]", false, true},
		"closed too often":   {strings.Repeat("]", 1000) + strings.Repeat("[", 10), true, true},
	} {
		if err := bounds.JSON([]byte(test.text), "it", false); (err == nil) != test.fits {
			t.Errorf("%s: %v", name, err)
		}
		if err := bounds.JSON([]byte(test.text), "it", true); (err == nil) != test.allowed {
			t.Errorf("%s without limits: %v", name, err)
		}
	}
}

// bombs are texts that take long, or much memory, where nothing limits them.
func bombs() map[string]string {
	const n = 200_000
	var ladder, laughs strings.Builder
	for i := 0; ladder.Len() < n; i++ {
		ladder.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	laughs.WriteString("a0: &a0 [x]\n")
	for i := range 200 {
		fmt.Fprintf(&laughs, "a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d,", i), 9), i)
	}
	return map[string]string{
		"[": strings.Repeat("[", n), "{": strings.Repeat("{", n), "- ": strings.Repeat("- ", n), "? ": strings.Repeat("? ", n),
		"[a: ": strings.Repeat("[a: ", n), "{a: ": strings.Repeat("{a: ", n), "ladder": ladder.String(), "laughs": laughs.String(),
		"aliases": "- &a b\n" + strings.Repeat("- *a\n", n), "documents": strings.Repeat("--- a\n", n), "size": strings.Repeat("a\n", 3<<20),
		"unknown": "a: *b",
	}
}

func TestWhatExplodesInYAMLIsAnErrorAtOnce(t *testing.T) {
	t.Parallel()
	for name, text := range bombs() {
		began := time.Now()
		_, err := bounds.YAML([]byte(text))
		if e, ok := errors.AsType[*bounds.YAMLError](err); !ok || e.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: %s", name, took)
		}
	}
}

func TestAnErrorInYAMLHasItsPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: 1\n  b: 2\n":          "2:3",
		"a: \"b\n":                "1:1",
		"a: 1\nb: *c\n":           "2:1",
		"a: {\n":                  "1:1",
		"a: 1\n\tb: 2\n":          "2:1",
		strings.Repeat("[", 200):  "1:101",
		strings.Repeat("- ", 200): "1:201",
	} {
		_, err := bounds.YAML([]byte(text))
		e, ok := errors.AsType[*bounds.YAMLError](err)
		if !ok || fmt.Sprintf("%d:%d", e.Line, e.Column) != want && !strings.HasPrefix(want, "1:") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestDocumentsWithNothingInThemAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "# a\n": 0, "---\n": 1, "a: 1\n---\n": 2, "a: 1\n---\nb: 2\n---\n": 3, "a: 1\n...\n": 1} {
		documents, err := bounds.YAML([]byte(text))
		if err != nil || len(documents) != want {
			t.Errorf("%q: %d documents, %v", text, len(documents), err)
		}
		for _, d := range documents {
			if len(d.Content) != 1 {
				t.Errorf("%q: a document with %d nodes", text, len(d.Content))
			}
		}
	}
}

func TestEveryTimeCanBeWrittenAsJSON(t *testing.T) {
	t.Parallel()
	for _, seconds := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1, 253402300799, 253402300800, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		if _, err := json.Marshal(bounds.Unix(seconds)); err != nil {
			t.Errorf("%v: %v", seconds, err)
		}
	}
	west, east := time.FixedZone("", -12*3600), time.FixedZone("", 12*3600)
	for _, moment := range []time.Time{
		time.Date(9999, 12, 31, 23, 0, 0, 0, west), time.Date(0, 1, 1, 0, 0, 0, 0, east), time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), {},
	} {
		if _, err := json.Marshal(bounds.UTC(moment)); err != nil {
			t.Errorf("%v: %v", moment, err)
		}
	}
}

func FuzzYAML(f *testing.F) {
	for _, text := range []string{"", "---", "a: 1\n---", "- &a [*a]", "? [", "{a: b, c}", "\"\\x", "%YAML 1.1\n---\n", "a: |\n b\n", "<<: *a", "\ufeff#", "!!a b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		documents, err := bounds.YAML([]byte(text))
		if _, ok := errors.AsType[*bounds.YAMLError](err); err != nil && !ok {
			t.Errorf("%T", err)
		}
		for _, d := range documents {
			if len(d.Content) != 1 {
				t.Errorf("a document with %d nodes", len(d.Content))
			}
		}
	})
}

// Whatever the limits accept is no deeper than they say.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{"", "[]", `{"a":[1,{"b":"\"["}]}`, "]]]][", `"\`, strings.Repeat("[", 1001), strings.Repeat(`{"":`, 1002)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := bounds.JSON([]byte(text), "it", false)
		depth, deepest := 0, 0
		if !json.Valid([]byte(text)) {
			return
		}
		for d := json.NewDecoder(strings.NewReader(text)); ; {
			token, end := d.Token()
			if end != nil {
				break
			}
			switch token {
			case json.Delim('['), json.Delim('{'):
				depth++
				deepest = max(deepest, depth)
			case json.Delim(']'), json.Delim('}'):
				depth--
			}
		}
		if (deepest > 1000) != (err != nil) && len(text) < 100_000 {
			t.Errorf("%d levels: %v", deepest, err)
		}
	})
}

func TestALongListOfNamesIsShortened(t *testing.T) {
	t.Parallel()
	for text, names := range map[string][]string{
		"":                             nil,
		"a":                            {"a"},
		"a, b":                         {"a", "b"},
		"a, a, a, a, a, a, a, a, a, a": strings.Split(strings.Repeat("a,", 9)+"a", ","),
		"a, a, a, a, a, a, a, a, a, a and 2 more": strings.Split(strings.Repeat("a,", 11)+"a", ","),
		strings.Repeat("é", 100) + "…":            {strings.Repeat("é", 1<<20)},
		"x" + strings.Repeat("é", 99) + "…":       {"x" + strings.Repeat("é", 1<<20)},
	} {
		if got := bounds.Names(names); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}
