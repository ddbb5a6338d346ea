package iostreams

import (
	"github.com/scimctl/scimctl/graph/safetext"
)

// Style paints text for one stream, or leaves it as it is when that stream has
// no color. Text is made safe first and painted afterwards. The zero value
// leaves it.
type Style struct{ seal string }

// Bold makes text stand out.
func (s Style) Bold(text string) Markup { return s.paint("1", text) }

// Faint makes text step back.
func (s Style) Faint(text string) Markup { return s.paint("2", text) }

// Red is for what went wrong.
func (s Style) Red(text string) Markup { return s.paint("31", text) }

// Green is for what went well.
func (s Style) Green(text string) Markup { return s.paint("32", text) }

// Yellow is for what needs a look.
func (s Style) Yellow(text string) Markup { return s.paint("33", text) }

func (s Style) paint(code, text string) Markup {
	text = safetext.Line(text)
	if s.seal == "" || text == "" {
		return Markup(text)
	}
	return Markup(s.seal + code + "m" + text + s.seal + "0m")
}
