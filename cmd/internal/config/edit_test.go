package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/cmd/internal/config"
)

// kept makes a config file and gives its path.
func kept(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const commented = `# who I am
default_profile: work # at home: rest
profiles:
  work:
    # the application
    app: "Workato" # quoted
    wait_timeout: 10s
  # the other one
  rest: {app: Workgrid, tenant: fabrikam.com} # all in a line
`

func TestAnEditChangesOneValueAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit     config.Edit
		old, new string // what of the text becomes what
		was      string
	}{
		"a value":              {config.Edit{Key: "wait_timeout", Value: "1m"}, "10s", "1m", "10s"},
		"by the flag's name":   {config.Edit{Key: "wait-timeout", Value: " 1m "}, "10s", "1m", "10s"},
		"beside a comment":     {config.Edit{Key: "app", Value: "Contoso SCIM"}, `"Workato" #`, "Contoso SCIM #", "Workato"},
		"a new one":            {config.Edit{Key: "tenant", Value: "contoso.com"}, "10s\n", "10s\n    tenant: contoso.com\n", ""},
		"a switch":             {config.Edit{Key: "verbose", Value: "T"}, "10s\n", "10s\n    verbose: true\n", ""},
		"a text like a switch": {config.Edit{Key: "app", Value: "true"}, `"Workato" #`, `"true" #`, "Workato"},
		"on one line":          {config.Edit{Profile: "rest", Key: "job", Value: "scim.1"}, "fabrikam.com}", "fabrikam.com, job: scim.1}", ""},
		"another profile":      {config.Edit{Profile: "new one", Key: "app", Value: "#1: Acme"}, "# all in a line\n", "# all in a line\n  new one:\n    app: '#1: Acme'\n", ""},
		"the default profile":  {config.Edit{Key: "default_profile", Value: "rest"}, "work # at", "rest # at", "work"},
		"taken out":            {config.Edit{Key: "wait_timeout"}, "    wait_timeout: 10s\n", "", "10s"},
		"out of one line":      {config.Edit{Profile: "rest", Key: "app"}, "app: Workgrid, ", "", "Workgrid"},
	} {
		path := kept(t, commented)
		c.edit.Path = path
		done, err := c.edit.Do()
		if err != nil || !done.Changed || done.Old != c.was {
			t.Errorf("%s: %+v, %v", name, done, err)
		}
		if diff := cmp.Diff(strings.Replace(commented, c.old, c.new, 1), contentOf(t, path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAFileIsMadeOutOfNothing(t *testing.T) {
	t.Parallel()
	const made = "default_profile: default\nprofiles:\n  default:\n    app: Workato\n"
	for before, want := range map[string]string{
		"":                                    made,
		"\ufeff":                              made,
		"# nothing yet\n":                     "# nothing yet\n\n" + made,
		"---\n":                               made,
		"profiles:\n":                         "profiles:\n  default:\n    app: Workato\ndefault_profile: default\n",
		"profiles: {} # none\r\n":             "profiles: # none\n  default:\n    app: Workato\ndefault_profile: default\n",
		"default_profile: home\n":             "default_profile: home\nprofiles:\n  home:\n    app: Workato\n",
		"default_profile: a\nprofiles: {a: }": "default_profile: a\nprofiles: {a: {app: Workato}}\n",
	} {
		path := kept(t, before)
		done, err := config.Edit{Path: path, Key: "app", Value: "Workato"}.Do()
		if err != nil || !done.Default {
			t.Errorf("%q: %+v, %v", before, done, err)
		}
		if diff := cmp.Diff(want, contentOf(t, path)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", before, diff)
		}
	}
	path := filepath.Join(t.TempDir(), "new", "config.yaml")
	if _, err := (config.Edit{Path: path, Key: "app", Value: "Workato"}).Do(); err != nil || contentOf(t, path) != made {
		t.Errorf("%v", err)
	}
	if runtime.GOOS == "windows" {
		return // modes say nothing there
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestAnEditThatChangesNothingWritesNothing(t *testing.T) {
	t.Parallel()
	for _, e := range []config.Edit{
		{Key: "app", Value: "Workato"},
		{Key: "default_profile", Value: "work"},
		{Key: "job"},
		{Profile: "rest", Key: "wait_timeout"},
		{Key: "app", Value: "Workgrid", DryRun: true},
	} {
		path := kept(t, "\ufeff"+commented) // a mark that any write would take away
		e.Path = path
		done, err := e.Do()
		if err != nil || done.Changed != e.DryRun {
			t.Errorf("%+v: %+v, %v", e, done, err)
		}
		if contentOf(t, path) != "\ufeff"+commented {
			t.Errorf("%+v: it was written", e)
		}
	}
	path := filepath.Join(t.TempDir(), "absent")
	if done, err := (config.Edit{Path: path, Key: "app"}).Do(); err != nil || done.Changed {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was made for a value that is not set")
	}
}

func TestAnEditThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	const two = "profiles:\n  a:\n    app: x\n  b:\n    clinet_id: hidden\n"
	for want, c := range map[string]struct {
		edit config.Edit
		text string
	}{
		"dry_run cannot stand in the config file: it is for one command at a time; --dry-run or SCIMCTL_DRY_RUN sets it":                {edit: config.Edit{Key: "dry-run", Value: "true"}},
		"yes cannot stand in the config file: it is for one command at a time; --yes or SCIMCTL_YES sets it":                            {edit: config.Edit{Key: "yes", Value: "true"}},
		"sandbox cannot stand in the config file: it is for one command at a time; --sandbox or SCIMCTL_SANDBOX sets it":                {edit: config.Edit{Key: "sandbox", Value: "true"}},
		"access_token cannot stand in the config file: it is a secret, and no secret is kept there; SCIMCTL_ACCESS_TOKEN sets it":       {edit: config.Edit{Key: "access_token", Value: "hidden"}},
		"client_secret cannot stand in the config file: it is a secret, and no secret is kept there; SCIMCTL_CLIENT_SECRET sets it":     {edit: config.Edit{Key: "client-secret", Value: "hidden"}},
		"config cannot stand in the config file: it says which file that is; --config or SCIMCTL_CONFIG sets it":                        {edit: config.Edit{Key: "config", Value: "x"}},
		"profile cannot stand in the config file: default_profile says there which profile holds; --profile or SCIMCTL_PROFILE sets it": {edit: config.Edit{Key: "profile", Value: "x"}},
		"there is no setting clinet_id: a config file takes app, auth, ":                                                                {edit: config.Edit{Key: "clinet_id", Value: "hidden"}},
		"there is no setting absent: a config file takes app, auth, ":                                                                   {edit: config.Edit{Key: "absent"}},
		`timeout: "soon" is no duration, such as 90s or 5m`:                                                                             {edit: config.Edit{Key: "timeout", Value: "soon"}},
		`graph_endpoint: "https://ada:xxxxx@example.com" has more than a host and a path`:                                               {edit: config.Edit{Key: "graph_endpoint", Value: "https://ada:hidden@example.com"}},
		"has a, b: name one with --profile, or set default_profile":                                                                     {config.Edit{Key: "app", Value: "x"}, two},
		`there is no profile "c": `:                                                {config.Edit{Key: "default_profile", Value: "c"}, two},
		`there is no profile "d": `:                                                {config.Edit{Profile: "d", Key: "app"}, two},
		`:5:5: unknown key "clinet_id": a profile knows app, `:                     {config.Edit{Profile: "a", Key: "app", Value: "y"}, two},
		":1:1: here stand keys with values, such as app: Workato":                  {config.Edit{Key: "app", Value: "x"}, "[hidden]\n"},
		":3:1: a config file is one document":                                      {config.Edit{Key: "app", Value: "x"}, "---\nprofiles: {}\n---\nprofiles: {}\n"},
		"here stand keys with values, such as app: Workato":                        {config.Edit{Profile: "a", Key: "app", Value: "x"}, "profiles: {a: hidden}\n"},
		"default_profile takes one plain value":                                    {config.Edit{Key: "app", Value: "x"}, "default_profile: [hidden]\n"},
		"this system names no folder for a config file: name a file with --config": {config.Edit{Key: "app", Value: "x", Path: "none"}, ""},
	} {
		path := kept(t, c.text)
		if c.edit.Path = path; strings.Contains(want, "no folder") {
			c.edit.Path = ""
		}
		_, err := c.edit.Do()
		_, refused := errors.AsType[*config.EditError](err)
		_, unread := errors.AsType[*config.FileError](err)
		if !refused && !unread || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hidden") {
			t.Errorf("a value shows: %v", err)
		}
		if got := contentOf(t, path); got != c.text {
			t.Errorf("%s: it was written: %s", want, got)
		}
	}
}

func TestAWrongKeyCanBeTakenOut(t *testing.T) {
	t.Parallel()
	path := kept(t, "default_profile: p\nprofiles:\n  p:\n    clinet_id: x\n    app: Workato\n")
	if _, err := (config.Edit{Path: path, Key: "clinet_id"}).Do(); err != nil {
		t.Fatal(err)
	}
	if got := contentOf(t, path); got != "default_profile: p\nprofiles:\n  p:\n    app: Workato\n" {
		t.Error(got)
	}
}

func TestALinkToTheFileStaysOne(t *testing.T) {
	t.Parallel()
	path := kept(t, commented)
	link := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err) // Windows lets not everyone make links
	}
	if _, err := (config.Edit{Path: link, Key: "app", Value: "x"}).Do(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if !strings.Contains(contentOf(t, path), "app: x #") {
		t.Error(contentOf(t, path))
	}
}

func TestAFileThatCannotBeUsedCountsForNothingWhenItIsMended(t *testing.T) {
	t.Parallel()
	path := kept(t, "default_profile: p\nprofiles:\n  p:\n    timeout: soon\n    app: Workato\n")
	env := map[string]string{"SCIMCTL_CONFIG": path, "SCIMCTL_PROFILE": "p"}
	flags := pflag.NewFlagSet("scimctl", pflag.ContinueOnError)
	config.Register(flags)
	getenv := func(name string) string { return env[name] }
	if _, err := config.Load(flags, getenv); err == nil {
		t.Error("it was read")
	}
	s, err := config.LoadAround(flags, getenv)
	if err != nil || s.App != "" || s.Config != path || s.Profile != "p" {
		t.Errorf("%+v, %v", s, err)
	}
	env["SCIMCTL_TIMEOUT"] = "soon" // what is wrong elsewhere stays wrong
	if _, err := config.LoadAround(flags, getenv); err == nil {
		t.Error("a wrong variable was passed over")
	}
	delete(env, "SCIMCTL_TIMEOUT")
	if _, err := (config.Edit{Path: path, Profile: "p", Key: "timeout", Value: "5s"}).Do(); err != nil {
		t.Fatal(err)
	}
	if s, err := config.LoadAround(flags, getenv); err != nil || s.App != "Workato" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestEntriesSayWhatHoldsAndWhy(t *testing.T) {
	t.Parallel()
	s := must(t, given{file: profiles, args: []string{"--tenant", "fabrikam.com"}, env: map[string]string{
		"SCIMCTL_ACCESS_TOKEN": "hidden", "AZURE_CLIENT_SECRET": "hidden", "SCIMCTL_QUIET": "1",
	}})
	for _, want := range []config.Entry{
		{Key: "tenant", Value: "fabrikam.com", Source: config.Flag, Origin: "--tenant"},
		{Key: "access_token", Value: "***", Source: config.Variable, Origin: "SCIMCTL_ACCESS_TOKEN"},
		{Key: "client_secret", Value: "***", Source: config.Variable, Origin: "AZURE_CLIENT_SECRET"},
		{Key: "quiet", Value: "true", Source: config.Variable, Origin: "SCIMCTL_QUIET"},
		{Key: "debug", Value: "false", Source: config.Default},
		{Key: "job", Source: config.Default},
		{Key: "wait_timeout", Value: "10s", Source: config.File, Origin: s.Config + ":5: wait_timeout"},
		{Key: "profile", Value: "work", Source: config.File, Origin: s.Config + ":1: default_profile"},
		{Key: "default_profile", Value: "work", Source: config.File, Origin: s.Config + ":1: default_profile"},
	} {
		got, ok := s.Entry(want.Key)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got := len(s.Entries()); got != len(config.Table())+1 {
		t.Errorf("%d entries", got)
	}
}

// The file is written by one library and read by another.
func TestEveryTextIsReadBackAsItWasSet(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.yaml")
	for _, want := range []string{
		`C:\Users\ada\state`, `\\server\share`, "Ada's \"app\"", "#1", "a # b", "a: b", "a:", ": a", "- a", "*a", "&a", "!a", "%a", "@a", "`a`", "|", ">", "?", "? a",
		"{a}", "[a]", "a, b", "null", "~", "yes", "True", "0x10", "1e3", "1_000", ".5", "2024-01-01", "12:30:45", "<<", "=", "é 日本 😀", "a\tb", "a\nb", "---", "...",
		`"quoted"`, "'quoted'", strings.Repeat("long words ", 30) + "end",
	} {
		if _, err := (config.Edit{Path: path, Key: "app", Value: want}).Do(); err != nil {
			t.Errorf("%q: %v", want, err)
			continue
		}
		if s := must(t, given{env: map[string]string{"SCIMCTL_CONFIG": path}}); s.App != want {
			t.Errorf("%q is read as %q from:\n%s", want, s.App, contentOf(t, path))
		}
	}
}
