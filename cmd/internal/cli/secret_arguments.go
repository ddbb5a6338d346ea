package cli

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/internal/exit"
)

// SecretAnnotation marks the commands that are given secrets. Errors repeat an
// invalid value everywhere else. Here they do not: a token that was put in the
// wrong place would be in a pipeline's log for good.
const SecretAnnotation = "secrets"

// TakesSecrets marks a command, and with it all commands below it.
func TakesSecrets(c *cobra.Command) *cobra.Command {
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[SecretAnnotation] = "yes"
	return c
}

// MayGetSecrets reports whether a secret may stand among a command's arguments.
func MayGetSecrets(c *cobra.Command) bool {
	for ; c != nil; c = c.Parent() {
		if c.Annotations[SecretAnnotation] != "" {
			return true
		}
	}
	return false
}

// secretFlagError is flagError without values. A flag that does not exist, and
// that resembles none, may be a token that begins with a hyphen.
func secretFlagError(c *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if near := exit.NearFlags(c, e.GetSpecifiedName()); len(near) > 0 {
			return &exit.UsageError{Command: c.CommandPath(), Near: near, Err: err}
		}
		return &exit.UsageError{Command: c.CommandPath(), Err: errors.New("unknown flag")}
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return exit.Usagef(c, "invalid --%s: %s", e.GetFlag().Name, wanted(e))
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return exit.Usagef(c, "no value given for --%s", e.GetFlag().Name)
	}
	return &exit.UsageError{Command: c.CommandPath(), Err: errors.New("a flag cannot be understood")}
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

// guardArguments makes JSON Web Tokens among the arguments known as secrets,
// and in a command that is given secrets everything that looks like one.
func (a *App) guardArguments(root *cobra.Command, args []string) {
	if a.completing {
		args = args[1:]
	}
	c, _, _ := root.Find(args) // the nearest one, if there is none of that name
	secret := MayGetSecrets(c)
	for _, value := range values(c, args) {
		if secret {
			a.Secrets.AddURL(value)
		}
		if isJWT(value) || secret && LooksSecret(value) {
			a.Secrets.Add(value)
		}
	}
}

// hideArguments makes all values on the command line secret when an error is
// about one of them: it was not understood, or nothing has that name. A name of
// several words, or of a user, is no secret where a name is expected.
//
// Other commands repeat what was not understood, because that is most often a
// misspelled word. They do not repeat what looks like a secret.
func (a *App) hideArguments(c *cobra.Command, args []string, err error) {
	code := exit.Advise(err).Code
	if !MayGetSecrets(c) {
		for _, value := range append(values(c, args), a.settingVariables()...) {
			if LooksSecret(value) && (code != exit.NotFound || len(value) >= longestName) {
				a.Secrets.Add(value)
			}
		}
		return
	}
	if a.Started && code != exit.Usage && code != exit.NotFound {
		return
	}
	for _, value := range values(c, args) {
		if isURL(value) || code == exit.NotFound && looksLikeName(value) || isNamed(c, value) && !LooksSecret(value) {
			continue
		}
		a.Secrets.Add(value)
	}
}

// longestName is the length from which even a name that nothing has is taken
// for a secret.
const longestName = 32

// settingVariables are the values of settings in the environment.
func (a *App) settingVariables() []string {
	var found []string
	for _, s := range config.Table() {
		found = append(found, a.Getenv(s.Variable()))
	}
	return found
}

// isNamed reports whether a value is that of a flag which takes a name.
func isNamed(c *cobra.Command, value string) bool {
	return slices.ContainsFunc([]string{"app", "job", "profile", "tenant", "cloud", "client-id", "config", "state-dir"}, func(name string) bool {
		flag := c.Flag(name)
		return flag != nil && flag.Changed && flag.Value.String() == value
	})
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

// isJWT reports whether a value is a JSON Web Token, or begins like one.
func isJWT(value string) bool {
	const shortestHeader = 20
	return strings.HasPrefix(value, "eyJ") && len(value) >= shortestHeader
}

// LooksSecret reports whether a value, or a word of it, looks made by a machine
// to be guessed by nobody: long, in one piece, and with letters and digits that
// alternate as in no word. Ids of Entra look so too, and are none.
func LooksSecret(value string) bool {
	return slices.ContainsFunc(strings.Fields(value), isMachineMade)
}

func isMachineMade(value string) bool {
	const shortestToken, fewestChanges = 16, 5
	if len(value) < shortestToken || strings.ContainsAny(value, "@:") || isPath(value) || isID(value) {
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

// isPath reports whether a value is the path of a file. Base64 has slashes too.
func isPath(value string) bool {
	const longestExtension = 6
	extension := filepath.Ext(value)
	return strings.ContainsAny(value[:1], "/.~") || extension != "" && len(extension) <= longestExtension
}

// isID reports whether a value is an id: of a copy or a run, which begins with a
// date, of an extension property, of an object, or of a job, such as
// scim.<tenant>.<guid>.
func isID(value string) bool {
	const hex, longestOwn = "0123456789abcdefABCDEF", 24
	if _, err := time.Parse("20060102", value[:min(8, len(value))]); err == nil && len(value) <= longestOwn {
		return true
	}
	if rest, ok := strings.CutPrefix(value, "extension_"); ok {
		app, _, _ := strings.Cut(rest, "_")
		return len(app) == 32 && strings.Trim(app, hex) == ""
	}
	last := value[strings.LastIndex(value, ".")+1:]
	return len(last) == 36 && strings.Count(last, "-") == 4 && strings.Trim(last, hex+"-") == ""
}

func isWordPart(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
