package words_test

import (
	"testing"
	"unicode/utf8"

	"github.com/scimctl/scimctl/graph/words"
)

func TestCountsAgreeWithTheirNounAndVerb(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 users fall and are out", 1: "1 user falls and is out", 2: "2 users fall and are out"} {
		if got := words.Count(n, "user") + " " + words.Verb(n, "fall") + " and " + words.Be(n) + " out"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheFirstLetterMayHaveSeveralBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"": {"", ""}, "a": {"A", "a"}, "Über": {"Über", "über"}, "émile": {"Émile", "émile"}, "ß": {"ß", "ß"},
		"ж no": {"Ж no", "ж no"}, "日本": {"日本", "日本"}, "\xff x": {"\xff x", "\xff x"}, "\u202ea": {"\u202ea", "\u202ea"},
	} {
		if got := [2]string{words.Capitalize(text), words.Uncapitalize(text)}; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzCapitalizingKeepsTextValid(f *testing.F) {
	for _, seed := range []string{"", "a", "Éa", "日", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := words.Capitalize(text); utf8.ValidString(text) != utf8.ValidString(got) {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
