package shell_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/shell"
)

func TestAWordIsQuotedForEachShell(t *testing.T) {
	t.Parallel()
	const refused = "\x00"
	for word, want := range map[string]struct{ posix, powerShell string }{
		"Workato":                {"Workato", "Workato"},
		"--app":                  {"--app", "--app"},
		"ada@contoso.com":        {"ada@contoso.com", "'ada@contoso.com'"},
		"https://x.example/scim": {"https://x.example/scim", "https://x.example/scim"},
		"1e3":                    {"1e3", "'1e3'"},
		"a,b":                    {"a,b", "'a,b'"},
		"100%":                   {"100%", "'100%'"},
		"@splat":                 {"@splat", "'@splat'"},
		"Contoso SCIM":           {"'Contoso SCIM'", "'Contoso SCIM'"},
		"Field's $(touch x)":     {`'Field'\''s $(touch x)'`, "'Field''s $(touch x)'"},
		"\u2019; touch x; \u201b": {
			"'\u2019; touch x; \u201b'", "'\u2019\u2019; touch x; \u201b\u201b'",
		},
		"`touch x`":       {"'`touch x`'", "'`touch x`'"},
		"$HOME":           {"'$HOME'", "'$HOME'"},
		"a;b":             {"'a;b'", "'a;b'"},
		"~root":           {"'~root'", "'~root'"},
		"#1":              {"'#1'", "'#1'"},
		"=ls":             {"'=ls'", "'=ls'"},
		"!!":              {"'!!'", "'!!'"},
		"{a,b}":           {"'{a,b}'", "'{a,b}'"},
		`a\b`:             {`'a'\\'b'`, `'a\b'`},
		"-rf":             {"-rf", "-rf"},
		"-a:b":            {"-a:b", "'-a:b'"},
		"--url=-a.b":      {"--url=-a.b", "'--url=-a.b'"},
		"Zoë Ångström 日本": {"'Zoë Ångström 日本'", "'Zoë Ångström 日本'"},
		"\u2013rf":        {"'\u2013rf'", "'\u2013rf'"},
		`say "hi"`:        {`'say "hi"'`, refused},
		`ends in \`:       {`'ends in '\\''`, refused},
		"--%":             {"--%", refused},
		"":                {"''", refused},
		"a\nb":            {refused, refused},
		"a\rb":            {refused, refused},
		"a\tb":            {refused, refused},
		"a\x00b":          {refused, refused},
		"a\x1b[31mb":      {refused, refused},
		"a\u202eb":        {refused, refused},
		"a\u2028b":        {refused, refused},
		"a\u200bb":        {refused, refused},
		"a\u00a0b":        {refused, refused},
		"a\xffb":          {refused, refused},
	} {
		for s, want := range map[shell.Shell]string{shell.POSIX: want.posix, shell.PowerShell: want.powerShell} {
			got, ok := s.Quote(word)
			if !ok {
				got = refused
			}
			if got != want {
				t.Errorf("%q in shell %d: %q, want %q", word, s, got, want)
			}
		}
	}
}

// seeds are words that shells, terminals and people read in more than one way.
func seeds() []string {
	return []string{
		"", "a", "Field's $(touch x)", `"; touch x; "`, "'; touch x; '", "`touch x`", "$((1+1))", "${HOME}", "$x", "a\\", `\'`, `'\''`, "''", `""`,
		"-rf", "--", "--%", "-n", "-a:b", "-a.b", "~", "~root", "#x", "a#b", "=ls", "!!", "!x", "{a,b}", "[a-z]", "*", "?", "a|b", "a&b", "&&", ";", "<x", ">x", "(x)",
		"@x", "@(1)", "a@b", "%PATH%", "100%", "a,b", ",", "1kb", "0x10", "1e3", ".5", "+1", "a\u2018b", "a\u2019b", "\u201a\u201b", "\u201cx\u201d", "\u201ex",
		"\u2013x", "\u2014", "日本", "é", "e\u0301", "👍🏽", "a b", " a", "a ", "a\nb", "a\tb", "a\x00b", "a\x1bb", "a\u202eb", "a\u00a0b", "a\xffb", "^x", "a=b", "a:b", "C:\\x y\\",
	}
}

// readFish reads a quoted word as fish does, which also knows escapes inside of
// quotes: https://fishshell.com/docs/current/language.html#quotes
func readFish(quoted string) (word string, ends bool) {
	var read strings.Builder
	inQuotes := false
	for i := 0; i < len(quoted); i++ {
		switch b := quoted[i]; {
		case b == '\'':
			inQuotes = !inQuotes
		case b == '\\' && i+1 < len(quoted) && (!inQuotes || quoted[i+1] == '\'' || quoted[i+1] == '\\'):
			i++
			read.WriteByte(quoted[i])
		default:
			read.WriteByte(b)
		}
	}
	return read.String(), !inQuotes
}

func TestFishReadsWhatIsQuotedAsItWas(t *testing.T) {
	t.Parallel()
	for _, one := range seeds() {
		for _, other := range seeds() {
			if quoted, ok := shell.POSIX.Quote(one + other); ok {
				if got, ends := readFish(quoted); got != one+other || !ends {
					t.Errorf("%q is quoted as %s, which fish reads as %q", one+other, quoted, got)
				}
			}
		}
	}
}

func TestWhatIsQuotedComesOutOfAShellAsItWas(t *testing.T) {
	t.Parallel()
	words := seeds()
	for _, one := range seeds() {
		for _, other := range seeds() {
			words = append(words, one+other)
		}
	}
	roundTrip(t, words)
}

func FuzzWhatIsQuotedComesOutOfAShellAsItWas(f *testing.F) {
	for _, word := range seeds() {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		roundTrip(t, strings.Split(word, "\x00"))
		if quoted, ok := shell.PowerShell.Quote(word); ok {
			comparePowerShell(t, word, quoted)
		}
	})
}

// roundTrip runs many words through one sh, and those that PowerShell can have
// through its rules.
func roundTrip(t *testing.T, words []string) {
	t.Helper()
	var script strings.Builder
	var want []string
	for _, word := range words {
		if quoted, ok := shell.PowerShell.Quote(word); ok {
			comparePowerShell(t, word, quoted)
		}
		quoted, ok := shell.POSIX.Quote(word)
		if !ok {
			continue
		}
		want = append(want, word)
		fmt.Fprintf(&script, "printf '%%s\\n' %s\n", quoted)
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh")
	}
	c := exec.CommandContext(t.Context(), sh)
	c.Stdin, c.Dir = strings.NewReader(script.String()), t.TempDir()
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("sh: %v: %s", err, &complaints)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		got = append(got, strings.TrimSuffix(line, "\n"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func comparePowerShell(t *testing.T, word, quoted string) {
	t.Helper()
	if got, err := readPowerShell(quoted); err != nil || got != word {
		t.Errorf("%q is written as %s, which PowerShell reads as %q, %v", word, quoted, got, err)
	}
}

// readPowerShell reads one argument of a native program by the documented rules of
// argument mode, and refuses what those rules give a second meaning:
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing
func readPowerShell(argument string) (string, error) {
	var word strings.Builder
	runes := []rune(argument)
	if len(runes) == 0 {
		return "", fmt.Errorf("no argument")
	}
	if isQuote(runes[0]) {
		return readString(runes)
	}
	if strings.ContainsRune("<>@#", runes[0]) || unicode.IsDigit(runes[0]) || strings.ContainsRune(".+", runes[0]) || runes[0] >= 0x80 {
		return "", fmt.Errorf("begins with %q", runes[0])
	}
	for _, r := range runes {
		switch {
		case strings.ContainsRune(" \t\r\n\"`,;(){}|&$%@~*?[]\\!^", r), isQuote(r), unicode.IsSpace(r), r >= 0x80:
			return "", fmt.Errorf("%q has a meaning", r)
		case runes[0] == '-' && strings.ContainsRune(":.", r):
			return "", fmt.Errorf("a parameter ends at %q", r)
		}
		word.WriteRune(r)
	}
	return handedOn(word.String())
}

// readString reads a string in single quotes, which two of them stand for inside.
func readString(runes []rune) (string, error) {
	var word strings.Builder
	for i := 1; i < len(runes); i++ {
		switch {
		case !isQuote(runes[i]):
		case i == len(runes)-1:
			return handedOn(word.String())
		case !isQuote(runes[i+1]):
			return "", fmt.Errorf("goes on after the string: %q", string(runes[i+1:]))
		default:
			i++
		}
		word.WriteRune(runes[i])
	}
	return "", fmt.Errorf("the string does not end")
}

// handedOn is what Windows PowerShell makes of an argument on the command line of
// a program, and the program of that.
func handedOn(word string) (string, error) {
	if strings.Contains(word, `"`) || word == "" || strings.HasSuffix(word, `\`) && strings.ContainsFunc(word, unicode.IsSpace) {
		return "", fmt.Errorf("%q is changed on the way", word)
	}
	return word, nil
}

func isQuote(r rune) bool { return strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) }

// pwsh checks the rules above where it is installed.
func TestPowerShellReadsWhatIsQuotedAsItWas(t *testing.T) {
	t.Parallel()
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("there is no pwsh")
	}
	var script strings.Builder
	var want []string
	for _, word := range seeds() {
		if quoted, ok := shell.PowerShell.Quote(word); ok {
			want = append(want, word)
			fmt.Fprintf(&script, "/usr/bin/printf '%%s\\n' %s\n", quoted)
		}
	}
	c := exec.CommandContext(t.Context(), pwsh, "-NoProfile", "-NonInteractive", "-Command", script.String())
	c.Dir = t.TempDir()
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("pwsh: %v: %s", err, out)
	}
	if diff := cmp.Diff(strings.Join(want, "\n")+"\n", string(out)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
