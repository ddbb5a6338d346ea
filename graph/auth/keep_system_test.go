//go:build linux || windows || (darwin && cgo)

package auth_test

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity/cache"
)

// keepTokens tries whether this system has a place for tokens.
func keepTokens(name string) error {
	_, err := cache.New(&cache.Options{Name: name})
	return err
}
