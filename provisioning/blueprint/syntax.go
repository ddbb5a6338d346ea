package blueprint

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/scimctl/scimctl/graph/bounds"
)

// syntaxFault is what the parser says of a text that is no YAML. Of the line
// the key alone is shown.
func syntaxFault(file string, text []byte, wrong *bounds.YAMLError) Fault {
	f := Fault{Place: Place{File: file, Line: wrong.Line}}
	line := lineOf(text, f.Line)
	f.Reason = plainer(wrong.Reason, line)
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if key := regexp.MustCompile(`^[A-Za-z]+:`).FindString(line[indent:]); key != "" {
		f.Column = indent + 1
		f.Excerpt = line[:indent] + key + " …"
	}
	return f
}

func lineOf(text []byte, number int) string {
	lines := bytes.Split(text, []byte("\n"))
	if number < 1 || number > len(lines) {
		return ""
	}
	return string(lines[number-1])
}

// plainer says what the parser means in the words of who writes the file.
func plainer(reason, line string) string {
	switch {
	case strings.HasPrefix(strings.TrimLeft(line, " "), "\t"):
		return "the line begins with a tab: YAML is indented with blanks"
	case strings.HasPrefix(reason, "more than"), strings.HasPrefix(reason, "nested"):
		return reason
	case strings.Contains(reason, "unknown anchor"):
		return "anchors, aliases and tags are not taken here: write it out, or use a variable ${NAME}"
	case strings.Contains(reason, "mapping values are not allowed"):
		return "a colon begins a value where none can be: a text with a colon in it stands in quotes, and keys beside each other are indented alike"
	case strings.Contains(reason, "unexpected end of stream"):
		return "a quote is opened here and never closed"
	}
	return "it is no YAML: " + reason
}
