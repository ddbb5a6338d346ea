package sealed_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph/private/sealed"
)

type note struct {
	Text  string   `json:"text"`
	Lines []string `json:"lines"`
}

func kind() sealed.Kind {
	return sealed.Kind{Version: "scimctl/v2", Name: "Note", Before: []string{"scimctl/v1", ""}}
}

func TestADocumentReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes", "a.json")
	if _, found, err := kind().Read(path, &note{}); found || err != nil {
		t.Errorf("before it was written: %v, %v", found, err)
	}
	if err := kind().Write(path, note{Text: "a", Lines: []string{"b"}}); err != nil {
		t.Fatal(err)
	}
	var got note
	version, found, err := kind().Read(path, &got)
	if err != nil || !found || version != "scimctl/v2" || got.Text != "a" || len(got.Lines) != 1 {
		t.Errorf("got %+v, %q, %v, %v", got, version, found, err)
	}
}

func TestEveryFlippedByteOfADocumentIsFound(t *testing.T) {
	t.Parallel()
	for _, object := range []string{`{}`, `{"text":"a","lines":["b"]}`, "{\n  \"text\": \"a\"\n}\n"} {
		text, err := io.ReadAll(kind().Seal([]byte(object)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kind().Open("a.json", text, &note{}); err != nil {
			t.Fatal(err)
		}
		for i := range text {
			for bit := range 8 {
				damaged := bytes.Clone(text)
				damaged[i] ^= 1 << bit
				_, err := kind().Open("a.json", damaged, &note{})
				if e, ok := errors.AsType[*sealed.DamagedError](err); !ok || e.Path != "a.json" {
					t.Fatalf("byte %d, bit %d: %s: %v", i, bit, damaged, err)
				}
			}
			if _, err := kind().Open("a.json", text[:i], &note{}); err == nil {
				t.Errorf("cut off after %d bytes, it still reads", i)
			}
		}
	}
}

func TestTheVersionDecidesWhetherAChecksumMayBeMissing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"apiVersion":"scimctl/v1","kind":"Note","text":"a"}`: "",
		`{"text":"a"}`: "",
		`{"apiVersion":"scimctl/v2","kind":"Note","text":"a"}`:                        "checksum",
		`{"apiVersion":"scimctl/v1","kind":"Note","checksum":"sha256:00","text":"a"}`: "checksum",
		`{"kind":"Note","text":"a"}`:                                                  "kind",
		`{"apiVersion":"scimctl/v1","kind":"Other","text":"a"}`:                       "kind",
		`{"apiVersion":"scimctl/v9","kind":"Note","text":"a"}`:                        "scimctl/v9",
		`{"checksum":"sha256:00","text":"a"}`:                                         "checksum",
		`{"apiVersioo":"scimctl/v2","kind":"Note","checksum":"sha256:00","text":"a"}`: "apiVersioo",
		"{\"apiVersion\":\"scimctl/v1\",\n\"kind\":\"Note\",\n\"text\":\"a\"":         "line 3",
		`{"apiVersion":"scimctl/v1","kind":"Note","text":17}`:                         "byte 50",
		`[]`: "array",
		``:   "",
	} {
		_, err := kind().Open("a.json", []byte(text), &note{})
		if want == "" && err != nil && text != "" || want != "" && (err == nil || !strings.Contains(err.Error(), want)) || text == "" && err == nil {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestADocumentOfALaterVersionIsToldFromADamagedOne(t *testing.T) {
	t.Parallel()
	later := sealed.Kind{Version: "scimctl/v3", Name: "Note"}
	text, err := io.ReadAll(later.Seal([]byte(`{"text":"a"}`)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = kind().Open("a.json", text, &note{})
	if e, ok := errors.AsType[*sealed.DamagedError](err); !ok || !e.Other {
		t.Errorf("got %v", err)
	}
	text[len(text)-3]++
	_, err = kind().Open("a.json", text, &note{})
	if e, ok := errors.AsType[*sealed.DamagedError](err); !ok || e.Other {
		t.Errorf("got %v", err)
	}
}

func TestDamageOfAnyFormIsFound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.json")
	if err := kind().Write(path, note{Text: strings.Repeat("text ", 50), Lines: []string{"one", "two"}}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		i, n := random.IntN(len(whole)), 1+random.IntN(5)
		damaged := bytes.Clone(whole[:i])
		switch random.IntN(3) {
		case 0:
			damaged = append(damaged, whole[min(i+n, len(whole)):]...)
		case 1:
			damaged = append(append(damaged, make([]byte, n)...), whole[i:]...)
		}
		if _, err := kind().Open(path, damaged, &note{}); err == nil {
			t.Errorf("not found:\n%s", damaged)
		}
	}
}
