//go:build !linux && !windows && !(darwin && cgo)

package auth

import "github.com/Azure/azure-sdk-for-go/sdk/azidentity"

// openCache has none: on macOS the keychain is reached through cgo alone.
func openCache(string) (azidentity.Cache, error) {
	return azidentity.Cache{}, &noCacheError{"this build of scimctl cannot use the system's key store"}
}
