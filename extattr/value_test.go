package extattr_test

import (
	"strings"
	"testing"

	"github.com/scimctl/scimctl/extattr"
)

const appID = "AAAABBBB-cccc-dddd-eeee-ffff00001111"

func TestAFullNameIsMadeFromTheAppIDWithoutDashes(t *testing.T) {
	t.Parallel()
	full := extattr.FullName(appID, "workato_role")
	if full != "extension_AAAABBBBccccddddeeeeffff00001111_workato_role" {
		t.Errorf("got %s", full)
	}
	if short, ok := extattr.Short(appID, full); !ok || short != "workato_role" {
		t.Errorf("got %s, %v", short, ok)
	}
	if _, ok := extattr.Short("11112222-cccc-dddd-eeee-ffff00001111", full); ok {
		t.Error("it belongs to another application")
	}
}

func TestAnEnvironmentsRoleIsReadFromItsFlag(t *testing.T) {
	t.Parallel()
	got, err := extattr.ParseEnvRole("prod=Custom=Role, with comma")
	if err != nil || got != (extattr.EnvRole{Env: "prod", Role: "Custom=Role, with comma"}) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, text := range []string{"", "prod", "prod=", "=Role"} {
		if got, err := extattr.ParseEnvRole(text); err == nil || !strings.Contains(err.Error(), "ENVIRONMENT=ROLE") {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
}
