package blueprint_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

const head = "apiVersion: scimctl/v1\nkind: Provisioning\napplication: {name: Workato}\n"

const secret = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl"

func TestWhatIsWrongInAFileIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"nothing":       {"", "f.yaml: there is nothing in it"},
		"comments":      {"# only\n---\n---\n", "f.yaml: there is nothing in it"},
		"a list":        {"- a", "f.yaml:1:1: here stand keys with values, such as name: Workato"},
		"no text":       {"\x00\x01\xfe", "f.yaml: it is no YAML: control characters are not allowed"},
		"other kind":    {"apiVersion: v1\nkind: Pod\nspec: {}\n", "f.yaml:1:1: the apiVersion of a blueprint is scimctl/v1, and not \"v1\"\n  apiVersion: …\n  ^"},
		"other version": {"apiVersion: scimctl/v1\nkind: Mapping\n", "f.yaml:2:1: the kind of a set-up is Provisioning, and not \"Mapping\"\n  kind: …\n  ^"},
		"no version":    {"userName: mail\n", "f.yaml:1:1: it is no blueprint: one begins with apiVersion: scimctl/v1 and kind: Provisioning"},
		"no name":       {"apiVersion: scimctl/v1\nkind: Provisioning\n", "f.yaml:1:1: the application needs a name"},
		"misspelt":      {head + "users:\n  mapings: {a: b}\n", "f.yaml:5:3: unknown key \"mapings\": did you mean mappings?\n    mapings: …\n    ^"},
		"misplaced":     {head + "scope: all\n", "f.yaml:4:1: unknown key \"scope\": it stands under provisioning\n  scope: …\n  ^"},
		"unheard of":    {head + "assignments: {xyzzy: 1}\n", "f.yaml:4:15: unknown key \"xyzzy\": here stand prune, users, groups\n                xyzzy: …\n                ^"},
		"key twice":     {head + "users:\n  mappings:\n    a: b\n    a: c\n", "f.yaml:7:5: a stands here twice, first in line 6\n      a: …\n      ^"},
		"target twice":  {head + "users:\n  mappings:\n    \"e[t eq 'w'].value\": a\n    'e[t eq \"w\"].value': b\n", "f.yaml:6:5: the target e[t eq \"w\"].value is mapped already, in line 7\n      e[t eq 'w'].value: …\n      ^"},
		"mapped, gone":  {head + "users: {mappings: {a: b}, remove: [a]}\n", "f.yaml:4:36: the target a is mapped, in line 4, and cannot be removed too"},
		"no source":     {head + "users: {mappings: {a: }}\n", "f.yaml:4:20: here stands the source attribute, or an expression, a constant or a default value\n                     a: …\n                     ^"},
		"two sources":   {head + "users: {mappings: {a: {source: b, constant: c}}}\n", "f.yaml:4:20: of source, expression and constant there can be one\n                     a: …\n                     ^"},
		"an action":     {head + "groups: {actions: [purge]}\n", "f.yaml:4:20: the actions are create, update, delete, and not \"purge\""},
		"yes":           {head + "users: {enabled: yes}\n", "f.yaml:4:9: true or false is due here, without quotes, and not \"yes\"\n          enabled: …\n          ^"},
		"no list":       {head + "provisioning: {notify: ops@contoso.com}\n", "f.yaml:4:16: a list is due here, such as [a, b]\n                 notify: …\n                 ^"},
		"no mail":       {head + "provisioning: {notify: [ops]}\n", "f.yaml:4:25: \"ops\" is no mail address such as ops@contoso.com"},
		"no number":     {head + "provisioning: {deleteThreshold: many}\n", "f.yaml:4:16: a number of deletions, 1 or more, or off is due here, and not \"many\"\n                 deleteThreshold: …\n                 ^"},
		"scope":         {head + "provisioning: {scope: some}\n", "f.yaml:4:16: the scope is all or assigned, and not \"some\"\n                 scope: …\n                 ^"},
		"no clause":     {head + "users: {filters: {A: []}}\n", "f.yaml:4:19: everybody passes a filter without a clause: write one such as department equals Engineering\n                    A: …\n                    ^"},
		"bad property":  {head + "extensions: {properties: [a b]}\n", "f.yaml:4:27: extension name \"a b\": it contains a blank; letters, digits and _ are allowed"},
		"person twice":  {head + "assignments: {users: [ada, {name: ADA, role: x}, Ada]}\n", "f.yaml:4:50: Ada stands here twice"},
		"a tab":         {head + "users:\n\tprune: true\n", "f.yaml:5: the line begins with a tab: YAML is indented with blanks"},
		"open quote":    {head + "users: {mappings: {a: 'b}}\n", "f.yaml:4:1: a quote is opened here and never closed\n  users: …\n  ^"},
		"an anchor":     {head + "users: &u {prune: true}\n", "f.yaml:4:1: anchors, aliases and tags are not taken here: write it out, or use a variable ${NAME}\n  users: …\n  ^"},
		"a merge":       {head + "users:\n  <<: {prune: true}\n", "f.yaml:5:3: << merges nothing here: write it out\n    <<: …\n    ^"},
		"no variable":   {head + "users: {mappings: {a: \"${A}\"}}\n", "f.yaml:4:20: the variable A is not given: --var A=VALUE, or SCIMCTL_VAR_A\n                     a: …\n                     ^"},
		"told once":     {strings.Replace(head, "Workato", `"${A}"`, 1), "f.yaml:3:15: the variable A is not given: --var A=VALUE, or SCIMCTL_VAR_A\n                name: …\n                ^"},
		"half a one":    {head + "users: {mappings: {a: \"${A-B}\"}}\n", "f.yaml:4:20: ${ begins a variable, ${NAME}, and this is none; $${ is written for ${ itself\n                     a: …\n                     ^"},
		"same app":      {head + "---\n" + head, "f.yaml:7:15: the application Workato has a document already, in f.yaml:3:15\n                name: …\n                ^"},
	} {
		_, err := blueprint.Parse("f.yaml", []byte(c.text), blueprint.Variables{})
		if err == nil {
			t.Errorf("%s: no error", name)
		} else if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestASecretInAFileIsRefusedAndNotRepeated(t *testing.T) {
	t.Parallel()
	for _, credentials := range []string{
		"token: " + secret, "token: " + secret + ": x", "token: [" + secret + "]", "token: {" + secret + ": x}", "token: |\n      " + secret,
		"token: \"" + secret, "tokn: " + secret, secret, secret + ": x", "- " + secret, "token: env:" + secret,
		"token: ${TOKEN}", "token: &x " + secret, "oauth: {clientId: a, tokenUrl: b, clientSecret: " + secret + "}", "oauth: " + secret,
		"url: https://scim.example.com/scim?key=" + secret, "url: https://a:" + secret + "@scim.example.com", "url: https://scim.example.com/#" + secret,
		"oauth: {clientId: a, tokenUrl: 'https://a:" + secret + "@app.example.com', clientSecret: env:S}",
		"oauth: {clientId: a, tokenUrl: 'https://app.example.com?s=" + secret + "', clientSecret: env:S}",
		"url: [" + secret + "]", "token:\n    " + secret + ": x\n  y",
	} {
		text := head + "provisioning:\n  credentials:\n    " + credentials + "\n"
		_, err := blueprint.Parse("f.yaml", []byte(text), blueprint.Variables{Given: map[string]string{"TOKEN": secret}})
		if err == nil {
			t.Errorf("%q is taken", credentials)
		} else if strings.Contains(err.Error(), secret[:20]) {
			t.Errorf("%q is repeated: %v", credentials, err)
		}
	}
}

// However the file around it is damaged.
func TestADamagedFileDoesNotGiveItsSecretAway(t *testing.T) {
	t.Parallel()
	text := head + "provisioning:\n  credentials:\n    url: https://scim.example.com\n    token: " + secret + "\n  scope: all\nusers: {enabled: true}\n"
	begin := strings.Index(text, "provisioning")
	rapid.Check(t, func(t *rapid.T) {
		damaged := text
		for range rapid.IntRange(1, 4).Draw(t, "places") {
			at := rapid.IntRange(begin, strings.Index(damaged, secret)).Draw(t, "at")
			put := rapid.SampledFrom([]string{"\t", ":", ": ", "{", "}", "[", "]", "\"", "'", "&", "*", "!", "|", "> ", "#", "\n", "\n  ", "- ", "? ", "%", "@", "${", "\x00", "\u0085"}).Draw(t, "put")
			damaged = damaged[:at] + put + damaged[at:]
			if end := strings.Index(damaged, secret) + len(secret); rapid.Bool().Draw(t, "after") {
				damaged = damaged[:end] + put + damaged[end:]
			}
		}
		_, err := blueprint.Parse("f.yaml", []byte(damaged), blueprint.Variables{})
		if err != nil && strings.Contains(err.Error(), secret[:20]) {
			t.Fatalf("%v", err)
		}
	})
}

func TestAllFaultsOfAllFilesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{"b.yml": head + "usrs: {}\n", "a.yaml": head + "groups: {enabled: maybe}\nextension: {}\n", "c.txt": "no", ".d.yaml": "no"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := blueprint.Read{Paths: []string{folder}}.Do(t.Context())
	invalid, ok := errors.AsType[*blueprint.InvalidError](err)
	if !ok {
		t.Fatal(err)
	}
	got := []string{}
	for _, f := range invalid.Faults {
		got = append(got, strings.TrimPrefix(f.Place.String(), folder+string(filepath.Separator)))
	}
	if diff := cmp.Diff([]string{"a.yaml:4:10", "a.yaml:5:1", "b.yml:4:1", "b.yml:3:15"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, err)
	}
}

func TestAPathThatLeadsToNoFileIsAnError(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, err := blueprint.Read{Paths: []string{folder}}.Do(t.Context())
	if !failure.Is(err, failure.NotFound) || !strings.Contains(err.Error(), folder) {
		t.Error(err)
	}
	_, err = blueprint.Read{Paths: []string{filepath.Join(folder, "absent.yaml")}}.Do(t.Context())
	if !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestAHugeFileIsRefusedUnread(t *testing.T) {
	t.Parallel()
	_, err := blueprint.Read{Paths: []string{"-"}, Stdin: strings.NewReader(strings.Repeat("a: b\n", 2<<20))}.Do(t.Context())
	if err == nil || err.Error() != "standard input: it has more than 4 MB, and is no blueprint" {
		t.Error(err)
	}
}

func TestAFileMayBeWrittenByAnyEditor(t *testing.T) {
	t.Parallel()
	utf16 := "\xff\xfe"
	for _, r := range head {
		utf16 += string([]byte{byte(r), 0})
	}
	for name, text := range map[string]string{"CRLF": strings.ReplaceAll(head, "\n", "\r\n"), "mark": "\xef\xbb\xbf" + head, "UTF-16": utf16} {
		got, err := blueprint.Parse("f.yaml", []byte(text), blueprint.Variables{})
		if err != nil || len(got) != 1 || got[0].Application.Name != "Workato" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzAnyTextIsReadOrRefused(f *testing.F) {
	f.Add(whole)
	f.Add("a: &a [*a]")
	f.Add("? [a]\n: b\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := blueprint.Parse("f.yaml", []byte(text), blueprint.Variables{})
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
