//go:build darwin && cgo

package auth

import (
	"context"

	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"
)

// forgetKey deletes the item of the keychain that holds a cache. Its account
// is the one that azidentity/cache gives its items.
func forgetKey(ctx context.Context, name string) {
	if item, err := accessor.New(name, accessor.WithAccount("MSALCache")); err == nil {
		_ = item.Delete(ctx) // what cannot be removed is told by its next use
	}
}
