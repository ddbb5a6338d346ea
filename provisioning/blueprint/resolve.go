package blueprint

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
)

// A Resolver reads the values that references lead to.
type Resolver struct {
	Getenv        func(string) string
	ReadFile      func(path string) (string, error)
	AllowCommands bool
}

// A ReferenceError says why a reference leads to no value. Nothing of a value is
// in it.
type ReferenceError struct {
	Reference Reference
	For       string // token, url, …
	Reason    string
}

func (e *ReferenceError) Error() string {
	return fmt.Sprintf("%s of the credentials (%s): %s", e.For, e.Reference, e.Reason)
}

// A CommandError is a reference to a command that was not allowed to run.
type CommandError struct{ Reference Reference }

func (e *CommandError) Error() string {
	return fmt.Sprintf("the file would run a command: %s", e.Reference)
}

// value reads one value, without blanks and line ends around it.
func (r Resolver) value(ctx context.Context, what string, from Reference) (string, error) {
	fail := func(format string, args ...any) (string, error) {
		return "", &ReferenceError{Reference: from, For: what, Reason: fmt.Sprintf(format, args...)}
	}
	text := ""
	switch from.From {
	case FromEnv:
		if text = r.Getenv(from.At); text == "" {
			return fail("the variable is not set, or empty")
		}
	case FromFile:
		var err error
		if text, err = r.ReadFile(from.At); err != nil {
			return fail("%v", err)
		}
	case FromCommand:
		if !r.AllowCommands {
			return "", &CommandError{Reference: from}
		}
		var err error
		if text, err = printed(ctx, from.At); err != nil {
			return fail("%v", err)
		}
	case Literal:
		text = from.At
	}
	if text = strings.TrimSpace(text); text == "" {
		return fail("it is empty")
	}
	return text, nil
}

// printed is what a line prints, by the shell of the system.
func printed(ctx context.Context, line string) (string, error) {
	shell, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/C"
	}
	var out bytes.Buffer
	c := exec.CommandContext(ctx, shell, flag, line)
	c.Stdout = &out // what it says on standard error may hold what it was asked for: nobody sees it
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fmt.Errorf("the command failed: %w", err)
	}
	return out.String(), nil
}
