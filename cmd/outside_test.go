package cmd

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph"
)

// painted are the commands that show changes in color, one after the other.
const painted = `
provision setup
mapping set nickName --from givenName
mapping set nickName --expression ToUpper([givenName])
mapping remove nickName --yes
mapping add nickName=givenName
mapping actions --disable delete
mapping disable --object group
mapping attribute add urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team
mapping filter add Engineers --where department~equals~Engineering --yes
mapping diff latest
mapping restore latest --yes
mapping reset --yes
plan -f testdata/blueprint/workato.yaml
apply -f testdata/blueprint/workato.yaml --yes
sandbox tour
`

func TestEveryChangeIsPaintedByUs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		for line := range strings.Lines(strings.TrimSpace(painted)) {
			m.aMinuteLater()
			streams, _, out, said := iostreams.Test()
			streams.PretendColor()
			m.runOn(streams, strings.TrimSpace(line))
			written := out.String() + said.String()
			if line != "provision setup\n" && !ourStyles.MatchString(written) {
				t.Errorf("%s is not painted:\n%s", line, written)
			}
			plain := ourStyles.ReplaceAllString(written, "")
			if strings.ContainsAny(plain, "\x1b\ufffd") || strings.Contains(plain, "u001b") {
				t.Errorf("%s writes a sequence that is not ours: %q", line, plain)
			}
		}
	})
}

func TestAnErrorIsJSONHoweverJSONIsAskedFor(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"nonsense -o json": true, "nonsense -ojson": true, "nonsense -o=json": true, "nonsense --output json": true, "nonsense --output=json": true,
		"nonsense -qo json": true, "nonsense -qojson": true, "nonsense -vqo=json": true, "app list -qo json --nonsense": true,
		"app list --nonsense -yqo json": true, "app list -x -qo json": true, "app list -o json -o table -x": false,
		"nonsense": false, "nonsense -q": false, "nonsense -- -o json": false, "app list --nonsense --jq -ojson": false,
		"app list -ao json -x": false, "mapping set -fo json": false,
	} {
		streams, _, _, said := iostreams.Test()
		a := newApp(streams, func(string) string { return "" })
		if code := a.Run(t.Context(), strings.Fields(line)); code != int(exit.Usage) {
			t.Errorf("%s: exit code %d", line, code)
		}
		if got := json.Valid(said.Bytes()); got != want {
			t.Errorf("%s: as JSON is %t, want %t: %s", line, got, want, said)
		}
	}
}

func TestAnErrorHasOnlyTheLinesThatItIsMadeOf(t *testing.T) {
	t.Parallel()
	tried := &graph.SignInError{Tried: []graph.Attempt{{Method: "env", Reason: "no\nhint: x"}, {Method: "cli", Reason: "\x1b[2Jno"}}}
	for want, err := range map[string]error{
		`a\nhint: run rm`:  errors.New("a\nhint: run rm"),
		"one\ntwo\\rthree": errors.Join(errors.New("one"), errors.New("two\rthree")),
		"a\\nb\nc":         errors.Join(errors.New("a\nb"), errors.New("c")),
		"not signed in:\n  env: no\\nhint: x\n  cli: \\u001b[2Jno": tried,
	} {
		if diff := cmp.Diff(want, string(cli.ErrorText(err))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestANameThatNobodyCanTypeIsNotCompleted(t *testing.T) {
	t.Parallel()
	got := cli.Completions([]cobra.Completion{"Workato\tid", "a\nb\tid", "\x1b[2J", "--yes", "Field's\t\u202eid", "\u200bWorkato"})
	if diff := cmp.Diff([]cobra.Completion{"Workato\tid", `Field's` + "\t" + `\u202eid`}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
