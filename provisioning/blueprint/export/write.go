package export

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/scimctl/scimctl/graph/safetext"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// ValuesLeftOut says what a file of an application with extension properties
// does not hold, by intent.
const ValuesLeftOut = "What users have of the extension properties is not in it"

// YAML is the file of what was exported, ready to be read again.
func (e Exported) YAML() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# The provisioning setup of %s, as exported by scimctl.\n", safetext.Line(e.Blueprint.Application.Name))
	if len(e.Variables) > 0 {
		fmt.Fprintf(&out, "# Applying it takes the variables %s; there is no secret in this file.\n", safetext.Line(strings.Join(e.Variables, ", ")))
	}
	if e.Blueprint.Extensions != nil {
		out.WriteString("# " + ValuesLeftOut + ".\n")
	}
	for _, warning := range e.Warnings {
		fmt.Fprintf(&out, "# %s\n", safetext.Line(warning))
	}
	text, err := blockOf(reflect.ValueOf(e.Blueprint))
	if err != nil {
		return nil, err
	}
	out.WriteString(blueprint.Escape(strings.Join(text.lines, "\n") + "\n"))
	return out.Bytes(), nil
}

// scalar writes a text so that it is read back as it is.
func scalar(text string) string {
	switch {
	case strings.ContainsFunc(text, needsEscape), strings.Contains(text, "##"):
		return strconv.Quote(text) // where an escape can stand in for what a terminal or a runner obeys
	case plain(text):
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

func needsEscape(r rune) bool { return !unicode.IsPrint(r) || safetext.Hidden(r) }

// plain reports whether a text needs no quotes, to be on the safe side.
func plain(text string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	switch strings.ToLower(text) {
	case "", "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return false
	}
	return strings.Trim(text, letters+"0123456789_.@:/+()-[] ") == "" && strings.ContainsRune(letters, rune(text[0])) &&
		!strings.Contains(text, ": ") && !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, " ")
}
