package private_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/scimctl/scimctl/graph/private"
)

func TestAFolderAdmitsItsOwnerTheSystemAndAdministrators(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "state")
	if err := private.MakeFolder(folder); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "a")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, file} {
		found, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
		if err != nil {
			t.Fatal(err)
		}
		if list := found.String(); strings.Count(list, "(A;") != 3 || !strings.Contains(list, ";;;SY)") || !strings.Contains(list, ";;;BA)") {
			t.Errorf("%s: %s", path, list)
		}
	}
}
