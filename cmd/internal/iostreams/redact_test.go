package iostreams_test

import (
	"strings"
	"testing"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

func TestASecretIsFoundAcrossWrites(t *testing.T) {
	t.Parallel()
	const text = "first line\nthe token is tok-123456 and on\ntok-123456"
	for size := 1; size <= len(text); size++ {
		streams, _, out, _ := iostreams.Test()
		streams.Redact = func(text string) string { return strings.ReplaceAll(text, "tok-123456", "***") }
		for i := 0; i < len(text); i += size {
			piece := text[i:min(i+size, len(text))]
			if n, err := streams.Out.Write([]byte(piece)); err != nil || n != len(piece) {
				t.Fatal(n, err)
			}
		}
		streams.Flush()
		if want := "first line\nthe token is *** and on\n***"; out.String() != want {
			t.Fatalf("in pieces of %d: %q", size, out)
		}
	}
}

func TestSecretsAreRedactedInQuestionsAndProgress(t *testing.T) {
	t.Parallel()
	streams, in, _, said := iostreams.Test()
	streams.Redact = func(text string) string { return strings.ReplaceAll(text, "tok-123456", "***") }
	streams.Pretend(true, true, true)
	in.WriteString("n\n")
	streams.Progress().Say("Sending tok-123456")
	streams.Warn("tok-123456 is refused")
	if _, err := streams.Confirm(t.Context(), "Send tok-123456?"); err != nil {
		t.Fatal(err)
	}
	if got := said.String(); strings.Contains(got, "123456") || strings.Count(got, "***") != 3 {
		t.Errorf("%q", got)
	}
}
