package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/plaintext"
	"github.com/scimctl/scimctl/graph/bounds"
)

// limit is n, or 0 when the user lifted the limits.
func (a *App) limit(n int64) int64 {
	if a.Settings.NoLimits {
		return 0
	}
	return n
}

// ReadFile reads a file, or standard input for -, of at most limit bytes.
func (a *App) ReadFile(path string, limit int64) ([]byte, error) {
	if path == "-" {
		text, err := bounds.Read(a.IO.In, "standard input", a.limit(limit))
		return text, bounds.Liftable(err)
	}
	text, err := bounds.ReadFile(path, a.limit(limit))
	return text, bounds.Liftable(err)
}

// ReadNamed reads the text file that a flag names, however it is encoded.
func (a *App) ReadNamed(c *cobra.Command, flag, path string, limit int64) (string, error) {
	raw, err := a.ReadFile(path, limit)
	if err != nil {
		return "", exit.Usagef(c, "--%s: %w", flag, err)
	}
	text, err := plaintext.Decode(raw)
	if err != nil {
		return "", exit.Usagef(c, "--%s: read %s: %w", flag, path, err)
	}
	return string(text), nil
}

// ReadInput is [App.ReadNamed] for a flag that takes - for standard input.
func (a *App) ReadInput(c *cobra.Command, flag, path string, limit int64) (string, error) {
	if path != "-" {
		return a.ReadNamed(c, flag, path, limit)
	}
	raw, err := a.ReadFile(path, limit)
	if err == nil {
		raw, err = plaintext.Decode(raw)
	}
	if err != nil {
		return "", exit.Usagef(c, "--%s: %w", flag, err)
	}
	return string(raw), nil
}

// ReadReference reads a file that a blueprint refers to for a secret.
func ReadReference(path string) (string, error) {
	raw, err := bounds.ReadFile(path, bounds.Token)
	if err != nil {
		return "", err
	}
	text, err := plaintext.Decode(raw)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return string(text), nil
}
