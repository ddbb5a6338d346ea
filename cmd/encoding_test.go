package cmd

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/cmd/mapping"
)

// asWindowsWrites are the ways in which editors and shells of Windows leave a
// text of one line in a file or a pipe.
func asWindowsWrites(line string) map[string][]byte {
	wide := []byte{}
	for _, unit := range utf16.Encode([]rune("\ufeff" + line + "\r\n")) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	return map[string][]byte{
		"Notepad":                []byte(line + "\r\n"),
		"UTF-8 with a mark":      []byte("\ufeff" + line + "\r\n"),
		"Windows PowerShell's >": wide,
	}
}

func TestATokenIsReadAsWindowsWritesIt(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJub25lIn0.e30.x"
	for name, raw := range asWindowsWrites(token) {
		path := filepath.Join(t.TempDir(), "token.txt")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		a, _ := pretend(t, nil)
		a.IO.In = bytes.NewReader(raw)
		for _, from := range []flags.SecretFlags{{File: path}, {Stdin: true}} {
			if got, err := from.Read(new(cobra.Command), a, "Secret token"); err != nil || got != token+"\n" {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
	}
}

func TestAnExpressionIsReadAsWindowsWritesIt(t *testing.T) {
	t.Parallel()
	const expression = `Join("", [givenName], "é")`
	for name, raw := range asWindowsWrites(strings.Replace(expression, ", [", ",\r\n  [", 1)) {
		path := filepath.Join(t.TempDir(), "nick.txt")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		flags := mapping.SettingFlags{App: &cli.App{}}
		c := new(cobra.Command)
		flags.Register(c)
		if err := c.ParseFlags([]string{"--expression-file", path}); err != nil {
			t.Fatal(err)
		}
		m, err := flags.One(c, "nickName")
		if want := strings.Replace(expression, ", [", ",\n  [", 1); err != nil || m.Source != want {
			t.Errorf("%s: %q, %v, want %q", name, m.Source, err, want)
		}
	}
}
