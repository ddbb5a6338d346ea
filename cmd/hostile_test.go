package cmd

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph/safetext"
)

// hostile are texts that act on a terminal, a log, a spreadsheet, a runner, a
// forge or a shell. Where one begins a line, FORGED does.
var hostile = []string{
	"\x1b]0;owned\a\x1b[2J\x1b[1;31mred\x1b[0m\u009b31m\x00\x7f\b",
	"\nFORGED line\r\nFORGED too\u2028FORGED\u0085FORGED\vFORGED",
	"\u202egnp.exe\u2066\u2069\u200b\u200f\u061c\ufeff\U000e0041\u3164",
	"\n##vso[task.setvariable variable=a]b\n::set-env name=a::b\r  ::error::x\n##[add-mask]x ##vso[build.done]",
	"=cmd|' /C calc'!A1\t@SUM(1)", "@x", "-1+1", "+1", "\t=1", "＝1", "'=1",
	"$(touch x)`touch y`'; touch z; \"$HOME\" & |",
	"`[a](https://example.com)` \\[b](https://example.com) ![c](d) <img src=x> @octocat #1 | ``` &lt;b&gt;\n\n# FORGED\n",
	": - # {a: b} 'c' \"d\" !!x *y &z ${A} %YAML\n---\nFORGED: true",
}

// identifying are members that commands have to find again: ids, names that are
// asked for, addresses and the words of protocols.
var identifying = regexp.MustCompile(`(?i)^(@.*|.*id|value|userPrincipalName|mail|.*url|.*uri|.*link|location|` +
	`servicePrincipalNames|code|state|status|type|.*type|key|interval|expiration|.*DateTime|time.*|template.*|appRoles|schemas|op|path|method)$`)

// A forger rewrites what a server answers.
type forger struct {
	http.RoundTripper
	seed string
	all  bool // identifying members too
}

func (f forger) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := f.RoundTripper.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	raw, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var document any
	if d.Decode(&document) == nil {
		raw, err = json.Marshal(f.forge("", document))
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	answer.Header.Set("Content-Length", fmt.Sprint(len(raw)))
	return answer, err
}

func (f forger) forge(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for member, value := range v {
			v[member] = f.forge(member, value)
		}
	case []any:
		for i := range v {
			v[i] = f.forge(name, v[i])
		}
	case string:
		return f.text(name, v)
	}
	return v
}

func (f forger) text(name, was string) string {
	if strings.HasPrefix(name, "@odata.") || !f.all && (identifying.MatchString(name) || was == "Workato") {
		return was
	}
	sum := fnv.New32a()
	_, _ = io.WriteString(sum, f.seed+"\x00"+name+"\x00"+was)
	n := int(sum.Sum32() >> 1)
	switch with := hostile[n%len(hostile)]; n / len(hostile) % 4 {
	case 0:
		return was
	case 1:
		return was + with
	default:
		return with + was
	}
}

// A surrounding is what a command writes to, and in what form.
type surrounding struct {
	flags    string
	colored  bool
	terminal bool
	runner   string // the variable that tells of it
}

func (s surrounding) String() string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s colored=%t terminal=%t %s", s.flags, s.colored, s.terminal, s.runner)), " ")
}

func surroundings() (all []surrounding) {
	for i, flags := range []string{"", "-o json", "-o yaml", "-o csv", "-o tsv", "--jq ..|strings", "--debug", "--verbose", "-o markdown"} {
		all = append(all,
			surrounding{flags: flags, runner: []string{"TF_BUILD", "GITHUB_ACTIONS"}[i%2]},
			surrounding{flags: flags, colored: true, terminal: i%2 == 0},
			surrounding{flags: flags, terminal: true})
	}
	return all
}

// hostileSteps are commands with the tenants that they find.
func hostileSteps(t *testing.T) (all []step) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		for line := range strings.Lines(strings.TrimSpace(costs)) {
			var want, requests, writes, rounds int
			if _, err := fmt.Sscan(line, &want, &requests, &writes, &rounds); err != nil {
				t.Fatal(err)
			}
			line = strings.SplitN(strings.TrimSpace(line), "  ", 2)[1]
			m.aMinuteLater()
			now := time.Now()
			state, err := m.company.State()
			if err != nil {
				t.Fatal(err)
			}
			m.run(line)
			if requests > 0 {
				all = append(all, step{line: line, state: state, at: now})
			}
		}
	})
	return all
}

// Whatever a server answers, nothing of it acts on what a command writes to.
func TestTextFromAServerIsDataInEveryOutput(t *testing.T) {
	t.Parallel()
	collectRarely(t)
	for i, s := range hostileSteps(t) {
		t.Run(s.line, func(t *testing.T) {
			t.Parallel()
			for j, around := range surroundings() {
				for k := range 2 {
					if os.Getenv(everyFault) != "all" && (i+j+k)%7 != 0 {
						continue
					}
					synctest.Test(t, func(t *testing.T) { s.attacked(t, around, k == 1) })
				}
			}
		})
	}
}

func (s step) attacked(t *testing.T, around surrounding, all bool) {
	m := s.tenant(t)
	defer func() { _ = m.company.Close() }()
	streams, in, out, said := iostreams.Test()
	in.WriteString(scimToken + "\ny\n")
	streams.Pretend(false, around.terminal, around.terminal)
	if around.colored {
		streams.PretendColor()
	}
	getenv := getenvIn(m.folder)
	a := newApp(streams, func(name string) string {
		if name == around.runner {
			return "true"
		}
		return getenv(name)
	})
	var through http.RoundTripper = forger{m.company.Transport(), s.line + around.flags, all}
	a.Tenant = func(context.Context) (http.RoundTripper, error) { return through, nil }
	defer func() { a.Tenant, through = nil, nil }()
	line := strings.ReplaceAll(s.line, "WORKATO:", "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:")
	args := append(strings.Fields(line), strings.Fields(around.flags)...)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "~", " ")
	}
	a.Run(t.Context(), args)
	around.check(t, "standard output", out.String(), around.format())
	around.check(t, "standard error", said.String(), "")
	if t.Failed() {
		t.Fatalf("scimctl %s (%s)", line, around)
	}
}

// format is what standard output is written in: "" is text for people.
func (s surrounding) format() string {
	if _, format, ok := strings.Cut(s.flags, "-o "); ok {
		return format
	}
	if strings.HasPrefix(s.flags, "--jq") {
		return "jq"
	}
	return ""
}

var ourStyles = regexp.MustCompile(`\x1b\[(?:0|1|2|31|32|33)m|\r\x1b\[K`)

// check looks at one output as what reads it does.
func (s surrounding) check(t *testing.T, where, written, format string) {
	t.Helper()
	raw := (format == "csv" || format == "tsv" || format == "jq") && !s.terminal
	if s.colored || s.terminal {
		written = ourStyles.ReplaceAllString(written, "")
	}
	for line := range strings.Lines(written) {
		line = strings.TrimSuffix(line, "\n")
		start := strings.TrimLeft(line, " \t\"|>-#")
		if !raw && strings.ContainsFunc(line, func(r rune) bool { return safetext.Hidden(r) && r != '\t' }) {
			t.Errorf("%s has something hidden: %q", where, line)
		}
		if !isData(format) && strings.HasPrefix(start, "FORGED") {
			t.Errorf("%s has a line of the server: %q", where, line)
		}
	}
	if s.runner != "" {
		notObeyed(t, where, written)
	}
	s.checkFormat(t, written, format)
}

// isData reports whether a format has its own rules for where a value ends.
func isData(format string) bool { return format != "" && format != "json" && format != "markdown" }

// notObeyed wants no command of a runner in a log.
func notObeyed(t *testing.T, where, written string) {
	t.Helper()
	for _, line := range regexp.MustCompile(`[\r\n]`).Split(written, -1) {
		if strings.Contains(line, "##[") || strings.Contains(line, "##vso[") || strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("%s has a command for a runner: %q", where, line)
		}
	}
}

func (s surrounding) checkFormat(t *testing.T, written, format string) {
	t.Helper()
	switch format {
	case "json":
		for d := json.NewDecoder(strings.NewReader(written)); ; {
			var v any
			if err := d.Decode(&v); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Errorf("no JSON: %v\n%s", err, written)
				return
			}
		}
	case "yaml":
		for d := yaml.NewDecoder(strings.NewReader(written)); ; {
			var v any
			if err := d.Decode(&v); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Errorf("no YAML: %v\n%s", err, written)
				return
			}
			if document, ok := v.(map[string]any); ok && document["FORGED"] != nil {
				t.Errorf("the server has written a member of its own:\n%s", written)
			}
		}
	case "csv", "tsv":
		s.checkCells(t, written, format)
	case "markdown":
		plainMarkdown(t, written)
	}
}

func (s surrounding) checkCells(t *testing.T, written, format string) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(written))
	r.FieldsPerRecord = -1
	if format == "tsv" {
		r.Comma = '\t'
	}
	rows, err := r.ReadAll()
	if err != nil {
		t.Errorf("no %s: %v\n%s", format, err, written)
	}
	for _, row := range rows {
		for _, cell := range row {
			if start := strings.TrimLeft(cell, " \""); start != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(start)[0]) {
				t.Errorf("a cell is a formula: %q", cell)
			}
		}
	}
}

// plainMarkdown wants nothing in a document that scimctl does not write itself.
func plainMarkdown(t *testing.T, written string) {
	t.Helper()
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader([]byte(written)))
	_ = ast.Walk(root, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindLink, ast.KindImage, ast.KindAutoLink, ast.KindHTMLBlock, ast.KindBlockquote, ast.KindFencedCodeBlock:
			t.Errorf("Markdown has a %s:\n%s", n.Kind(), written)
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
}
