package expression_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
)

func TestAPatternMatchesAPartOrTheWhole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, text string
		part, whole   bool
	}{
		{`([1-9][0-9])`, "42", true, true},
		{`([1-9][0-9])`, "1234", true, false},
		{`a|ab`, "ab", true, true}, // the leftmost match alone would be "a"
		{`^a$`, "a\n", true, false},
		{`(?<=x)y(?!z)`, "xy", true, false},
		{`(a)\1`, "aa", true, true},
		{`contoso`, "CONTOSO", false, false},
		{`(?i)contoso`, "CONTOSO", true, true},
		{`(?x)a b # both`, "ab", true, true},
		{`\d+`, "٣", true, true},
		{``, "", true, true},
	} {
		p, err := expression.CompilePattern(test.pattern, 0)
		if err != nil {
			t.Errorf("CompilePattern(%s): %v", test.pattern, err)
			continue
		}
		part, whole, err := p.Match(test.text)
		if part != test.part || whole != test.whole || err != nil {
			t.Errorf("%s over %q: part %t, whole %t, %v", p, test.text, part, whole, err)
		}
	}
}

func TestAFaultInAPatternIsTold(t *testing.T) {
	t.Parallel()
	_, err := expression.CompilePattern(`a(b`, 0)
	fault, ok := errors.AsType[*expression.PatternError](err)
	if !ok || fault.Pattern != `a(b` || fault.Reason == "" {
		t.Errorf("got %v, want a *PatternError", err)
	}
	_, err = expression.Evaluate(parse(t, `Replace("x", , "a(b", , "", , )`), expression.Input{})
	if _, ok := errors.AsType[*expression.ArgumentError](err); !ok {
		t.Errorf("got %v, want an *ArgumentError", err)
	}
	_, err = expression.Evaluate(parse(t, `Replace("a", , "a", , "$99999999999", , )`), expression.Input{})
	if _, ok := errors.AsType[*expression.ArgumentError](err); !ok {
		t.Errorf("got %v, want an *ArgumentError", err)
	}
}

// endless is a pattern that takes as good as forever over aaaa…
const endless = `^(a+)+$`

func TestAPatternThatTakesTooLongIsGivenUp(t *testing.T) {
	t.Parallel()
	in := one("x", strings.Repeat("a", 60)+"b")
	in.RegexLimit = 50 * time.Millisecond
	for _, text := range []string{
		`Replace([x], , "` + endless + `", , "", , )`,
		`Replace([x], , "(?<g>` + endless + `)", "g", "", , )`,
		`Replace("", , "(?<g>` + endless + `)", "g", , [x], )`,
	} {
		_, err := expression.Evaluate(parse(t, text), in)
		limit, ok := errors.AsType[*expression.PatternLimitError](err)
		if !ok || limit.Limit != in.RegexLimit || !strings.HasPrefix(err.Error(), "Replace at column 1: ") {
			t.Errorf("Evaluate(%s): %v, want a *PatternLimitError", text, err)
		}
	}
	p, err := expression.CompilePattern(endless, in.RegexLimit)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Match(in.Attributes["x"][0]); err == nil {
		t.Error("Match has no limit")
	}
}

func TestWithoutALimitNoClockRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // a goroutine left over would hold the bubble up
		got, err := expression.Evaluate(parse(t, `Replace("a1", , "[0-9]", , "", , )`), expression.Input{})
		if diff := cmp.Diff(value("a"), got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestAPatternThatChangesIsReadAnew(t *testing.T) {
	t.Parallel()
	n := parse(t, `Replace("a1b2", , [pattern], , "-", , )`)
	for pattern, want := range map[string]string{"[a-z]": "-1-2", "[0-9]": "a-b-", "b.": "a1-"} {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				got, err := expression.Evaluate(n, one("pattern", pattern))
				if got.Text() != want || err != nil {
					t.Errorf("%s yields %q, %v; want %q", pattern, got.Text(), err, want)
				}
			})
		}
		all.Wait()
	}
}
