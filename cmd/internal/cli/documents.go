package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/private"
)

// WriteDocument writes JSON that is not ours to standard output as it is.
func (a *App) WriteDocument(document []byte) error {
	asItIs := func(w io.Writer) error {
		_, err := w.Write(document)
		return err
	}
	if a.Settings.Output == output.JSON && !a.Settings.JQ.IsSet() {
		return asItIs(a.IO.Out)
	}
	return output.Text(a.IO.Out, a.Printer, json.RawMessage(document), asItIs)
}

// WriteNew writes a file that is not there yet, or may be replaced. Such files
// are given to others, so a secret that a server has put into its answer is
// redacted.
func (a *App) WriteNew(c *cobra.Command, path string, content []byte, force bool) error {
	content = []byte(a.Secrets.Redact(string(content)))
	there, err := bounds.ReadFile(path, int64(len(content))+1)
	if _, larger := errors.AsType[*bounds.Error](err); larger {
		err = nil // it holds something else
	}
	switch {
	case err == nil && bytes.Equal(there, content):
		a.Say("%s holds this already", path)
		return nil
	case err == nil && !force:
		return &exit.FileThereError{Path: path}
	case err == nil || errors.Is(err, fs.ErrNotExist):
		err = private.WriteFile(path, bytes.NewReader(content))
	}
	if err != nil {
		return exit.Usagef(c, "--out %s: %w", path, WithoutPath(err))
	}
	a.IO.Note("written to %s", path)
	return nil
}

// WithoutPath is the cause alone: the path is not that which was asked for.
func WithoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
