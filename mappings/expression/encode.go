package expression

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// encoding are the functions that write a text's bytes.
func encoding(name string) function {
	switch name {
	case "ConvertToBase64":
		return convertToBase64
	case "ConvertToUTF8Hex":
		return convertToUTF8Hex
	default:
		return nil
	}
}

// convertToBase64 encodes the text as UTF-16, the low byte first.
func convertToBase64(in Input, c *Call) (Value, error) {
	return in.convert(c, func(s string) string {
		var raw []byte
		for _, unit := range utf16.Encode([]rune(s)) {
			raw = binary.LittleEndian.AppendUint16(raw, unit)
		}
		return base64.StdEncoding.EncodeToString(raw)
	})
}

func convertToUTF8Hex(in Input, c *Call) (Value, error) {
	return in.convert(c, func(s string) string { return fmt.Sprintf("%X", []byte(s)) })
}
