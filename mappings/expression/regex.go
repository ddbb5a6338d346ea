package expression

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// A Pattern is a .NET regular expression, case-sensitive as the service's are.
// It may be used from several goroutines at once.
type Pattern struct {
	text        string
	limit       time.Duration
	part, whole *regexp2.Regexp
}

// CompilePattern reads a regular expression. One match of it may take as long
// as limit, which is kept to a tenth of a second or so; 0 is no limit, and
// then no clock runs. A text that is no pattern is a *PatternError.
// https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference
func CompilePattern(pattern string, limit time.Duration) (*Pattern, error) {
	p := &Pattern{text: pattern, limit: limit}
	var err error
	if p.part, err = p.compile(pattern); err != nil {
		return nil, err
	}
	if p.whole, err = p.compile(`\A(?:` + pattern + `)\z`); err != nil {
		// With (?x) a comment at the end hides the parenthesis.
		p.whole, err = p.compile(`\A(?:` + pattern + "\n" + `)\z`)
	}
	return p, err
}

func (p *Pattern) compile(pattern string) (*regexp2.Regexp, error) {
	r, err := regexp2.Compile(pattern, regexp2.None)
	if err != nil {
		return nil, &PatternError{Pattern: p.text, Reason: strings.TrimPrefix(err.Error(), "error parsing regexp: ")}
	}
	if p.limit > 0 {
		r.MatchTimeout = p.limit
	}
	return r, nil
}

// String is the pattern as it was written.
func (p *Pattern) String() string { return p.text }

// Match tells whether a part of s matches, and whether s as a whole does. A
// *PatternLimitError is a match that took too long.
func (p *Pattern) Match(s string) (part, whole bool, err error) {
	if part, err = p.part.MatchString(s); err != nil || !part {
		return false, false, p.failed(err)
	}
	whole, err = p.whole.MatchString(s)
	return part, whole, p.failed(err)
}

// tooSlow is the error of a match that took too long.
func (p *Pattern) tooSlow() error { return &PatternLimitError{Pattern: p.text, Limit: p.limit} }

// failed is what the only failure of a match means.
func (p *Pattern) failed(err error) error {
	if err == nil {
		return nil
	}
	return p.tooSlow()
}

// checkReplacement tells what no replacement may hold, such as the group
// number of "$99999999999".
func (p *Pattern) checkReplacement(replacement string) error {
	_, err := p.part.Replace("", replacement, -1, 0)
	return err
}

// replace puts the replacement, in which ${name} is a group, in the place of
// every match.
func (p *Pattern) replace(s, replacement string, over func() bool) (string, error) {
	references, whole := strings.Count(replacement, "$"), false
	for _, before := range []string{"$_", "$`", "$'"} {
		whole = whole || strings.Contains(replacement, before)
	}
	size := len(s)
	err := p.matches(s, over, func(m *regexp2.Match) error {
		longest := 0 // of what the replacement may refer to
		for _, g := range m.Groups() {
			longest = max(longest, 4*g.Length) // Length counts characters
		}
		if whole {
			longest = len(s)
		}
		if size += len(replacement) + references*longest; size > mostText {
			return errTooLong
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	s, err = p.part.Replace(s, replacement, -1, -1)
	return s, p.failed(err)
}

// matches calls visit for every match. When over reports that the time is up,
// the error is a *PatternLimitError.
func (p *Pattern) matches(s string, over func() bool, visit func(*regexp2.Match) error) error {
	m, err := p.part.FindStringMatch(s)
	for m != nil && err == nil {
		if err := visit(m); err != nil {
			return err
		}
		if over() {
			return p.tooSlow()
		}
		m, err = p.part.FindNextMatch(m)
	}
	return p.failed(err)
}

// hasGroup tells whether there is a group of that name.
func (p *Pattern) hasGroup(name string) bool { return p.part.GroupNumberFromName(name) >= 0 }

// pattern compiles an argument's text, once as long as it stays the same.
func (c *Call) pattern(text string, limit time.Duration) (*Pattern, error) {
	if c.compiled != nil {
		if p := c.compiled.Load(); p != nil && p.text == text && p.limit == limit {
			return p, nil
		}
	}
	if len(text) > MaxLength { // it was put together by functions
		return nil, c.unsupported("the pattern is longer than 10,000 characters, the limit for a pattern")
	}
	p, err := CompilePattern(text, limit)
	if err != nil {
		return nil, c.wrong(err.Error())
	}
	if c.compiled != nil {
		c.compiled.Store(p)
	}
	return p, nil
}

// at says where a match took too long, or a text became too long.
func (c *Call) at(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTooLong):
		return c.unsupported(err.Error())
	}
	return fmt.Errorf("%s at %s: %w", c.Name, c.Position, err)
}
