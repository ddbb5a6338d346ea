package cmd

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/cli"
)

func TestAWithheldVariableIsReadByThisProgramAlone(t *testing.T) {
	t.Parallel()
	outside := map[string]string{"WORKATO_SCIM_TOKEN": "a", "PATH": "b", "SCIMCTL_CLIENT_SECRET": "c", "EMPTY": ""}
	e := &cli.Environment{
		Lookup: func(name string) string { return outside[name] },
		Unset:  func(name string) error { delete(outside, name); return nil },
		Taken:  map[string]string{},
	}
	e.Withhold(cli.SecretNames([]string{"WORKATO_SCIM_TOKEN=a", "PATH=b"})...)
	e.Withhold("WORKATO_SCIM_TOKEN", "EMPTY", "") // again
	if diff := cmp.Diff(map[string]string{"PATH": "b", "EMPTY": ""}, outside); diff != "" {
		t.Errorf("others get (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{"WORKATO_SCIM_TOKEN": "a", "PATH": "b", "SCIMCTL_CLIENT_SECRET": "c", "EMPTY": ""} {
		if got := e.Getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
