package iostreams

// Style paints text for one stream, or leaves it as it is when that stream has
// no colour. The zero value leaves it.
type Style struct{ on bool }

// Bold makes text stand out.
func (s Style) Bold(text string) string { return s.paint("1", text) }

// Faint makes text step back.
func (s Style) Faint(text string) string { return s.paint("2", text) }

// Red is for what went wrong.
func (s Style) Red(text string) string { return s.paint("31", text) }

// Green is for what went well.
func (s Style) Green(text string) string { return s.paint("32", text) }

// Yellow is for what needs a look.
func (s Style) Yellow(text string) string { return s.paint("33", text) }

func (s Style) paint(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
