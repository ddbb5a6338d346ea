package private

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Name is a file name for text from outside, such as a server's id. A GUID and
// other lower-case text of letters, digits and ._- stay as they are. Anything
// else becomes what is readable of it and a hash: two texts never share a name,
// not even where names differ only in case, and none leaves its folder.
func Name(text string) string {
	if isPlain(text) && !isDevice(text) {
		return text
	}
	readable := strings.Map(func(r rune) rune {
		if strings.ContainsRune(plainLetters, r) {
			return r
		}
		return '_'
	}, strings.ToLower(text[:min(len(text), 40)]))
	sum := sha256.Sum256([]byte(text))
	return "_" + readable + "~" + hex.EncodeToString(sum[:16])
}

const plainLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_"

// isPlain allows dots, but not at either end: Windows drops those at the end.
func isPlain(text string) bool {
	return text != "" && len(text) <= 100 && strings.Trim(text, plainLetters+".") == "" &&
		text[0] != '.' && text[len(text)-1] != '.'
}

// isDevice reports a name that Windows takes for a device in every folder, with
// any extension: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	switch base {
	case "con", "prn", "aux", "nul":
		return true
	}
	port := strings.TrimPrefix(strings.TrimPrefix(base, "com"), "lpt")
	return len(base) == 4 && len(port) == 1 && port[0] >= '0' && port[0] <= '9'
}
