package bulk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// damages are what can happen to the lines of a log.
func damages(text []byte) map[string][]byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	lines = lines[:len(lines)-1] // what follows the last line is empty
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	last := len(lines) - 1
	swapped := append([][]byte{lines[1], lines[0]}, lines[2:]...)
	return map[string][]byte{
		"without its last line":  join(lines[:last]...),
		"without its first line": join(lines[1:]...),
		"empty":                  nil,
		"cut in its last line":   text[:len(text)-5],
		"with lines swapped":     join(swapped...),
		"with a line twice":      join(append([][]byte{lines[0]}, lines...)...),
		"with another value":     bytes.Replace(text, []byte(`"row":1`), []byte(`"row":2`), 1),
		"without checksums":      regexp.MustCompile(`,"crc":"[0-9a-f]{8}"`).ReplaceAll(text, nil),
	}
}

func TestARunWithADamagedLogIsNotUndone(t *testing.T) {
	inCompany(t, func(c *company) {
		sum, err := c.from("r.csv", crowdTable(100, "Admin")).Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		roles := c.roles()
		for _, name := range []string{"plan.jsonl", "journal.jsonl"} {
			path := filepath.Join(c.runs.Folder(sum.Run), name)
			whole, err := os.ReadFile(path)
			if err != nil {
				c.Fatal(err)
			}
			for how, text := range damages(whole) {
				if bytes.Equal(text, whole) {
					continue // a journal has no such line
				}
				if err := os.WriteFile(path, text, 0o600); err != nil {
					c.Fatal(err)
				}
				_, err = bulk.Undo{Graph: c.graph, Run: sum.Run, Runs: c.runs}.Do(c.Context())
				damaged, ok := errors.AsType[*sealed.DamagedError](err)
				if !ok || damaged.Path != path || damaged.Place == "" {
					c.Errorf("%s %s: %v", name, how, err)
				}
				if run, err := c.runs.Get(sum.Run); err != nil || run.Undone != "" {
					c.Errorf("%s %s: undone by %q, %v", name, how, run.Undone, err)
				}
			}
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				c.Fatal(err)
			}
		}
		if diff := cmp.Diff(roles, c.roles()); diff != "" {
			c.Errorf("(-before +after):\n%s", diff)
		}
		undone, err := bulk.Undo{Graph: c.graph, Run: sum.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || undone.Changed != 100 {
			c.Errorf("the whole run: %v, %d put back", err, undone.Changed)
		}
	}, sandbox.WithPeople(100))
}

func TestARunDoesNotContinueFromADamagedInput(t *testing.T) {
	inCompany(t, func(c *company) {
		set := c.from("r.csv", crowdTable(400, "Admin"))
		cutGraph, ctx := c.cutAt(6)
		set.Graph = cutGraph
		first, err := set.Do(ctx)
		if err == nil || first.Run == "" {
			c.Fatalf("it was not cut short: %v", err)
		}
		roles := c.roles()
		path := filepath.Join(c.runs.Folder(first.Run), "input")
		whole, err := os.ReadFile(path)
		if err != nil {
			c.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.ReplaceAll(whole, []byte("Admin"), []byte("Bdmin")), 0o600); err != nil {
			c.Fatal(err)
		}
		_, err = bulk.Resume{Graph: c.graph, Run: first.Run, Runs: c.runs}.Do(c.Context())
		if damaged, ok := errors.AsType[*sealed.DamagedError](err); !ok || damaged.Path != path {
			c.Errorf("got %v", err)
		}
		if diff := cmp.Diff(roles, c.roles()); diff != "" {
			c.Errorf("(-before +after):\n%s", diff)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			c.Fatal(err)
		}
		last, err := bulk.Resume{Graph: c.graph, Run: first.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || last.Changed != 400 {
			c.Errorf("the whole input: %v, %d changed", err, last.Changed)
		}
	}, sandbox.WithPeople(400))
}

// unseal makes a run what an earlier release would have written.
func unseal(t *testing.T, folder string) {
	t.Helper()
	for _, name := range []string{"plan.jsonl", "journal.jsonl"} {
		rewrite(t, filepath.Join(folder, name), func(text string) string {
			return regexp.MustCompile(`,"crc":"[0-9a-f]{8}"`).ReplaceAllString(text, "")
		})
	}
	rewrite(t, filepath.Join(folder, "run.json"), func(text string) string {
		text = strings.Replace(text, "scimctl/v2", "scimctl/v1", 1)
		return regexp.MustCompile(`(?m)^  "(checksum|planLines|journalLines|inputChecksum)": .*\n`).ReplaceAllString(text, "")
	})
	rewrite(t, filepath.Join(folder, "run.json"), func(text string) string {
		return regexp.MustCompile(`,\n}\n$`).ReplaceAllString(text, "\n}\n")
	})
}

func rewrite(t *testing.T, path string, change func(string) string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(change(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestARunOfAnEarlierReleaseContinuesAndIsUndone(t *testing.T) {
	inCompany(t, func(c *company) {
		set := c.from("r.csv", crowdTable(400, "Admin"))
		cutGraph, ctx := c.cutAt(6)
		set.Graph = cutGraph
		first, err := set.Do(ctx)
		if err == nil || first.Changed == 0 {
			c.Fatalf("it was not cut short: %v", err)
		}
		unseal(c.T, c.runs.Folder(first.Run))
		last, err := bulk.Resume{Graph: c.graph, Run: first.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || last.Changed != 400 {
			c.Fatalf("%v, %d changed", err, last.Changed)
		}
		unseal(c.T, c.runs.Folder(first.Run))
		undone, err := bulk.Undo{Graph: c.graph, Run: first.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || undone.Changed != 400 {
			c.Fatalf("%v, %d put back", err, undone.Changed)
		}
		run, err := c.runs.Get(first.Run)
		if err != nil || run.Undone != undone.Run || run.APIVersion != "scimctl/v2" {
			c.Errorf("%+v, %v", run, err)
		}
	}, sandbox.WithPeople(400))
}

// The count was added later; what the journal confirms was always planned.
func TestAJournalThatConfirmsMoreThanThePlanHoldsIsDamage(t *testing.T) {
	inCompany(t, func(c *company) {
		sum, err := c.from("r.csv", crowdTable(100, "Admin")).Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		folder := c.runs.Folder(sum.Run)
		unseal(c.T, folder)
		rewrite(c.T, filepath.Join(folder, "plan.jsonl"), func(text string) string {
			return text[:strings.LastIndex(text[:len(text)-1], "\n")+1]
		})
		_, err = bulk.Undo{Graph: c.graph, Run: sum.Run, Runs: c.runs}.Do(c.Context())
		if _, ok := errors.AsType[*bulk.RunError](err); !ok || len(c.roles()) != 100 {
			c.Errorf("%v, %d users have a role", err, len(c.roles()))
		}
	}, sandbox.WithPeople(100))
}

func TestALockThatIsASymbolicLinkIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a symbolic link needs a privilege there")
	}
	inCompany(t, func(c *company) {
		target := filepath.Join(c.TempDir(), "precious")
		if err := errors.Join(os.WriteFile(target, []byte("precious"), 0o600), os.MkdirAll(c.runs.Dir, 0o700)); err != nil {
			c.Fatal(err)
		}
		set := c.from("r.csv", "user,role\nada@contoso.com,Admin\n")
		apps, err := applications.Find(c.Context(), c.graph, "Workato")
		if err == nil {
			err = os.Symlink(target, filepath.Join(c.runs.Dir, "lock-"+apps.AppID))
		}
		if err != nil {
			c.Fatal(err)
		}
		_, err = set.Do(c.Context())
		if planted, ok := errors.AsType[*private.FileError](err); !ok || !strings.Contains(planted.Path, "lock-") {
			c.Errorf("got %v", err)
		}
		if text, err := os.ReadFile(target); err != nil || string(text) != "precious" || len(c.roles()) != 0 {
			c.Errorf("the target became %q, %v", text, err)
		}
	})
}

func TestTheHeadOfARunSaysHowLongItsLogsAre(t *testing.T) {
	inCompany(t, func(c *company) {
		sum, err := c.from("r.csv", crowdTable(100, "Admin")).Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		var head struct{ PlanLines, JournalLines int }
		text, err := os.ReadFile(filepath.Join(c.runs.Folder(sum.Run), "run.json"))
		if err == nil {
			err = json.Unmarshal(text, &head)
		}
		if err != nil || head.PlanLines != 100 || head.JournalLines != 5 {
			c.Errorf("%+v, %v", head, err)
		}
	}, sandbox.WithPeople(100))
}
