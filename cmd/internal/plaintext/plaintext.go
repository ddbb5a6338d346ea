// Package plaintext reads text as editors, shells and pipes of every system
// leave it.
package plaintext

import (
	"bytes"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Decode gives raw as UTF-8 without a byte-order mark and with \n as line end.
// Windows PowerShell writes UTF-16 with a mark by itself, and UTF-8 with one
// when asked for UTF-8. What has no mark is UTF-8 already.
//
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding
func Decode(raw []byte) ([]byte, error) {
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), raw)
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), err
}
