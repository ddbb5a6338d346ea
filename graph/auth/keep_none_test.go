//go:build !linux && !windows && !(darwin && cgo)

package auth_test

import "errors"

// keepTokens knows of no place for tokens.
func keepTokens(string) error { return errors.New("this build cannot use the system's key store") }
