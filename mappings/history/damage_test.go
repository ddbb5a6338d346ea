package history_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// restoring tries to bring the newest copy back.
func restoring(c *schematest.Company, id string) (mappings.Result, error) {
	update := c.Update(c.Graph, nil)
	update.Plan = mappings.Restore{History: c.History, ID: id}.Plan
	return update.Do(c.Context())
}

func TestADamagedCopyIsNeverRestored(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		result, err := c.Update(c.Graph, mappings.SetEnabled(schema.Group, false)).Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		whole, err := os.ReadFile(result.CopyPath)
		if err != nil {
			c.Fatal(err)
		}
		later, err := io.ReadAll(sealed.Kind{Version: "scimctl/v9", Name: "SchemaCopy"}.Seal([]byte(`{"schema":{}}`)))
		if err != nil {
			c.Fatal(err)
		}
		before := c.Schema().Bytes()
		for how, text := range map[string][]byte{
			"a flipped byte in a member's name": bytes.Replace(whole, []byte(`"flowType"`), []byte(`"flowTyqe"`), 1),
			"a flipped byte in the header":      bytes.Replace(whole, []byte(`"job"`), []byte(`"jof"`), 1),
			"a later version":                   later,
			"the version of an earlier release": bytes.Replace(whole, []byte("scimctl/v2"), []byte("scimctl/v1"), 1),
			"no checksum":                       regexp.MustCompile(`"checksum":"[^"]*",`).ReplaceAll(whole, nil),
			"cut off":                           whole[:len(whole)/2],
			"empty":                             nil,
		} {
			if bytes.Equal(text, whole) {
				c.Fatalf("%s: nothing was damaged", how)
			}
			if err := os.WriteFile(result.CopyPath, text, 0o600); err != nil {
				c.Fatal(err)
			}
			for _, id := range []string{result.CopyID, result.CopyID[:12], history.Latest} {
				_, err := restoring(c, id)
				if e, ok := errors.AsType[*sealed.DamagedError](err); !ok || e.Path != result.CopyPath {
					c.Errorf("%s, %s: %v", how, id, err)
				}
			}
			if _, err := history.Document(result.CopyPath, text); err == nil && len(text) > len(whole)/2 {
				c.Errorf("%s: it is a document", how)
			}
			if !bytes.Equal(before, c.Schema().Bytes()) {
				c.Fatalf("%s: it was written to the tenant", how)
			}
		}
	})
}

func TestACopyOfAnEarlierReleaseIsRestoredWithAWord(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		before := c.Schema()
		result, err := c.Update(c.Graph, mappings.SetEnabled(schema.Group, false)).Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		whole, err := os.ReadFile(result.CopyPath)
		if err != nil {
			c.Fatal(err)
		}
		old := regexp.MustCompile(`"(headChecksum|checksum)":"[^"]*",`).ReplaceAll(whole, nil)
		old = regexp.MustCompile(`,"headChecksum":"[^"]*"`).ReplaceAll(old, nil)
		old = bytes.Replace(old, []byte("scimctl/v2"), []byte("scimctl/v1"), 1)
		if err := os.WriteFile(result.CopyPath, old, 0o600); err != nil {
			c.Fatal(err)
		}
		result, err = restoring(c, result.CopyID)
		if err != nil || !strings.Contains(strings.Join(result.Warnings, "\n"), "checksum") {
			c.Errorf("%v, %v", err, result.Warnings)
		}
		if changes := diff.Diff(before, c.Schema()); len(changes) > 0 {
			c.Errorf("it is not what it was: %v", changes)
		}
	})
}

func TestTheNewestHundredCopiesOfAJobAndNinetyDaysAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := history.History{Dir: dir}
		keep := func(app, job string, n int, every time.Duration) {
			for range n {
				c, err := h.Keep(applications.App{Name: app, AppID: app}, job, "test", []byte(`{}`))
				if err == nil {
					err = h.Written(c, "request")
				}
				if err != nil {
					t.Fatal(err)
				}
				<-time.After(every) // of the bubble's clock
			}
		}
		count := func(app, job string) int {
			list, damaged, err := history.Past{History: h, App: app, Job: job}.Do()
			if err != nil || damaged != nil {
				t.Error(err, damaged)
			}
			return len(list)
		}
		keep("Workgrid", "job", 3, time.Minute)
		keep("Workato", "job", 130, time.Minute)
		if got := count("Workato", "job"); got != 130 {
			t.Errorf("within 90 days: %d", got)
		}
		<-time.After(91 * 24 * time.Hour)
		keep("Workato", "job", 1, time.Minute)
		if got := count("Workato", "job"); got != 100 {
			t.Errorf("after 90 days: %d", got)
		}
		if got := count("Workgrid", "job"); got != 3 {
			t.Errorf("another job: %d", got)
		}
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 2*103 {
			t.Errorf("%d files, %v", len(files), err)
		}
	})
}

func TestNotingARequestLeavesTheCopyAlone(t *testing.T) {
	t.Parallel()
	h := history.History{Dir: t.TempDir()}
	c, err := h.Keep(applications.App{Name: "Contoso"}, "job", "test", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(c.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Written(c, "request"); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(c.Path); err != nil || !os.SameFile(before, after) {
		t.Errorf("it was written again: %v", err)
	}
	note := strings.TrimSuffix(c.Path, ".json") + ".request"
	if err := os.WriteFile(note, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, damaged, err := history.Past{History: h}.Do()
	if err != nil || len(list) != 1 || len(damaged) != 1 || !strings.Contains(damaged[0].Error(), note) {
		t.Errorf("%v, %v, %v", list, damaged, err)
	}
	if _, _, err := h.Read(c.ID); err != nil {
		t.Errorf("the copy itself: %v", err)
	}
}

func TestTheLatestCopyIsNotAnOlderOne(t *testing.T) {
	t.Parallel()
	h := history.History{Dir: t.TempDir()}
	app := applications.App{Name: "Contoso", AppID: "1"}
	kept := []history.Copy{}
	for n := range 3 {
		c, err := h.Keep(app, "job", "test", fmt.Appendf(nil, `{"n":%d}`, n))
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, c)
	}
	newest, _, err := h.ReadFor(app, "job", history.Latest)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(newest.Path)
	if err == nil {
		err = os.WriteFile(newest.Path, bytes.Replace(whole, []byte(`"job":"job"`), []byte(`"job":"jab"`), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.ReadFor(app, "job", history.Latest)
	if e, ok := errors.AsType[*sealed.DamagedError](err); !ok || e.Path != newest.Path {
		t.Errorf("of %v: %v", kept, err)
	}
}
