package cli

import (
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
)

// A build is what this program was made from.
type build struct {
	Version   string `json:"version"`
	Commit    string `json:"commit,omitempty"`
	Modified  bool   `json:"modified,omitempty"` // the tree had changes that were not committed
	GoVersion string `json:"goVersion"`
	OS        string `json:"os"`
	Arch      string `json:"arch"`
}

// ReadBuild asks the program itself.
func ReadBuild() build {
	b := build{Version: "(devel)", GoVersion: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

func NewVersionCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Show the version of scimctl",
		Long:    "Show the version of scimctl and what it was built from.\n\nAs JSON: version, commit, modified, goVersion, os, arch.",
		GroupID: GroupTool,
		Example: `  scimctl version

  # The version alone
  scimctl version --jq .version`,
		RunE: func(*cobra.Command, []string) error {
			b := ReadBuild()
			return output.Text(a.IO.Out, a.Printer, b, func(w io.Writer) error {
				_, err := iostreams.Fprintf(w, "scimctl %s (%s, %s/%s)\n", b.Version, b.GoVersion, b.OS, b.Arch)
				return err
			})
		},
	}
}
