package plaintext_test

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/plaintext"
)

// inUTF16 is a text as Windows PowerShell's > writes it.
func inUTF16(order binary.AppendByteOrder, text string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		raw = order.AppendUint16(raw, unit)
	}
	return string(raw)
}

func TestTextIsReadAsEverySystemWritesIt(t *testing.T) {
	t.Parallel()
	const text = "Join(\" \", [a])\nSeán 😀\n"
	for name, raw := range map[string]string{
		"plain":                       text,
		"UTF-8 with a mark":           "\ufeff" + text,
		"line ends of Windows":        "Join(\" \", [a])\r\nSeán 😀\r\n",
		"mark and line ends":          "\ufeffJoin(\" \", [a])\r\nSeán 😀\r\n",
		"Windows PowerShell":          inUTF16(binary.LittleEndian, "Join(\" \", [a])\r\nSeán 😀\r\n"),
		"UTF-16, the other way round": inUTF16(binary.BigEndian, text),
	} {
		got, err := plaintext.Decode([]byte(raw))
		if diff := cmp.Diff(text, string(got)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

func TestNothingAndALoneMarkAreNothing(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "\ufeff", "\xff\xfe", "\xfe\xff"} {
		if got, err := plaintext.Decode([]byte(raw)); err != nil || len(got) > 0 {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
}

func TestATextThatIsCutOffShowsIt(t *testing.T) {
	t.Parallel()
	got, err := plaintext.Decode([]byte(inUTF16(binary.LittleEndian, "ab") + "c"))
	if err != nil || string(got) != "ab\ufffd" {
		t.Errorf("%q, %v", got, err)
	}
}
