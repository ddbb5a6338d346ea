package mappings

import (
	"slices"
	"strings"
	"unicode"

	"github.com/scimctl/scimctl/graph/near"
)

// mistakenFor returns the names that a new name is likely a misspelling of.
// Names that differ by a whole word, or after the last colon in digits alone,
// are meant.
func mistakenFor(name string, names []string) []string {
	var meant []string
	for _, n := range names {
		if misspelt(name, n) {
			meant = append(meant, n)
		}
	}
	return meant
}

func misspelt(name, of string) bool {
	if name == of || len(name)-len(of) > 4 || len(of)-len(name) > 4 {
		return false
	}
	namespace, last := cutLast(name)
	ofNamespace, ofLast := cutLast(of)
	if namespace == ofNamespace && last != ofLast && alikeButDigits(last, ofLast) {
		return false
	}
	a, b := words(name), words(of)
	if len(a) != len(b) { // a separator may be missing
		return strings.Join(a, "") == strings.Join(b, "")
	}
	for i := range a {
		if a[i] != b[i] && !typo(a[i], b[i]) {
			return false
		}
	}
	return near.Distance(name, of) <= 4
}

// typo says that two words differ by a slip of the fingers: a letter or two in
// a long word, a letter in a short one, or letters in another order. The
// shortest are words of their own: qa, uat.
func typo(a, b string) bool {
	if numeric(a) && numeric(b) { // 1.0, 2.0: in a namespace
		return true
	}
	return near.Distance(a, b) <= min(2, max(len(a), len(b))/4) || len(a) > 3 && sorted(a) == sorted(b)
}

// words cuts a name at its separators and where a small letter meets a
// capital: workato_role, workatoRole and Workato-Role have the same words.
func words(name string) []string {
	var spaced strings.Builder
	last := ' '
	for _, r := range name {
		if unicode.IsLower(last) && unicode.IsUpper(r) {
			spaced.WriteByte(' ')
		}
		if strings.ContainsRune(`_-.:[]"'`, r) {
			r = ' '
		}
		spaced.WriteRune(unicode.ToLower(r))
		last = r
	}
	return strings.Fields(spaced.String())
}

func numeric(word string) bool { return alikeButDigits(word, "") }

func sorted(word string) string {
	letters := []rune(word)
	slices.Sort(letters)
	return string(letters)
}

func cutLast(urn string) (namespace, attribute string) {
	i := strings.LastIndexByte(urn, ':')
	return urn[:i+1], urn[i+1:]
}

// alikeButDigits says that two texts are the same once all digits are left
// out.
func alikeButDigits(a, b string) bool {
	for a, b = skipDigits(a), skipDigits(b); a != "" && b != ""; a, b = skipDigits(a[1:]), skipDigits(b[1:]) {
		if a[0] != b[0] {
			return false
		}
	}
	return a == b
}

func skipDigits(s string) string {
	for s != "" && s[0] >= '0' && s[0] <= '9' {
		s = s[1:]
	}
	return s
}
