package cmd

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// awkward are parts of values that tables, spreadsheets or readers of tables
// treat in a way of their own.
var awkward = []string{
	"=1", "+1", "-1", "@a", "−1", "＝1", "＋", "－", "＠x", "'", "''", `"`, `""`, ";", ",", "\t", "\n", "\r", "\r\n", "\v", "\f", " ",
	"\u00a0", "\u2003", "\u200b", "\ufeff", "\u2028", "\u0085", "-", "=HYPERLINK(\"https://example.com\")", "|", "a", "Admin", "#", "{", "sep=;",
}

// awkwardValues are n different values, the first of which are the parts.
func awkwardValues(n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	values, seen := []string{}, map[string]bool{"": true, "other": true}
	for i := 0; len(values) < n; i++ {
		value := awkward[i%len(awkward)]
		if i >= len(awkward) {
			for range 1 + random.IntN(4) {
				value += awkward[random.IntN(len(awkward))]
			}
		}
		if !seen[value] {
			seen[value] = true
			values = append(values, value)
		}
	}
	return values
}

// What user get-role writes, user set-role reads, whatever the values are, and
// no program finds a formula in between.
func TestATableOfAnyValuesComesBackWithoutAFormula(t *testing.T) {
	t.Parallel()
	for format, comma := range map[string]rune{"csv": ',', "tsv": '\t'} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { tableComesBack(t, format, comma, awkwardValues(300)) })
		})
	}
}

func tableComesBack(t *testing.T, format string, comma rune, values []string) {
	m := newMeter(t, sandbox.WithPeople(len(values)))
	client, err := graph.New(graph.Options{Transport: m.company.Transport(), Credential: auth.StaticToken("token")})
	if err != nil {
		t.Fatal(err)
	}
	if c, said := m.run("ext create workato_role"); c.exit != 0 {
		t.Fatal(said)
	}
	attribute := "extension_e680a1f31a4a5d7da1215723c0cb89e8_workato_role"
	write := func(value func(i int) string) {
		updates := func(yield func(directory.UserUpdate) bool) {
			for i := range values {
				if !yield(directory.UserUpdate{ID: userAt(i), Values: map[string]any{attribute: value(i)}}) {
					return
				}
			}
		}
		if err := directory.UpdateUsers(t.Context(), client, updates, func(answers []graph.BulkAnswer) error {
			for _, answer := range answers {
				if answer.Err != nil {
					return answer.Err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	write(func(i int) string { return values[i] })
	table := m.answer("user get-role --all -o " + format)
	noFormula(t, table, comma)
	path := filepath.Join(t.TempDir(), "roles."+format)
	if err := os.WriteFile(path, table, 0o600); err != nil {
		t.Fatal(err)
	}
	write(func(int) string { return "other" })
	if c, said := m.run("user set-role --yes --file " + path); c.exit != 0 {
		t.Fatalf("exit code %d: %s", c.exit, said)
	}
	for i, want := range values {
		user, err := directory.FindUser(t.Context(), client, userAt(i), attribute)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, user.Values[attribute]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func userAt(i int) string { return fmt.Sprintf("person%06d@contoso.com", i+1) }

// answer runs a command whose answer goes to a file, as a shell's > does.
func (m *meter) answer(line string) []byte {
	m.Helper()
	streams, _, out, said := iostreams.Test()
	if c := m.runOn(streams, line); c.exit != 0 {
		m.Fatalf("%s: exit code %d: %s", line, c.exit, said)
	}
	return bytes.Clone(out.Bytes())
}

// noFormula reads a table as programs do, those with another separator too.
func noFormula(t *testing.T, table []byte, comma rune) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(table))
	r.Comma = comma
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	ends := func(r rune) bool { return r == ';' || r == '\u2028' || r == '\u2029' || unicode.IsControl(r) }
	for _, row := range rows {
		for _, cell := range row {
			for _, part := range strings.FieldsFunc(cell, ends) {
				start := strings.TrimLeftFunc(part, func(r rune) bool { return r == '"' || unicode.In(r, unicode.Z, unicode.Cf) })
				if strings.IndexFunc(start, func(r rune) bool { return strings.ContainsRune("=+-@−＝＋－＠", r) }) == 0 {
					t.Errorf("%q is a formula in the cell %q", part, cell)
				}
			}
		}
	}
}
