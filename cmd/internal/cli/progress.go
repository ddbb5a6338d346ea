package cli

import (
	"cmp"
	"os"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// TellPipeline sets an output of a step in GitHub Actions, from which later
// steps take it: the runner goes away, and its folders with it.
//
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter
func (a *App) TellPipeline(name, value string) {
	path := a.Getenv("GITHUB_OUTPUT")
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = iostreams.Fprintf(file, "%s=%s\n", name, value)
		err = cmp.Or(err, file.Close())
	}
	if err != nil {
		a.IO.Warn("the output %s of this step cannot be set: %v", name, err)
	}
}
