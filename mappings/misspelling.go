package mappings

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A vocabulary is the names of a list, taken apart once: a new name is held
// against thousands of them, and one command may bring thousands of new names.
type vocabulary []spelling

// A spelling is a name with its parts.
type spelling struct {
	name      string
	namespace string // up to the last colon
	letters   string // what follows, without its digits
	words     []string
}

func vocabularyOf(names []string) vocabulary {
	v := make(vocabulary, len(names))
	for i, name := range names {
		v[i] = spell(name)
	}
	return v
}

func (v vocabulary) names() []string {
	names := make([]string, len(v))
	for i, s := range v {
		names[i] = s.name
	}
	return names
}

func spell(name string) spelling {
	namespace, last := schema.CutLast(name)
	return spelling{name: name, namespace: namespace, letters: withoutDigits(last), words: splitWords(name)}
}

// mistakenFor returns the names that a new name is likely a misspelling of.
// Names that differ by a whole word, or after the last colon in digits alone,
// are meant.
func (v vocabulary) mistakenFor(name string) []string {
	var meant []string
	wanted := spell(name)
	for _, of := range v {
		if wanted.misspells(of) {
			meant = append(meant, of.name)
		}
	}
	return meant
}

func (s spelling) misspells(of spelling) bool {
	if s.name == of.name || len(s.name)-len(of.name) > 4 || len(of.name)-len(s.name) > 4 {
		return false
	}
	if s.letters == of.letters && s.namespace == of.namespace {
		return false
	}
	if len(s.words) != len(of.words) { // a separator may be missing
		return runTogether(s.words, of.words)
	}
	for i := range slices.Backward(s.words) { // most names differ in the last word
		if s.words[i] != of.words[i] && !typo(s.words[i], of.words[i]) {
			return false
		}
	}
	return near.Distance(s.name, of.name) <= 4
}

// runTogether says that names differ by their separators, and by no more than a
// slip of the fingers where no word is so short that it may be the difference.
func runTogether(a, b []string) bool {
	one, other := strings.Join(a, ""), strings.Join(b, "")
	short := func(word string) bool { return len(word) < 3 }
	return one == other || typo(one, other) && !slices.ContainsFunc(a, short) && !slices.ContainsFunc(b, short)
}

// typo says that two words differ by a slip of the fingers: a letter or two in
// a long word, a letter in a short one, or letters in another order. The
// shortest are words of their own: qa, uat.
func typo(a, b string) bool {
	if numeric(a) && numeric(b) { // 1.0, 2.0: in a namespace
		return true
	}
	most := min(2, max(len(a), len(b))/4)
	if apart := utf8.RuneCountInString(a) - utf8.RuneCountInString(b); apart > most || -apart > most {
		return false
	}
	return near.Distance(a, b) <= most || len(a) > 3 && sorted(a) == sorted(b)
}

// splitWords cuts a name at its separators and where a small letter meets a
// capital: workato_role, workatoRole and Workato-Role have the same words.
func splitWords(name string) []string {
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

func numeric(word string) bool { return withoutDigits(word) == "" }

func sorted(word string) string {
	letters := []rune(word)
	slices.Sort(letters)
	return string(letters)
}

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}
