package planning

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// A Resolver reads the values that references lead to.
type Resolver struct {
	Getenv        func(string) string
	ReadFile      func(path string) (string, error)
	AllowCommands bool
	NoCommands    bool                // fail instead of running any, even an allowed one
	Rehearsal     *Rehearsal          // instead of what references lead to; nil: they are followed
	Learn         func(secret string) // is given each secret that was read; may be nil
}

// A Rehearsal is what credentials are where a file is only tried out. The file
// may be anybody's, so nothing of the machine is read.
type Rehearsal struct {
	URL   string
	Token func() (string, error)
}

// Rehearse has files name a SCIM server that is safe to ask instead of one that
// they name themselves. A URL that cannot be used stays, for the plan to tell.
func Rehearse(files []blueprint.Blueprint, url, tokenURL string) {
	for _, file := range files {
		if file.Provisioning == nil || file.Provisioning.Credentials == nil {
			continue
		}
		c := file.Provisioning.Credentials
		if c.URL.From == blueprint.Literal && credentials.CheckURL(c.URL.At) == nil {
			c.URL.At = url
		}
		if c.OAuth != nil && c.OAuth.TokenURL != "" {
			c.OAuth.TokenURL = tokenURL
		}
	}
}

// Variables are the names of the environment variables that hold the file's
// secrets.
func Variables(b blueprint.Blueprint) []string {
	if b.Provisioning == nil || b.Provisioning.Credentials == nil {
		return nil
	}
	secrets := []blueprint.Reference{b.Provisioning.Credentials.Token}
	if oauth := b.Provisioning.Credentials.OAuth; oauth != nil {
		secrets = append(secrets, oauth.ClientSecret)
	}
	var names []string
	for _, r := range secrets {
		if r.From == blueprint.FromEnv {
			names = append(names, r.At)
		}
	}
	return names
}

// value reads one value, without blanks and line ends around it.
func (r Resolver) value(ctx context.Context, what string, from blueprint.Reference) (string, error) {
	fail := func(format string, args ...any) (string, error) {
		return "", failure.New(failure.Invalid, "%s of the credentials (%s): %s", what, from, fmt.Sprintf(format, args...)).
			Try(remedy.Advise("nothing was written; credentials are left as they are with --skip credentials"))
	}
	if from.From == blueprint.FromCommand && !r.AllowCommands {
		return "", failure.New(failure.Invalid, "the file would run a command: %s", from).
			Try(remedy.Advise("--allow-commands lets it; look at the command before"))
	}
	if r.Rehearsal != nil && from.From != blueprint.Literal {
		return r.Rehearsal.value(what)
	}
	text := ""
	switch from.From {
	case blueprint.FromEnv:
		if text = r.Getenv(from.At); text == "" {
			return fail("the variable is not set, or empty")
		}
	case blueprint.FromFile:
		var err error
		if text, err = r.ReadFile(from.At); err != nil {
			return fail("%v", err)
		}
	case blueprint.FromCommand:
		if r.NoCommands {
			return fail("no command runs in the sandbox")
		}
		var err error
		if text, err = printed(ctx, from.At); err != nil {
			return fail("%v", err)
		}
	case blueprint.Literal:
		text = from.At
	}
	if text = strings.TrimSpace(text); text == "" {
		return fail("it is empty")
	}
	if r.Learn != nil && what != urlValue {
		r.Learn(text)
	}
	return text, nil
}

// urlValue is the one value that is no secret.
const urlValue = "url"

func (r *Rehearsal) value(what string) (string, error) {
	if what == urlValue {
		return r.URL, nil
	}
	return r.Token()
}

// printed is what a line prints, by the shell of the system.
func printed(ctx context.Context, line string) (string, error) {
	shell, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/C"
	}
	var out capped
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

// capped keeps what a command prints, which ends when it prints more than a
// secret can be.
type capped struct{ bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if c.Len()+len(p) > bounds.Token {
		return 0, bounds.TooLarge("the output of the command", bounds.Token)
	}
	return c.Buffer.Write(p)
}
