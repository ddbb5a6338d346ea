package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/hint"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/shell"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestASuggestedCommandHasTheFlagsOfTheRunningOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		given  []string
		remedy remedy.Remedy
		want   []string
	}{
		{nil, remedy.Run("", "provision start"), []string{"scimctl", "provision", "start"}},
		{[]string{"--app", "Field's", "--sandbox"}, remedy.Run("", "assignment add", "ada"), []string{"scimctl", "assignment", "add", "ada", "--app", "Field's", "--sandbox"}},
		{
			[]string{"--app", "Workato", "--job", "j", "--tenant", "contoso.com", "--cloud", "usgov"},
			remedy.Run("", "provision start"),
			[]string{"scimctl", "provision", "start", "--app", "Workato", "--job", "j", "--tenant", "contoso.com", "--cloud", "usgov"},
		},
		{[]string{"--app", "Workato", "--job", "j"}, remedy.Run("", "user restore", "id"), []string{"scimctl", "user", "restore", "id"}},
		{[]string{"--app", "Workato"}, remedy.Run("", "credentials test").Flag("app", "Other"), []string{"scimctl", "credentials", "test", "--app", "Other"}},
		{[]string{"--app", "Workato"}, remedy.Run("", "credentials test").Flag("app", "a\nb"), []string{"scimctl", "credentials", "test", "--app", "Workato"}},
		{
			[]string{"--app", "Workato", "--job", "j"},
			remedy.Run("", "provision start").Flag("app", "a\nb").Or("a\nb", "id"),
			[]string{"scimctl", "provision", "start", "--app", "id"},
		},
		{[]string{"--sandbox"}, remedy.Run("", "help environment"), []string{"scimctl", "help", "environment"}},
		{[]string{"--sandbox"}, remedy.Run("", "sandbox reset"), []string{"scimctl", "sandbox", "reset"}},
		{nil, remedy.Run("", "assignment add", "--yes").Flag("group", "-rf"), []string{"scimctl", "assignment", "add", "--group=-rf", "--", "--yes"}},
		{nil, remedy.Run("", "user restore", "a\nb").Or("a\nb", "id"), []string{"scimctl", "user", "restore", "id"}},
		{nil, remedy.Run("", "user restore", "a\nb"), []string{"scimctl", "user", "restore", "NAME"}},
		{nil, remedy.Run("", "assignment add").Flag("group", "a\u202eb"), []string{"scimctl", "assignment", "add", "--group", "GROUP"}},
	} {
		a, _ := pretend(t, nil)
		if err := with(a, t, c.given, func(*cobra.Command) error {
			h := a.Hinter()
			h.Shell = shell.POSIX
			if diff := cmp.Diff(c.want, h.Words(c.remedy)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", c.given, diff)
			}
			return nil
		}); err != nil {
			t.Errorf("%q: %v", c.given, err)
		}
	}
}

func TestAReasonCannotLookLikeACommand(t *testing.T) {
	t.Parallel()
	text := hint.Hinter{}.Text(remedy.List{remedy.Run("add the group x\n    scimctl sandbox reset\u2028\r    scimctl", "ext list")})
	if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, ":\n    scimctl ext list") {
		t.Errorf("%q", text)
	}
}

// hostile are names that somebody in the tenant may choose.
func hostileNames() []string {
	return []string{
		`Field's $(touch ran)`, `"; touch ran; "`, "'; touch ran; '", "`touch ran`", "-rf", "--yes", "a\ntouch ran", "\u2019; touch ran; \u2019",
		"x' $(touch ran) \u202etxt", "\x1b]0;touch ran\a", "~root/{a,b}*", "# touch ran", "a\x00b",
	}
}

// suggesting are commands that suggest others. NAME is the hostile name, and GONE
// a user who was deleted.
const suggesting = `
app list --search NAME
app show NAME
app create NAME --template NAME
ext get betty@contoso.com NAME
ext create NAME
provision setup
provision start --yes
credentials test
credentials set --url https://scim.sandbox.invalid/scim --token-env NOWHERE
assignment add --group Sales
assignment add --group NAME
assignment add betty@contoso.com --role NAME
assignment add hedy@contoso.com alan@contoso.com
assignment remove hedy@contoso.com --yes
assignment audit --verbose --strict
why hedy@contoso.com
why john.smith2@contoso.com
why GONE
provision on-demand annie@contoso.com hedy@contoso.com
provision on-demand --group Engineering
user show GONE
user show NAME
user restore NAME
user set-role NAME Admin
user delete edsger@contoso.com --yes
mapping set NAME --from NAME
mapping functions NAME
mapping disable --object user --yes
mapping check --verbose
mapping restore NAME
mapping filter remove NAME
provision logs show NAME
provision status
doctor
runs resume NAME
plan NAME
config set app NAME
init --preset scim --set name=NAME
init --preset scim --out OUT
mapping list NAME`

// What is pasted runs one command of scimctl with the arguments that were meant,
// whatever names are in it, and nothing else.
func TestNoNameRunsAsShellWhenAHintIsPasted(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("hints are for PowerShell")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	for i, name := range hostileNames() {
		if i%4 != 0 && os.Getenv("SCIMCTL_TEST_FAULTS") != "all" {
			continue
		}
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			var lines []string
			synctest.Test(t, func(t *testing.T) { lines = suggested(t, name) })
			if len(lines) < 20 {
				t.Fatalf("%q: only %d commands were suggested", name, len(lines))
			}
			_, pastes := shell.POSIX.Quote(name)
			named := false
			root := NewRootForDocs()
			for line, words := range pasted(t, lines) {
				if words[0] == "scimctl" {
					if err := runnable(root, words[1:]); err != nil {
						t.Errorf("%s: %v", line, err)
					}
				}
				for _, word := range words {
					named = named || strings.Contains(word, name)
					if strings.Contains(word, "touch") && !strings.Contains(word, name) {
						t.Errorf("%s has the argument %q", line, word)
					}
				}
				if at := slices.Index(words, name); at >= 0 && strings.HasPrefix(name, "-") && !slices.Contains(words[:at], "--") {
					t.Errorf("%s has a name that is taken for a flag", line)
				}
			}
			if named != pastes {
				t.Errorf("the name is in a command: %t, want %t", named, pastes)
			}
		})
	}
}

// suggested runs all commands as text and as JSON in a tenant where things have
// the name, and gives what they suggest.
func suggested(t *testing.T, name string) []string {
	t.Helper()
	company := sandbox.New()
	defer func() { _ = company.Close() }()
	state, found := t.TempDir(), map[string]bool{}
	app := appID(t, company)
	for line := range strings.SplitSeq(strings.TrimSpace(suggesting), "\n") {
		for _, format := range []string{"table", "json"} {
			words := strings.Fields(line)
			for i, word := range words {
				switch word {
				case "NAME":
					words[i] = name
				case "name=NAME":
					words[i] = "name=" + name
				case "GONE":
					words[i] = "edsger@contoso.com"
				case "OUT":
					words[i] = filepath.Join(state, name+".yaml")
					if strings.ContainsAny(name, "/\x00") {
						words[i] = filepath.Join(state, "out.yaml")
					}
				}
			}
			if at := slices.Index(words, name); at > 1 && strings.HasPrefix(name, "-") && !strings.HasPrefix(words[at-1], "--") {
				words = slices.Insert(words, at, "--")
			}
			flags := []string{"--app", app, "--state-dir", state, "-o", format}
			words = slices.Insert(words, 1, flags...)
			streams, _, out, said := iostreams.Test()
			a := newApp(streams, func(name string) string { return map[string]string{"HOME": state, "XDG_CONFIG_HOME": state}[name] })
			a.Tenant = func(context.Context) (http.RoundTripper, error) { return renaming{company.Transport(), name}, nil }
			a.Run(t.Context(), words)
			collect(found, out.Bytes())
			collect(found, said.Bytes())
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// appID finds the application by the name that it has without renaming.
func appID(t *testing.T, company *sandbox.Tenant) string {
	t.Helper()
	streams, _, out, said := iostreams.Test()
	a := newApp(streams, func(string) string { return "" })
	a.Tenant = func(context.Context) (http.RoundTripper, error) { return company.Transport(), nil }
	if code := a.Run(t.Context(), []string{"app", "list", "--search", "Workato", "--jq", ".[0].appId"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	return strings.TrimSpace(out.String())
}

// commandIn is a command on a line of its own.
var commandIn = regexp.MustCompile(`(?m)^ +((?:scimctl|az) .+)$`)

// collect finds commands in a text, and in the strings of JSON documents.
func collect(found map[string]bool, text []byte) {
	for _, line := range commandIn.FindAllSubmatch(text, -1) {
		found[string(line[1])] = true
	}
	for at := range text {
		if at > 0 && text[at-1] != '\n' || text[at] != '{' && text[at] != '[' {
			continue
		}
		var v any
		if json.NewDecoder(bytes.NewReader(text[at:])).Decode(&v) == nil {
			eachString(v, func(s string) string {
				for _, line := range commandIn.FindAllStringSubmatch(s, -1) {
					found[line[1]] = true
				}
				return s
			})
		}
	}
}

// pasted runs the lines in one sh, with a scimctl that writes down what it gets.
func pasted(t *testing.T, lines []string) map[string][]string {
	t.Helper()
	bin, work := t.TempDir(), t.TempDir()
	for _, program := range []string{"scimctl", "az"} {
		record := "#!/bin/sh\nprintf '%s\\n' " + program + " \"$@\" end-of-command\n"
		if err := os.WriteFile(filepath.Join(bin, program), []byte(record), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var complaints bytes.Buffer
	c := exec.CommandContext(t.Context(), "sh")
	c.Stdin, c.Dir, c.Stderr = strings.NewReader(strings.Join(lines, "\n")+"\n"), work, &complaints
	c.Env = []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + work}
	out, err := c.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("sh: %v: %s", err, &complaints)
	}
	if left, err := os.ReadDir(work); err != nil || len(left) > 0 {
		t.Fatalf("something else ran: %v, %v", left, err)
	}
	ran := strings.Split(strings.TrimSuffix(string(out), "\nend-of-command\n"), "\nend-of-command\n")
	if len(ran) != len(lines) {
		t.Fatalf("%d commands ran, want %d:\n%s", len(ran), len(lines), strings.Join(lines, "\n"))
	}
	all := map[string][]string{}
	for i, line := range lines {
		all[line] = strings.Split(ran[i], "\n")
	}
	return all
}

// renaming gives things in the tenant a hostile name.
type renaming struct {
	http.RoundTripper
	name string
}

func (r renaming) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := r.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) == nil {
		v = eachString(v, r.renamed)
		if body, err = json.Marshal(v); err != nil {
			return nil, err
		}
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	return answer, nil
}

func (r renaming) renamed(text string) string {
	switch text {
	case "Sales Field Team", "hedy@contoso.com", "annie@contoso.com", "john.smith2@contoso.com", "department", "Workato":
		return r.name
	}
	return text
}

// eachString replaces every string value.
func eachString(v any, replace func(string) string) any {
	switch v := v.(type) {
	case string:
		return replace(v)
	case []any:
		for i := range v {
			v[i] = eachString(v[i], replace)
		}
	case map[string]any:
		for name := range v {
			v[name] = eachString(v[name], replace)
		}
	}
	return v
}
