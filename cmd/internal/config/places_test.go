package config

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEachSystemHasItsOwnPlaces(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the folders are written with slashes")
	}
	env := map[string]string{"HOME": "/home/ada", "AppData": "/roaming", "LocalAppData": "/local"}
	xdg := map[string]string{"HOME": "/home/ada", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "relative"}
	for _, c := range []struct {
		system string
		env    map[string]string
		want   places
	}{
		{"linux", env, places{"/home/ada/.config/scimctl/config.yaml", "/home/ada/.local/state/scimctl"}},
		{"linux", xdg, places{"/c/scimctl/config.yaml", "/home/ada/.local/state/scimctl"}},
		{"darwin", env, places{"/home/ada/Library/Application Support/scimctl/config.yaml", "/home/ada/Library/Application Support/scimctl"}},
		{"windows", env, places{"/roaming/scimctl/config.yaml", "/local/scimctl"}},
		{"linux", nil, places{}},
	} {
		got := placesOf(c.system, func(name string) string { return c.env[name] })
		if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b string) bool { return filepath.Clean(a) == filepath.Clean(b) }), cmp.AllowUnexported(places{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.system, diff)
		}
	}
}
