//go:build !windows

package private

import (
	"testing"
)

func TestOnlyFilesOfTheUserAndOfRootAreTrusted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		me, owner int
		want      bool
	}{{1000, 1000, true}, {1000, 0, true}, {1000, 1001, false}, {0, 1001, true}} {
		if got := trusts(c.me, c.owner); got != c.want {
			t.Errorf("user %d, owner %d: %v", c.me, c.owner, got)
		}
	}
}
