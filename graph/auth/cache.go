package auth

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph/private"
)

// caches are those that azidentity keeps tokens in between processes, where
// the system has a safe place for their key: the kernel's keyring on Linux,
// the data protection API on Windows, the keychain on macOS. See
// https://github.com/Azure/azure-sdk-for-go/blob/main/sdk/azidentity/TOKEN_CACHING.MD.
type caches struct {
	folder  string // of azidentity; "" when nothing is kept
	state   string // of scimctl; "" when nothing is kept
	say     func(string)
	options azcore.ClientOptions
}

// A noCacheError says why tokens do not outlive the process.
type noCacheError struct{ reason string }

func (e *noCacheError) Error() string { return e.reason }

func (s SignIn) caches() caches {
	c := caches{state: s.StateDir, say: s.say}
	if root := s.cacheRoot(); root != "" && s.StateDir != "" {
		c.folder = filepath.Join(root, ".IdentityService")
	}
	return c
}

// cacheRoot is where azidentity puts its folder.
func (s SignIn) cacheRoot() string {
	switch runtime.GOOS {
	case "windows":
		return s.env("LocalAppData")
	case "darwin":
		return s.env("HOME")
	}
	if folder := s.env("XDG_CACHE_HOME"); folder != "" {
		return folder
	}
	if home := s.env("HOME"); home != "" {
		return filepath.Join(home, ".cache")
	}
	return ""
}

func (c caches) open(name string) (azidentity.Cache, error) {
	switch {
	case c.state == "":
		return azidentity.Cache{}, &noCacheError{"there is no folder to keep anything in"}
	case c.folder == "":
		return azidentity.Cache{}, &noCacheError{"there is no home folder"}
	}
	return openCache(name)
}

// remove deletes a cache, which azidentity itself cannot: a damaged one would
// be an error forever.
func (c caches) remove(ctx context.Context, name string) {
	if c.folder == "" || name == "" {
		return
	}
	for _, file := range []string{name, name + ".cae"} {
		forgetKey(ctx, file)
		_ = os.Remove(filepath.Join(c.folder, file)) // what cannot be removed is told by its next use
		_ = os.Remove(filepath.Join(c.folder, file+".lockfile"))
	}
}

// removeAll deletes every cache whose name begins so, and counts them.
func (c caches) removeAll(ctx context.Context, family string) int {
	entries, err := os.ReadDir(c.folder)
	if c.folder == "" || err != nil {
		return 0
	}
	removed := map[string]bool{}
	for _, entry := range entries {
		name := strings.TrimSuffix(strings.TrimSuffix(entry.Name(), ".lockfile"), ".cae")
		if strings.HasPrefix(name, family) && !removed[name] {
			removed[name] = true
			c.remove(ctx, name)
		}
	}
	return len(removed)
}

// tell says why tokens are not kept: once on this machine, until the reason is
// another. A process that keeps nothing at all says nothing.
func (c caches) tell(why error) {
	if c.state == "" {
		return
	}
	text := reason(why)
	if e, ok := errors.AsType[*noCacheError](why); ok {
		text = e.reason
	}
	mark := filepath.Join(c.state, accountsFolder, "uncached")
	if told, err := private.ReadFile(mark); err == nil && string(bytes.TrimSpace(told)) == text {
		return
	}
	c.say("tokens are not kept between commands, so that each signs in anew: " + text)
	if private.StateFolder(filepath.Dir(mark)) == nil {
		_ = private.WriteFile(mark, strings.NewReader(text+"\n")) // else it is said again
	}
}
