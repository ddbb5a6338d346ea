// Package shell writes command lines that are safe to paste. It is the only
// place where an argument is quoted.
//
// On Windows the lines are for PowerShell, elsewhere for any POSIX shell; cmd.exe
// is not supported. What a terminal or a shell could change on the way, such as
// a line break or a bidirectional control, is refused.
package shell

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scimctl/scimctl/graph/safetext"
)

// A Shell is what a command line is pasted into.
type Shell int

// The supported shells.
const (
	POSIX Shell = iota
	PowerShell
)

// For is the shell of an operating system, by its name in GOOS.
func For(system string) Shell {
	if system == "windows" {
		return PowerShell
	}
	return POSIX
}

// Quote gives the word as one argument of a command line. It is false for a word
// that cannot be pasted.
func (s Shell) Quote(word string) (string, bool) {
	switch {
	case !printable(word) || s == PowerShell && changed(word):
		return "", false
	case s == PowerShell && barePowerShell(word), s == POSIX && barePOSIX(word):
		return word, true
	}
	var quoted strings.Builder
	quoted.WriteByte('\'')
	for _, r := range word {
		switch {
		case s == POSIX && (r == '\'' || r == '\\'): // fish reads a backslash inside of quotes
			quoted.WriteString(`'\` + string(r) + `'`)
			continue
		case s == PowerShell && singleQuote(r):
			quoted.WriteRune(r) // two of them stand for one
		}
		quoted.WriteRune(r)
	}
	quoted.WriteByte('\'')
	return quoted.String(), true
}

// printable rejects what is not shown as it is: control characters, line breaks,
// bidirectional and other invisible formatting, spaces that look like another one,
// invalid UTF-8, and what a CI runner takes for a command within a line.
func printable(word string) bool {
	altered := func(r rune) bool { return !unicode.IsPrint(r) || safetext.Hidden(r) }
	return utf8.ValidString(word) && !strings.ContainsFunc(word, altered) && !logging.MatchString(word)
}

// logging is the beginning of a logging command, such as ##vso[ or ##[:
// https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
var logging = regexp.MustCompile(`##\pL*\[`)

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// barePOSIX reports whether a word means itself. zsh expands a leading "=".
func barePOSIX(word string) bool {
	return word != "" && word[0] != '=' && strings.Trim(word, letters+"0123456789_@%+=:,./-") == ""
}

// barePowerShell reports whether a word means itself. PowerShell reads a leading
// digit as a number, and splits a word with a leading dash at a colon or dot:
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing
func barePowerShell(word string) bool {
	switch {
	case word == "" || strings.Trim(word, letters+"0123456789_=:./-") != "":
		return false
	case word[0] == '-':
		return !strings.ContainsAny(word, ":.")
	}
	return strings.ContainsRune(letters+"_/", rune(word[0]))
}

// singleQuote reports whether PowerShell takes the character for a single quote:
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
func singleQuote(r rune) bool { return r == '\'' || r >= '\u2018' && r <= '\u201B' }

// changed reports whether Windows PowerShell hands a quoted word to a program
// otherwise than it was written: it drops double quotes and empty words, lets a
// backslash escape the quote that it adds around spaces, and stops parsing at --%.
func changed(word string) bool {
	return word == "" || strings.Contains(word, `"`) || strings.HasSuffix(word, `\`) || strings.HasPrefix(word, "--%")
}
