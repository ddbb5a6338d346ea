package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/internal/output"
)

// given is what a user has set.
type given struct {
	args []string
	env  map[string]string
	file string // the config file; "" for none
}

func load(t *testing.T, g given) (config.Settings, error) {
	t.Helper()
	home := t.TempDir()
	env := map[string]string{"HOME": home, "AppData": home, "LocalAppData": home, "XDG_CONFIG_HOME": home}
	if g.file != "" {
		folder := filepath.Join(home, "scimctl")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		env["SCIMCTL_CONFIG"] = filepath.Join(folder, "config.yaml")
		if err := os.WriteFile(env["SCIMCTL_CONFIG"], []byte(g.file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	maps.Copy(env, g.env)
	flags := pflag.NewFlagSet("scimctl", pflag.ContinueOnError)
	config.Register(flags)
	if err := flags.Parse(g.args); err != nil {
		return config.Settings{}, err
	}
	return config.Load(flags, func(name string) string { return env[name] })
}

func must(t *testing.T, g given) config.Settings {
	t.Helper()
	s, err := load(t, g)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const profiles = `default_profile: work
profiles:
  work:
    app: Workato
    wait_timeout: 10s
    verbose: true
    cloud: usgov
  rest: {app: Workgrid, tenant: fabrikam.com}
`

func TestNothingSetGivesTheDefaults(t *testing.T) {
	t.Parallel()
	s := must(t, given{})
	if s.Cloud != "global" || s.Auth != "auto" || s.Output != output.Table || s.WaitTimeout != 5*time.Minute || s.Timeout != 0 {
		t.Errorf("%+v", s)
	}
	if got := s.Origin("cloud"); got.Kind != config.Default {
		t.Errorf("cloud comes from %s", got)
	}
}

func TestFlagBeatsVariableBeatsProfileBeatsDefault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		given  given
		app    string
		origin config.Kind
	}{
		{"profile", given{file: profiles}, "Workato", config.File},
		{"variable", given{file: profiles, env: map[string]string{"SCIMCTL_APP": "Workteam"}}, "Workteam", config.Variable},
		{"flag", given{file: profiles, env: map[string]string{"SCIMCTL_APP": "Workteam"}, args: []string{"-a", "WorkOS"}}, "WorkOS", config.Flag},
		{"flag that is the default", given{env: map[string]string{"SCIMCTL_APP": "Workteam"}, args: []string{"--app="}}, "", config.Flag},
		{"empty variable", given{file: profiles, env: map[string]string{"SCIMCTL_APP": ""}}, "Workato", config.File},
		{"named profile", given{file: profiles, args: []string{"--profile", "rest"}}, "Workgrid", config.File},
	} {
		s := must(t, c.given)
		if s.App != c.app || s.Origin("app").Kind != c.origin {
			t.Errorf("%s: %q from %s", c.name, s.App, s.Origin("app"))
		}
	}
}

func TestAProfileIsReadWithItsTypes(t *testing.T) {
	t.Parallel()
	s := must(t, given{file: "\ufeff" + profiles})
	if s.WaitTimeout != 10*time.Second || !s.Verbose || s.Cloud != "usgov" || s.Profile != "work" {
		t.Errorf("%+v", s)
	}
	if got, want := s.Origin("wait-timeout").String(), s.Config+":5: wait_timeout"; got != want {
		t.Errorf("wait-timeout comes from %s, want %s", got, want)
	}
}

func TestTheOnlyProfileHoldsAndOfSeveralNoneIsGuessed(t *testing.T) {
	t.Parallel()
	s := must(t, given{file: "profiles:\n  work:\n    tenant: contoso.com\n"})
	if s.Tenant != "contoso.com" || s.Profile != "work" {
		t.Errorf("%+v", s)
	}
	several := given{file: "profiles:\n  work: {tenant: contoso.com}\n  rest: {tenant: fabrikam.com}\n"}
	_, err := load(t, several)
	if e, ok := errors.AsType[*config.ValueError](err); !ok || !strings.Contains(e.Error(), "rest, work") {
		t.Errorf("got %v", err)
	}
	several.args = []string{"--profile", "rest"}
	if s := must(t, several); s.Tenant != "fabrikam.com" {
		t.Errorf("%+v", s)
	}
}

func TestVariablesOfOtherToolsComeLast(t *testing.T) {
	t.Parallel()
	azure := map[string]string{"AZURE_TENANT_ID": "contoso.com", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s"}
	s := must(t, given{env: azure})
	if s.Tenant != "contoso.com" || s.ClientID != "c" || s.ClientSecret.Reveal() != "s" {
		t.Errorf("%+v", s)
	}
	if got := s.Origin("tenant").String(); got != "AZURE_TENANT_ID" {
		t.Errorf("tenant comes from %s", got)
	}
	if s := must(t, given{env: azure, file: profiles, args: []string{"--profile", "rest"}}); s.Tenant != "fabrikam.com" {
		t.Errorf("tenant is %s", s.Tenant)
	}
}

func TestAValueThatDoesNotParseNamesItsSource(t *testing.T) {
	t.Parallel()
	for want, g := range map[string]given{
		`SCIMCTL_DRY_RUN: "yes please" is neither true nor false`:                     {env: map[string]string{"SCIMCTL_DRY_RUN": "yes please"}},
		`SCIMCTL_TIMEOUT: "5" is no duration, such as 90s or 5m`:                      {env: map[string]string{"SCIMCTL_TIMEOUT": "5"}},
		`SCIMCTL_TIMEOUT: "-5s" is less than nothing`:                                 {env: map[string]string{"SCIMCTL_TIMEOUT": "-5s"}},
		`--output: "xml" is none of table, json, yaml, csv, tsv`:                      {args: []string{"-o", "xml"}},
		`--cloud: "mars" is none of global, usgov, usgov-dod, china`:                  {args: []string{"--cloud", "mars"}},
		`--jq: ".[" does not compile: unexpected EOF at character 2`:                  {args: []string{"--jq", ".["}},
		`config.yaml:3: timeout: "soon" is no duration, such as 90s or 5m`:            {file: "profiles:\n  p:\n    timeout: soon\n", args: []string{"--profile", "p"}},
		`SCIMCTL_ACCESS_TOKEN: there is nothing in it but blanks`:                     {env: map[string]string{"SCIMCTL_ACCESS_TOKEN": " \r\n"}},
		`SCIMCTL_ACCESS_TOKEN: there is a blank or line end inside it`:                {env: map[string]string{"SCIMCTL_ACCESS_TOKEN": "hidden token"}},
		`--profile: there is no profile "x": `:                                        {args: []string{"--profile", "x"}, file: profiles},
		`SCIMCTL_CONFIG: the config file cannot be read: `:                            {env: map[string]string{"SCIMCTL_CONFIG": filepath.Join(t.TempDir(), "absent")}},
		`--graph-endpoint: "http://graph.example.com" would carry the token in clear`: {args: []string{"--graph-endpoint", "http://graph.example.com"}},
		`--graph-endpoint: this is no URL such as https://graph.microsoft.com`:        {args: []string{"--graph-endpoint", "graph.example.com"}},
		`--graph-endpoint: "https://ada:xxxxx@example.com" has more than a host`:      {args: []string{"--graph-endpoint", "https://ada:hidden@example.com"}},
	} {
		_, err := load(t, g)
		e, ok := errors.AsType[*config.ValueError](err)
		if !ok || !strings.Contains(e.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
		if ok && strings.Contains(e.Error(), "hidden") {
			t.Errorf("a secret shows: %v", e)
		}
	}
}

func TestTheConfigFileIsReadStrictly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"profiles:\n  work:\n    clinet_id: hidden\n": ":3:5: unknown key \"clinet_id\": a profile knows app, auth, authority_host, certificate, client_id,",
		"profile: work\n":                                ":1:1: unknown key \"profile\": here stand default_profile and profiles\n   1 | profile: …\n       ^",
		"profiles:\n  work:\n    dry_run: true\n":        ":3:5: dry_run cannot be set in a profile, only by --dry-run or SCIMCTL_DRY_RUN\n   3 |     dry_run: …\n           ^",
		"profiles:\n  work:\n    access_token: hidden\n": "access_token cannot be set in a profile, only by SCIMCTL_ACCESS_TOKEN",
		"profiles:\n  work:\n    app: [hidden]\n":        "app takes one plain value",
		"profiles: hidden\n":                             "here stand keys with values, such as app: Workato",
		"profiles:\n  work: {app: a}\n  work: {}\n":      ":3:3: mapping key \"work\" already defined",
		"profiles: {\n":                                  ":1:",
		"---\nprofiles: {}\n---\nprofiles: {}\n":         "a config file is one document",
	} {
		_, err := load(t, given{file: text})
		e, ok := errors.AsType[*config.FileError](err)
		if !ok || !strings.Contains(e.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hidden") {
			t.Errorf("a value shows: %v", err)
		}
	}
}

func TestAnEmptyConfigFileIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"# nothing yet\n", "profiles:\n", "profiles: {}\ndefault_profile:\n", "profiles:\n  work:\n"} {
		if _, err := load(t, given{file: text}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTheSandboxIsNotMixedWithARealTenant(t *testing.T) {
	t.Parallel()
	for want, g := range map[string]given{
		"--sandbox and SCIMCTL_ACCESS_TOKEN cannot both be set": {
			args: []string{"--sandbox"}, env: map[string]string{"SCIMCTL_ACCESS_TOKEN": "hidden"},
		},
		"SCIMCTL_SANDBOX and --graph-endpoint cannot both be set": {
			args: []string{"--graph-endpoint", "http://127.0.0.1:8085"}, env: map[string]string{"SCIMCTL_SANDBOX": "1"},
		},
	} {
		_, err := load(t, g)
		if e, ok := errors.AsType[*config.ConflictError](err); !ok || e.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	must(t, given{args: []string{"--sandbox"}, env: map[string]string{"SCIMCTL_ACCESS_TOKEN": ""}})
	must(t, given{args: []string{"--sandbox=false"}, env: map[string]string{"SCIMCTL_ACCESS_TOKEN": "t"}})
}

func TestASecretDoesNotShow(t *testing.T) {
	t.Parallel()
	s := must(t, given{env: map[string]string{"SCIMCTL_ACCESS_TOKEN": "\ufeff hidden\r\n"}})
	if s.AccessToken.Reveal() != "hidden" {
		t.Errorf("the token is %q", s.AccessToken.Reveal())
	}
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", s, s, s, s.AccessToken), string(encoded)} {
		if strings.Contains(text, "hidden") {
			t.Errorf("it shows in %s", text)
		}
	}
}

func TestAnEndpointOnThisMachineMayBeHTTP(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://localhost:1", "http://127.0.0.1:8085/v1.0", "http://[::1]:1", "https://graph.example.com"} {
		if s := must(t, given{args: []string{"--graph-endpoint", url}}); s.GraphEndpoint != url {
			t.Errorf("%s became %q", url, s.GraphEndpoint)
		}
	}
}

func TestASystemWithoutFoldersWorksAsFarAsItCan(t *testing.T) {
	t.Parallel()
	flags := pflag.NewFlagSet("scimctl", pflag.ContinueOnError)
	config.Register(flags)
	s, err := config.Load(flags, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.State(); err == nil {
		t.Error("a state folder from nowhere")
	}
}

func TestEverySettingCanBeSetSomewhereAndSaysWhat(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, s := range config.Table() {
		if s.Usage == "" || strings.HasSuffix(s.Usage, ".") {
			t.Errorf("%s: usage %q", s.Name, s.Usage)
		}
		if s.Value != "" && !s.NoFlag && !strings.Contains(s.Usage, "`"+s.Value+"`") {
			t.Errorf("%s: its usage does not name its value in backticks", s.Name)
		}
		for _, name := range []string{s.Name, s.Variable(), "-" + s.Shorthand} {
			if other, taken := seen[name]; taken && name != "-" {
				t.Errorf("%s and %s share %s", s.Name, other, name)
			}
			seen[name] = s.Name
		}
	}
	if diff := cmp.Diff("SCIMCTL_GRAPH_ENDPOINT", config.Table()[7].Variable()); diff != "" {
		t.Error(diff)
	}
}
