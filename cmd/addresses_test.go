package cmd

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// Addresses with a secret, and the secret.
var secretAddresses = map[string]string{
	"https://user:hunter2@graph.contoso.com":                    "hunter2",
	"https://hunter2@graph.contoso.com":                         "hunter2",
	"https://graph.contoso.com?x=hunter2":                       "hunter2",
	"https://graph.contoso.com/v1.0?sig=hunter2&y=1":            "hunter2",
	"https://graph.contoso.com#hunter2":                         "hunter2",
	"http://user:hunter2@graph.contoso.com":                     "hunter2",
	"ftp://user:hunter2@graph.contoso.com":                      "hunter2",
	"user:hunter2@graph.contoso.com":                            "hunter2",
	"https://user:hunt%zzer2@graph.contoso.com":                 "zzer2",
	"https://user:hunt er2@graph.contoso.com":                   "er2",
	"https://user:hunt/er2@graph.contoso.com":                   "er2",
	"https://user:p%40ss-hunter2@graph.contoso.com:99999999/":   "hunter2",
	"https://graph.contoso.com?token=" + madeUpJWT:              madeUpJWT,
	"//user:hunter2@graph.contoso.com":                          "hunter2",
	"https://graph.contoso.com\t?x=hunter2":                     "hunter2",
	"https://login.contoso.com/9f8a7b6c5d4e3f2a1b0c?x=hunter2#": "hunter2",
}

// What is secret in the address of a setting is in no output, wherever the
// address comes from and whatever is wrong with it.
func TestTheSecretInAnAddressIsNotRepeated(t *testing.T) {
	t.Parallel()
	for address, secret := range secretAddresses {
		for _, key := range []string{"graph-endpoint", "authority-host"} {
			variable := "SCIMCTL_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
			file := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(file, []byte("profiles:\n  default:\n    "+strings.ReplaceAll(key, "-", "_")+": '"+address+"'\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, command := range []string{"app list --debug", "config unset " + key + " --dry-run -o json"} {
				args := strings.Fields(command)
				hidesAddress(t, secret, map[string]string{variable: address}, args)
				hidesAddress(t, secret, map[string]string{"SCIMCTL_CONFIG": file}, args)
				if key == "graph-endpoint" {
					hidesAddress(t, secret, nil, append(args, "--graph-endpoint", address))
				}
			}
			hidesAddress(t, secret, map[string]string{"SCIMCTL_CONFIG": file}, []string{"config", "set", key, address})
			hidesAddress(t, secret, map[string]string{"SCIMCTL_CONFIG": file}, []string{"config", "set", key, "https://example.com"})
		}
	}
}

// net/http repeats the address of a proxy that it cannot use.
func TestThePasswordOfAProxyIsNotRepeated(t *testing.T) {
	t.Parallel()
	streams, _, out, said := iostreams.Test()
	a := newApp(streams, func(name string) string {
		return map[string]string{"SCIMCTL_ACCESS_TOKEN": "token", "HOME": t.TempDir()}[name]
	})
	a.Tenant = func(context.Context) (http.RoundTripper, error) { return refusingProxy{}, nil }
	code := a.Run(t.Context(), []string{"app", "list", "--debug"})
	written := out.String() + said.String()
	if code == 0 || !strings.Contains(written, "invalid proxy") || strings.Contains(written, "hunter2") {
		t.Errorf("exit code %d: %s", code, written)
	}
}

type refusingProxy struct{}

func (refusingProxy) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New(`invalid proxy address "http://user:hunter2@[::1": missing ']' in host`)
}

func hidesAddress(t *testing.T, secret string, env map[string]string, args []string) {
	t.Helper()
	streams, _, out, said := iostreams.Test()
	folder := t.TempDir()
	a := newApp(streams, func(name string) string {
		if value, ok := env[name]; ok {
			return value
		}
		return map[string]string{"HOME": folder, "XDG_CONFIG_HOME": folder, "SCIMCTL_STATE_DIR": folder, "SCIMCTL_ACCESS_TOKEN": "token"}[name]
	})
	a.Authority = refusing{}
	a.Tenant = func(context.Context) (http.RoundTripper, error) { return refusing{}, nil }
	a.Run(t.Context(), args)
	if written := out.String() + said.String(); written == "" || strings.Contains(written, secret) {
		t.Errorf("%q with %q repeats %q:\n%s", args, env, secret, written)
	}
}
