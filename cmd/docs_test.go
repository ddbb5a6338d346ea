package cmd

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	diffs "github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

const docsFolder = "../docs"

// dayOfThePages is when their commands run.
var dayOfThePages = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

// TestDocsShowWhatCommandsPrint runs what the pages show in ```console blocks:
// lines after "$ " are commands, what follows is what they print on both
// streams. The commands of a page run one after the other, with a home and a
// sandbox of their own, on the same day in a time that passes only while they
// wait; "$ export NAME=VALUE" and "$ export NAME=$(scimctl …)" hold for the rest
// of the page. A block ```csv NAME is a file of that name. A line … stands for
// any number of lines. UPDATE=1 writes down what was printed where that
// differs.
func TestDocsShowWhatCommandsPrint(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(docsFolder, "*.md"))
	guides, errGuides := filepath.Glob(filepath.Join(docsFolder, "guides", "*.md"))
	pages = append(pages, guides...)
	if err := errors.Join(err, errGuides); err != nil || len(pages) == 0 {
		t.Fatal(len(pages), err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		shown := shownCommands(t, string(text))
		if len(shown) == 0 {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				<-time.After(time.Until(dayOfThePages))
				r := newReader(t)
				r.keepFiles(t, string(text))
				rest, updated := string(text), ""
				for _, s := range shown {
					head := "$ " + s.written + "\n"
					before, after, _ := strings.Cut(rest, head+s.output)
					updated, rest = updated+before+head+r.try(t, s), after
				}
				if os.Getenv("UPDATE") != "" {
					if err := os.WriteFile(page, []byte(updated+rest), 0o644); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

// A shownCommand is a command of a page, and what it shows below.
type shownCommand struct{ written, line, output string }

func shownCommands(t *testing.T, page string) []shownCommand {
	t.Helper()
	var shown []shownCommand
	block := regexp.MustCompile("(?ms)^```console\n(.*?)^```$")
	for _, match := range block.FindAllStringSubmatch(strings.ReplaceAll(page, "\r\n", "\n"), -1) {
		if !strings.HasPrefix(match[1], "$ ") {
			t.Errorf("a block does not begin with a command: %s", match[1])
			continue
		}
		for _, part := range strings.Split("\n"+match[1], "\n$ ")[1:] {
			const goesOn = "\x00"
			written, output, _ := strings.Cut(strings.ReplaceAll(part, "\\\n", goesOn), "\n")
			if output != "" && !strings.HasSuffix(output, "\n") {
				output += "\n"
			}
			shown = append(shown, shownCommand{
				written: strings.ReplaceAll(written, goesOn, "\\\n"), line: strings.ReplaceAll(written, goesOn, " "), output: output,
			})
		}
	}
	return shown
}

// A reader of a page tries its commands.
type reader struct {
	env   map[string]string
	files map[string]string // where a file of the page really is
	runs  map[string]string // ids of bulk runs by how the page shows them
}

// newReader has a home of its own.
func newReader(t *testing.T) reader {
	t.Helper()
	home := t.TempDir()
	r := reader{files: map[string]string{}, runs: map[string]string{}, env: map[string]string{"HOME": home, "XDG_CONFIG_HOME": home, "AppData": home, "SCIMCTL_STATE_DIR": filepath.Join(home, "state")}}
	return r
}

// keepFiles writes the files that a page shows.
func (r reader) keepFiles(t *testing.T, page string) {
	t.Helper()
	block := regexp.MustCompile("(?ms)^```csv (\\S+)\n(.*?)^```$")
	for _, match := range block.FindAllStringSubmatch(strings.ReplaceAll(page, "\r\n", "\n"), -1) {
		path := filepath.Join(r.env["HOME"], match[1])
		if err := os.WriteFile(path, []byte(match[2]), 0o600); err != nil {
			t.Fatal(err)
		}
		r.files[match[1]] = path
	}
}

// runID is the id of a bulk run, which ends by chance.
var runID = regexp.MustCompile(`(\d{8}-\d{6})-[a-z2-7]{4}\b`)

// shown gives the ids of bulk runs numbers.
func (r reader) shown(printed string) string {
	return runID.ReplaceAllStringFunc(printed, func(id string) string {
		for number, known := range r.runs {
			if known == id {
				return number
			}
		}
		number := fmt.Sprintf("%s-run%d", id[:15], len(r.runs)+1)
		r.runs[number] = id
		return number
	})
}

func (r reader) run(t *testing.T, args []string) (printed string, code int) {
	t.Helper()
	for i, arg := range args {
		args[i] = cmp.Or(r.files[arg], r.runs[arg], arg)
	}
	io, _, out, _ := iostreams.Test()
	io.Err = io.Out // as on a terminal
	a := newApp(io, func(name string) string { return r.env[name] })
	defer a.Close()
	code = a.Run(t.Context(), args)
	printed = strings.TrimPrefix(out.String(), "SANDBOX\n") // every command of the sandbox says so
	printed = strings.ReplaceAll(printed, r.env["SCIMCTL_STATE_DIR"], "~/.local/state/scimctl")
	printed = strings.ReplaceAll(r.shown(printed), r.env["HOME"]+string(filepath.Separator), "")
	return copyID.ReplaceAllString(printed, "${1}00-k3xw"), code
}

// copyID is the id of a kept schema: the time, and what is another one in each
// sandbox.
var copyID = regexp.MustCompile(`(\d{8}T\d{4})\d\d-[a-z2-7]{4}\b`)

// try runs a command, and returns what the page should show of it.
func (r reader) try(t *testing.T, s shownCommand) string {
	t.Helper()
	if given := captured.FindStringSubmatch(s.line); given != nil {
		r.env[given[1]] = r.capture(t, given[2])
		return s.output
	}
	words, err := shellWords(s.line)
	switch {
	case err == nil && len(words) > 1 && words[0] == "export":
		for _, word := range words[1:] {
			name, value, _ := strings.Cut(word, "=")
			r.env[name] = value
		}
		return s.output
	case err == nil && len(words) == 6 && strings.HasPrefix(s.line, "az rest --method "):
		r.azureCLI(t, words[3], words[5])
		return s.output
	case err != nil || len(words) == 0 || words[0] != "scimctl":
		t.Errorf("%s is no command of scimctl: %v", s.line, err)
		return s.output
	}
	got, code := r.run(t, words[1:])
	if failed := strings.Contains("\n"+got, "\nscimctl: "); failed != (code != 0) && code != int(exit.Differs) {
		t.Errorf("%s: exit code %d", s.line, code)
	}
	if matches(s.output, got) {
		return s.output
	}
	if os.Getenv("UPDATE") == "" {
		t.Errorf("%s (-shown +printed):\n%s", s.line, diffs.Diff(s.output, got))
	}
	return got
}

// captured is a line that puts what a command prints into a variable.
var captured = regexp.MustCompile(`^export (\w+)="\$\(scimctl (.*)\)"$`)

// capture runs a command for its data alone.
func (r reader) capture(t *testing.T, line string) string {
	t.Helper()
	words, err := shellWords(line)
	printed, code := r.run(t, words)
	if err != nil || code != 0 {
		t.Errorf("%s: %v, exit code %d", line, err, code)
	}
	return strings.TrimSpace(printed)
}

// azureCLI does what az rest does: for what scimctl has no command.
func (r reader) azureCLI(t *testing.T, method, url string) {
	t.Helper()
	tenant, err := sandbox.Open(filepath.Join(r.env["SCIMCTL_STATE_DIR"], "sandbox", "state.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tenant.Close() }() // its state is saved with every request
	request, err := http.NewRequestWithContext(t.Context(), strings.ToUpper(method), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer any")
	answer, err := tenant.Transport().RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	if _ = answer.Body.Close(); answer.StatusCode != http.StatusNoContent {
		t.Errorf("%s %s: %s", method, url, answer.Status)
	}
}

// matches compares line by line; … stands for any lines.
func matches(want, got string) bool {
	if !strings.Contains("\n"+want, "\n…\n") {
		return want == got
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta("\n"+want), "\n…", `(\n.*)*?`)
	return regexp.MustCompile(`\A` + pattern + `\z`).MatchString("\n" + got)
}

// shellWords cuts a line as sh and PowerShell both do: what stands in quotes is
// one word.
func shellWords(line string) ([]string, error) {
	var words []string
	var word bytes.Buffer
	var quote rune
	begun := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ' && (begun || word.Len() > 0):
			words = append(words, word.String())
			word.Reset()
			begun = false
		case r == ' ':
		case strings.ContainsRune(`|<>;&$\`+"`", r):
			return nil, fmt.Errorf("%c is for a shell", r)
		default:
			word.WriteRune(r)
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("%c is not closed", quote)
	}
	if begun || word.Len() > 0 {
		words = append(words, word.String())
	}
	return words, nil
}

func TestDocsListEveryFunction(t *testing.T) {
	t.Parallel()
	path := filepath.Join(docsFolder, "expressions.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(text), "\r\n", "\n")
	begin, rest, found := strings.Cut(page, "<!-- functions:")
	comment, rest, ended := strings.Cut(rest, "-->\n")
	_, after, closed := strings.Cut(rest, "<!-- end of functions -->")
	if !found || !ended || !closed {
		t.Fatalf("%s has no place for the functions", path)
	}
	golden(t, path, begin+"<!-- functions:"+comment+"-->\n"+functionTable()+"<!-- end of functions -->"+after, os.Getenv("UPDATE") != "")
}

func functionTable() string {
	var b strings.Builder
	fmt.Fprint(&b, "\n| function | what it yields |\n|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;")
	for _, f := range expression.Catalogue() {
		fmt.Fprintf(&b, "| [`%s`](%s) | %s |\n", f.Signature, f.Page, cell.Replace(f.Meaning))
	}
	return b.String() + "\n"
}

func TestALineIsCutAsAShellCutsIt(t *testing.T) {
	t.Parallel()
	got, err := shellWords(`scimctl  mapping eval 'Join(" ", [a])' --set a="b c" ''`)
	if diff := diffs.Diff([]string{"scimctl", "mapping", "eval", `Join(" ", [a])`, "--set", "a=b c", ""}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, line := range []string{`scimctl 'a`, `scimctl a | b`, `scimctl $x`} {
		if _, err := shellWords(line); err == nil {
			t.Errorf("%s is cut", line)
		}
	}
	if !matches("a\n…\nd\n", "a\nb\nc\nd\n") || !matches("…\nd\n", "d\n") || matches("a\n…\nd\n", "a\nb\nc\n") || matches("a\n", "a\nb\n") {
		t.Error("lines are not compared as they should be")
	}
}

// TestTheReadmeShowsCommandsThatExist parses each command with its flags.
func TestTheReadmeShowsCommandsThatExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(strings.ReplaceAll(string(text), "\r\n", "\n"), -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, " #")
			for part := range strings.SplitSeq(line, " | ") {
				part = strings.TrimSpace(strings.FieldsFunc(part, func(r rune) bool { return r == '<' || r == '>' })[0])
				words, err := shellWords(part)
				if err != nil || words[0] != "scimctl" {
					continue
				}
				count++
				if printed, code := newReader(t).run(t, append(words[1:], "--help")); code != 0 {
					t.Errorf("%s: exit code %d: %s", part, code, printed)
				}
			}
		}
	}
	if count < 20 {
		t.Errorf("the README shows %d commands", count)
	}
}
