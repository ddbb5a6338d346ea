// Command gennotices writes the licenses and notices of all modules that are
// linked into the program, for any system that it is built for, into
// docs/third-party-notices.txt or the file that it is given. It reads them from
// the module cache. Run it from the top of the repository:
//
//	go run ./cmd/internal/gennotices
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	path := filepath.Join("docs", "third-party-notices.txt")
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if err := write(context.Background(), path); err != nil {
		fmt.Fprintln(os.Stderr, "gennotices:", err)
		os.Exit(1)
	}
}

func write(ctx context.Context, path string) error {
	modules := map[string]string{} // name and version to folder
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, machine := range []string{"amd64", "arm64"} {
			if err := linked(ctx, modules, "GOOS="+system, "GOARCH="+machine); err != nil {
				return err
			}
		}
	}
	standard, err := goRoot(ctx)
	if err != nil {
		return err
	}
	modules["The Go standard library"] = standard
	text, err := notices(modules)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// linked adds the modules that are linked into the program for one system.
func linked(ctx context.Context, modules map[string]string, env ...string) error {
	const format = "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}"
	c := exec.CommandContext(ctx, "go", "list", "-deps", "-f", format, ".")
	c.Env = append(os.Environ(), env...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		if name, folder, found := strings.Cut(strings.TrimSpace(line), "\t"); found {
			modules[name] = folder
		}
	}
	return nil
}

func goRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	return strings.TrimSpace(string(out)), err
}

const head = `Third-party notices

scimctl contains the modules below. Their licenses and notices follow, each
once, with the modules that it is for.
Written by go run ./cmd/internal/gennotices.
`

// notices lists each text once, with the modules that have it.
func notices(modules map[string]string) ([]byte, error) {
	owners := map[string][]string{}
	for name, folder := range modules {
		texts, err := textsOf(folder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, text := range texts {
			owners[text] = append(owners[text], name)
		}
	}
	type notice struct{ names, text string }
	var all []notice
	for text, names := range owners {
		slices.Sort(names)
		all = append(all, notice{strings.Join(names, "\n"), text})
	}
	slices.SortFunc(all, func(a, b notice) int {
		return strings.Compare(a.names+"\x00"+a.text, b.names+"\x00"+b.text)
	})
	var b bytes.Buffer
	b.WriteString(head)
	for _, n := range all {
		fmt.Fprintf(&b, "\n%s\n\n%s\n\n%s\n", strings.Repeat("=", 78), n.names, n.text)
	}
	return b.Bytes(), nil
}

// textsOf are the licenses and notices in a folder. A module without a license
// is an error: it could not be given away.
func textsOf(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	legal := regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright)(\.(txt|md))?$`)
	licensed := false
	var texts []string
	for _, entry := range entries {
		if !legal.MatchString(entry.Name()) || entry.IsDir() {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		licensed = licensed || !strings.HasPrefix(strings.ToLower(entry.Name()), "notice")
		texts = append(texts, tidy(string(raw)))
	}
	if !licensed {
		return nil, errors.New("no license found in " + filepath.Base(folder))
	}
	return texts, nil
}

// tidy makes texts equal that differ only in their blanks.
func tidy(text string) string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		lines = append(lines, strings.TrimRight(line, " \t\n"))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
