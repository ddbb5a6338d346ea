package cmd

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// secretAnnotation marks the commands that are given secrets. Errors repeat an
// invalid value everywhere else. Here they do not: a token that was put in the
// wrong place would be in a pipeline's log for good.
const secretAnnotation = "secrets"

// takesSecrets marks a command, and with it all commands below it.
func takesSecrets(c *cobra.Command) *cobra.Command {
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[secretAnnotation] = "yes"
	return c
}

// mayGetSecrets reports whether a secret may stand among a command's arguments.
func mayGetSecrets(c *cobra.Command) bool {
	for ; c != nil; c = c.Parent() {
		if c.Annotations[secretAnnotation] != "" {
			return true
		}
	}
	return false
}

// secretFlagError is flagError without values. A flag that does not exist, and
// that resembles none, may be a token that begins with a hyphen.
func secretFlagError(c *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if near := nearFlags(c, e.GetSpecifiedName()); len(near) > 0 {
			return &UsageError{Command: c.CommandPath(), Near: near, Err: err}
		}
		return &UsageError{Command: c.CommandPath(), Err: errors.New("unknown flag")}
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return usagef(c, "invalid --%s: %s", e.GetFlag().Name, wanted(e))
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usagef(c, "no value given for --%s", e.GetFlag().Name)
	}
	return &UsageError{Command: c.CommandPath(), Err: errors.New("a flag cannot be understood")}
}

// wanted says what the value of a flag must be.
func wanted(e *pflag.InvalidValueError) string {
	switch kind := e.GetFlag().Value.Type(); {
	case kind == "bool":
		return "takes no value"
	case kind == "duration":
		return "must be a duration such as 90s or 5m"
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return "must be a whole number"
	default:
		return e.Unwrap().Error()
	}
}

// guardArguments makes what looks like a secret among the arguments of such a
// command known as one, wherever it stands.
func (a *App) guardArguments(root *cobra.Command, args []string) {
	c, _, err := root.Find(args)
	if err != nil || !mayGetSecrets(c) {
		return
	}
	for _, value := range values(c, args) {
		a.secrets.AddURL(value)
		if looksSecret(value) {
			a.secrets.Add(value)
		}
	}
}

// hideArguments makes all values on the command line secret when an error is
// about one of them: it was not understood, or nothing has that name. A name of
// several words, or of a user, is no secret where a name is expected.
func (a *App) hideArguments(c *cobra.Command, args []string, err error) {
	if !mayGetSecrets(c) {
		return
	}
	code := advise(err).Code
	if a.started && code != ExitUsage && code != ExitNotFound {
		return
	}
	for _, value := range values(c, args) {
		if isURL(value) || code == ExitNotFound && looksLikeName(value) {
			continue
		}
		a.secrets.Add(value)
	}
}

// isURL reports whether a value is an address. What is secret in one is known
// already.
func isURL(value string) bool {
	u, err := url.Parse(value)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// looksLikeName reports whether a value has several words, or is a user
// principal name.
func looksLikeName(value string) bool {
	user, domain, found := strings.Cut(value, "@")
	if !found {
		return strings.Contains(value, " ")
	}
	const letters = "abcdefghijklmnopqrstuvwxyz.-"
	return strings.Trim(strings.ToLower(user), letters) == "" && strings.Trim(strings.ToLower(domain), letters) == "" &&
		strings.Contains(domain, ".")
}

// values are the words of a command line that are neither the name of the
// command nor that of a flag.
func values(c *cobra.Command, args []string) []string {
	names := strings.Fields(c.CommandPath())
	var found []string
	for _, word := range args {
		bare := strings.TrimLeft(word, "-")
		name, value, _ := strings.Cut(bare, "=")
		switch {
		case bare == word && slices.Contains(names, word):
		case bare == word:
			found = append(found, word)
		case strings.HasPrefix(word, "--") && c.Flag(name) != nil:
			found = append(found, value)
		default:
			found = append(found, bare, name, value, strings.TrimPrefix(bare, bare[:min(1, len(bare))]))
		}
	}
	return found
}

// looksSecret reports whether a value looks made by a machine to be guessed by
// nobody: long, in one piece, and with letters and digits that alternate as in
// no word. Ids of Entra look so too, and are none.
func looksSecret(value string) bool {
	const shortestToken, fewestChanges = 16, 5
	if len(value) < shortestToken || strings.ContainsAny(value, " /@:") || isID(value) {
		return strings.HasPrefix(value, "eyJ") // JSON Web Tokens have all of base64 in them
	}
	changes := 0
	for i := 1; i < len(value); i++ {
		before, now := rune(value[i-1]), rune(value[i])
		switch {
		case unicode.IsDigit(before) != unicode.IsDigit(now) && isWordPart(before) && isWordPart(now):
			changes++
		case unicode.IsLower(before) && unicode.IsUpper(now):
			changes++
		}
	}
	return changes >= fewestChanges
}

func isID(value string) bool {
	return len(value) == 36 && strings.Count(value, "-") == 4 && strings.Trim(value, "0123456789abcdefABCDEF-") == ""
}

func isWordPart(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
