package iostreams_test

import (
	"strings"
	"testing"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

func TestAScreenReplacesWhatItShowedAlsoWhereLinesWrap(t *testing.T) {
	t.Parallel()
	streams, _, out, _ := iostreams.Test()
	streams.Pretend(false, true, false)
	screen := streams.Screen()
	for _, text := range []string{"state  stopped\n" + strings.Repeat("x", 81) + "\n", "state  healthy\n"} {
		if err := screen.Show(text); err != nil {
			t.Fatal(err)
		}
	}
	want := "state  stopped\n" + strings.Repeat("x", 81) + "\n\x1b[3A\r\x1b[Jstate  healthy\n"
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWithoutATerminalThereIsNoScreen(t *testing.T) {
	t.Parallel()
	streams, _, _, _ := iostreams.Test()
	if streams.Screen() != nil {
		t.Error("there is one")
	}
}
