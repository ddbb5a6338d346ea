package expression

import (
	"errors"
	"strconv"
	"time"
	"unicode/utf8"
)

const (
	// mostText is the size of the largest value that a function may return, in
	// bytes. No attribute of Entra ID holds a longer one.
	mostText = 1 << 20
	// mostWork is the size of all values of one evaluation together. Functions
	// take time in proportion to their arguments, so this bounds the time too.
	mostWork = 16 << 20
	// valueSize is what a value takes in memory besides its text.
	valueSize = 16
	// mostDate is the most characters of a date and of its format.
	mostDate = 1000
	// mostDigits is the most characters of a number. The time that arithmetic
	// takes grows with the square of it.
	mostDigits = 1000
)

// A budget is what one evaluation may still spend.
type budget struct {
	work    int           // size of the values so far
	matched time.Duration // time that regular expressions have taken
}

// errTooLong is returned before a value larger than mostText is built.
var errTooLong = errors.New("its value is larger than 1 MB, the limit for one value")

// spend charges the value of a node to the budget.
func (in Input) spend(n Node, v Value) error {
	size := 0
	for _, text := range v.Values {
		size += len(text)
	}
	c, isCall := n.(*Call)
	if isCall && size > mostText {
		return c.unsupported(errTooLong.Error())
	}
	if in.budget.work += size + valueSize*(len(v.Values)+1); in.budget.work <= mostWork {
		return nil
	}
	err := &UnsupportedError{Position: n.At(), Reason: "the values of the expression up to here are larger than 16 MB, the limit for one evaluation"}
	if isCall {
		err.Function = c.Name
	}
	return err
}

// matching runs match and charges its time to the budget. The argument of match
// reports whether no time is left.
func (in Input) matching(p *Pattern, match func(over func() bool) error) error {
	began := time.Now()
	over := func() bool { return in.RegexLimit > 0 && in.budget.matched+time.Since(began) > in.RegexLimit }
	err := match(over)
	if err == nil && over() {
		err = p.tooSlow()
	}
	in.budget.matched += time.Since(began)
	return err
}

// quote quotes a text for an error, which shows the beginning of a long one.
func quote(text string) string {
	const most = 100
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "…"
	}
	return strconv.Quote(text)
}
