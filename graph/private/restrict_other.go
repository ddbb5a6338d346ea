//go:build !windows

package private

// restrict has nothing to add to the mode of a folder.
func restrict(string) error { return nil }
