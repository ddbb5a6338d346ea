package blueprint

import (
	"fmt"
	"strconv"
)

func (p *Property) fromText(text string) string { p.Name = text; return "" }

func (a *Attribute) fromText(text string) string { a.Name = text; return "" }

func (a *Assignee) fromText(text string) string { a.Name = text; return "" }

func (m *Mapping) fromText(text string) string { m.Source = &text; return "" }

func (t *Threshold) fromText(text string) string {
	n, err := strconv.Atoi(text)
	switch {
	case text == "off":
		*t = 0
	case err != nil || n < 1:
		return fmt.Sprintf("a number of deletions, 1 or more, or off is due here, and not %q", text)
	default:
		*t = Threshold(n)
	}
	return ""
}

func (r *Reference) fromText(text string) string { *r = referenceTo(text); return "" }
