package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
)

// TestGuidesGiveWhatThePresetsSay sets a vendor's application up by the single
// commands of its guide, as far as provisioning is started, and then by its
// preset, which has to find nothing to do; nor has what is exported of it.
func TestGuidesGiveWhatThePresetsSay(t *testing.T) {
	t.Parallel()
	for preset, set := range map[string][]string{
		"workato":  {"--set", "environments=true"},
		"workgrid": {"--set", "notify=identity@contoso.com"},
		"workteam": {"--set", "notify=identity@contoso.com"},
		"workos":   {"--set", "division=true", "--set", "no-mailboxes=true"},
	} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				<-time.After(time.Until(dayOfThePages))
				r := newReader(t)
				r.followGuide(t, filepath.Join(docsFolder, "guides", preset+".md"))
				name := strings.ToUpper(preset)
				r.env[name+"_SCIM_URL"], r.env[name+"_SCIM_TOKEN"] = "https://scim.sandbox.invalid/scim", r.env["SCIM_TOKEN"]
				file := filepath.Join(r.env["HOME"], preset+".yaml")
				r.succeed(t, append([]string{"init", "--preset", preset, "--out", file}, set...)...)
				r.succeed(t, "plan", "-f", file, "--detailed-exitcode")
				exported := filepath.Join(r.env["HOME"], "exported.yaml")
				r.succeed(t, "export", "--out", exported)
				r.succeed(t, "plan", "-f", exported, "--detailed-exitcode")
			})
		})
	}
}

// followGuide runs the commands of a page until provisioning is started.
func (r reader) followGuide(t *testing.T, page string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shownCommands(t, string(text)) {
		r.try(t, s)
		if strings.HasPrefix(s.line, "scimctl provision start") {
			return
		}
	}
	t.Error("the guide starts nothing")
}

func (r reader) succeed(t *testing.T, args ...string) {
	t.Helper()
	if printed, code := r.run(t, args); code != int(exit.OK) {
		t.Errorf("scimctl %s: exit code %d\n%s", strings.Join(args, " "), code, printed)
	}
}
