package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph/private"
)

// ResultVariable names a file for the result of a command. A fatal error of the
// Go runtime ends a process with exit code 2 and cannot be caught, so whoever
// takes 2 for "differences found" must also find that in the file.
const ResultVariable = "SCIMCTL_RESULT_FILE"

// resultFile is written as the last thing that the process does. "" is none.
type resultFile string

// NewResultFile removes the result of an earlier run.
func NewResultFile(path string) (resultFile, error) {
	if path == "" {
		return "", nil
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return resultFile(path), nil
	case err == nil && !info.Mode().IsRegular():
		err = errors.New("not a regular file")
	case err == nil:
		err = os.Remove(path)
	}
	if err != nil {
		return "", fmt.Errorf("invalid %s %q: %w", ResultVariable, path, err)
	}
	return resultFile(path), nil
}

// Write writes the exit code and the name of the command, such as "2 mapping
// diff".
func (f resultFile) Write(code exit.Code, command string) error {
	if f == "" {
		return nil
	}
	if err := private.WriteFile(string(f), strings.NewReader(fmt.Sprintf("%d %s\n", code, command))); err != nil {
		return fmt.Errorf("the result was not written to %s: %w", ResultVariable, err)
	}
	return nil
}
