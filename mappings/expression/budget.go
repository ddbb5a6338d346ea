package expression

import (
	"errors"
	"time"
)

const (
	// mostText is the most that one call may yield, in bytes. No attribute of
	// Entra ID holds a longer text.
	mostText = 1 << 20
	// mostTexts is the most that all calls of an evaluation may yield together.
	mostTexts = 16 << 20
)

// A budget is what one evaluation may still spend. Functions that are nested can
// multiply a text, and a list of patterns can take its time many times over.
type budget struct {
	texts   int           // bytes that calls have yielded
	matched time.Duration // time that regular expressions have taken
}

// errTooLong is a text of more than mostText bytes that a call would yield.
var errTooLong = errors.New("it yields more than 1 MB of text, which is not computed here")

// spend takes what a call has yielded out of the budget.
func (in Input) spend(c *Call, v Value) error {
	size := 0
	for _, text := range v.Values {
		size += len(text)
	}
	if size > mostText {
		return c.unsupported(errTooLong.Error())
	}
	if in.budget.texts += size; in.budget.texts > mostTexts {
		return c.unsupported("up to here the expression yields more than 16 MB of text, which is not computed here")
	}
	return nil
}

// matching runs what matches a pattern, and takes its time out of the budget.
// over reports whether none is left.
func (in Input) matching(p *Pattern, match func(over func() bool) error) error {
	began := time.Now()
	over := func() bool { return in.RegexLimit > 0 && in.budget.matched+time.Since(began) > in.RegexLimit }
	err := match(over)
	if err == nil && over() {
		err = &PatternLimitError{Pattern: p.text, Limit: in.RegexLimit}
	}
	in.budget.matched += time.Since(began)
	return err
}
