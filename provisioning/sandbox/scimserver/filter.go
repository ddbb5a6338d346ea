package scimserver

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// pieces finds, in this order, what in a filter has to be read whole: a quoted
// text; a filtered path with a sub-attribute after it; a name with a URN.
var pieces = regexp.MustCompile(`"(?:[^"\\]|\\.)*"` +
	`|\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]\.([A-Za-z$][A-Za-z0-9_-]*)\s+((?i:eq|ne|co|sw|ew|gt|ge|lt|le)\s+(?:"(?:[^"\\]|\\.)*"|[^\s"()\]]+))` +
	`|(?i:urn):[^\s"()\[\]]+`)

const (
	longestFilter = 16 << 10 // bytes
	deepestFilter = 100      // conditions inside of each other
)

// tooLarge reports whether a filter or a path is not to be parsed.
func tooLarge(text string) bool {
	return len(text) > longestFilter || strings.Count(text, "(") > deepestFilter
}

// parseFilter reads a filter. Entra asks for emails[type eq "work"].value eq
// "x", which RFC 7644's grammar does not have: it is read as emails[type eq
// "work" and value eq "x"].
func (c *call) parseFilter(text string) (filter.Expression, error) {
	if tooLarge(text) {
		return nil, fmt.Errorf("the filter has more than %d bytes or %d parentheses", longestFilter, deepestFilter)
	}
	text = pieces.ReplaceAllStringFunc(text, func(piece string) string {
		switch parts := pieces.FindStringSubmatch(piece); {
		case strings.HasPrefix(piece, "["):
			return fmt.Sprintf("[%s and %s %s]", parts[1], parts[2], parts[3])
		case strings.HasPrefix(piece, `"`):
			return piece
		default:
			return c.settle(parseTarget(piece)).String()
		}
	})
	expression, err := filter.ParseFilter([]byte(text))
	if err != nil {
		return nil, err
	}
	return expression, c.check(expression)
}

// check refuses attributes that no resource can have. Those of a foreign
// extension may just not have come yet.
func (c *call) check(expression filter.Expression) error {
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		if err := c.check(e.Left); err != nil {
			return err
		}
		return c.check(e.Right)
	case *filter.NotExpression:
		return c.check(e.Expression)
	case *filter.ValuePath:
		return c.checkPath(e.AttributePath)
	case *filter.AttributeExpression:
		return c.checkPath(e.AttributePath)
	default:
		return fmt.Errorf("unknown expression %v", e)
	}
}

func (c *call) checkPath(path filter.AttributePath) error {
	if c.isForeign(unalias(path.URI())) || isCommon(path.AttributeName) {
		return nil
	}
	if _, _, ok := c.locate(path); !ok {
		return fmt.Errorf("no attribute %s", path)
	}
	return nil
}

func isCommon(name string) bool {
	return slices.ContainsFunc([]string{"id", "meta", "schemas"}, func(common string) bool {
		return strings.EqualFold(common, name)
	})
}

// locate finds the attribute of a path; a name without URN may be the
// enterprise extension's.
func (c *call) locate(path filter.AttributePath) (target, schema.CoreAttribute, bool) {
	t := c.settle(target{urn: unalias(path.URI()), name: path.AttributeName, sub: path.SubAttributeName()})
	a, _, ok := c.attributeOf(t)
	if !ok && t.urn == "" && c.core.ID == c.server.user.ID {
		t.urn = c.server.enterprise.ID
		a, _, ok = c.attributeOf(t)
	}
	return t, a, ok
}
