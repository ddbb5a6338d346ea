package expression

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalizeDiacritics replaces the documented characters, however they are
// composed. What becomes of other letters with marks is not documented.
func normalizeDiacritics(in Input, c *Call) (Value, error) {
	unknown := ""
	v, err := in.convert(c, func(s string) string {
		s, unknown = withoutDiacritics(s)
		return s
	})
	if err == nil && unknown != "" {
		err = c.undocumented("the letter " + unknown)
	}
	return v, err
}

// withoutDiacritics also tells the first letter that is not documented.
func withoutDiacritics(s string) (plain, unknown string) {
	if !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return s, ""
	}
	var b strings.Builder
	var segments norm.Iter
	segments.InitString(norm.NFC, s)
	for from := 0; !segments.Done(); from = segments.Pos() {
		composed := string(segments.Next())
		if p, ok := plainLetters(composed); ok {
			b.WriteString(p)
			continue
		}
		if unknown == "" && strings.ContainsFunc(norm.NFD.String(composed), isForeign) {
			unknown = composed
		}
		b.WriteString(s[from:segments.Pos()])
	}
	return b.String(), unknown
}

// isForeign tells marks, and Latin letters beyond ASCII.
func isForeign(r rune) bool {
	return unicode.Is(unicode.Mn, r) || r > unicode.MaxASCII && unicode.Is(unicode.Latin, r)
}

// plainLetters stand for a letter with diacritics, as listed at
// https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data#normalizediacritics.
// Characters are composed as far as Unicode can (NFC).
func plainLetters(composed string) (plain string, ok bool) {
	switch composed {
	case "ä", "à", "â", "ã", "å", "á", "ą", "ă", "ā", "ā́", "ā̀", "ā̂", "ā̃", "ǟ", "ā̈", "ǡ", "a̱", "å̄":
		return "a", true
	case "Ä", "À", "Â", "Ã", "Å", "Á", "Ą", "Ă", "Ā", "Ā́", "Ā̀", "Ā̂", "Ā̃", "Ǟ", "Ā̈", "Ǡ", "A̱", "Å̄":
		return "A", true
	case "æ", "ǣ":
		return "ae", true
	case "Æ", "Ǣ":
		return "AE", true
	case "ç", "č", "ć", "c̄", "c̱":
		return "c", true
	case "Ç", "Č", "Ć", "C̄", "C̱":
		return "C", true
	case "ď", "d̄", "ḏ":
		return "d", true
	case "Ď", "D̄", "Ḏ":
		return "D", true
	case "ë", "è", "é", "ê", "ę", "ě", "ė", "ē", "ḗ", "ḕ", "ē̂", "ē̃", "ê̄", "e̱", "ë̄", "e̊̄":
		return "e", true
	case "Ë", "È", "É", "Ê", "Ę", "Ě", "Ė", "Ē", "Ḗ", "Ḕ", "Ē̂", "Ē̃", "Ê̄", "E̱", "Ë̄", "E̊̄":
		return "E", true
	case "ğ", "ḡ", "g̱":
		return "g", true
	case "Ğ", "Ḡ", "G̱":
		return "G", true
	case "ï", "î", "ì", "í", "ı", "ī", "ī́", "ī̀", "ī̂", "ī̃", "i̱":
		return "i", true
	case "Ï", "Î", "Ì", "Í", "Ī", "Ī́", "Ī̀", "Ī̂", "Ī̃", "I̱", "İ":
		return "I", true
	case "ľ", "ł", "l̄", "ḹ", "ḻ":
		return "l", true
	case "Ľ", "Ł", "L̄", "Ḹ", "Ḻ":
		return "L", true
	case "ñ", "ń", "ň", "n̄", "ṉ":
		return "n", true
	case "Ñ", "Ń", "Ň", "N̄", "Ṉ":
		return "N", true
	case "ö", "ò", "ő", "õ", "ô", "ó", "ō", "ṓ", "ṑ", "ō̂", "ō̃", "ȫ", "ō̈", "ǭ", "ȭ", "ȱ", "o̱":
		return "o", true
	case "Ö", "Ò", "Ő", "Õ", "Ô", "Ó", "Ō", "Ṓ", "Ṑ", "Ō̂", "Ō̃", "Ȫ", "Ō̈", "Ǭ", "Ȭ", "Ȱ", "O̱":
		return "O", true
	case "ø", "ø̄", "œ̄":
		return "oe", true
	case "Ø", "Ø̄", "Œ̄":
		return "OE", true
	case "ř", "r̄", "ṟ", "ṝ":
		return "r", true
	case "Ř", "R̄", "Ṟ", "Ṝ":
		return "R", true
	case "ß":
		return "ss", true
	case "š", "ś", "ș", "ş", "s̄", "s̱":
		return "s", true
	case "Š", "Ś", "Ș", "Ş", "S̄", "S̱":
		return "S", true
	case "ť", "ț", "t̄", "ṯ":
		return "t", true
	case "Ť", "Ț", "T̄", "Ṯ":
		return "T", true
	case "ü", "ù", "û", "ú", "ů", "ű", "ū", "ū́", "ū̀", "ū̂", "ū̃", "u̇̄", "ǖ", "ṻ", "ṳ̄", "u̱":
		return "u", true
	case "Ü", "Ù", "Û", "Ú", "Ů", "Ű", "Ū", "Ū́", "Ū̀", "Ū̂", "Ū̃", "U̇̄", "Ǖ", "Ṻ", "Ṳ̄", "U̱":
		return "U", true
	case "ÿ", "ý", "ȳ", "ȳ́", "ȳ̀", "ȳ̃", "y̱":
		return "y", true
	case "Ÿ", "Ý", "Ȳ", "Ȳ́", "Ȳ̀", "Ȳ̃", "Y̱":
		return "Y", true
	case "ź", "ž", "ż", "z̄", "ẕ":
		return "z", true
	case "Ź", "Ž", "Ż", "Z̄", "Ẕ":
		return "Z", true
	default:
		return "", false
	}
}
