package bulk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A machine that lost its power may leave a run that cannot be read. It is in
// nobody's way.
func TestADamagedRunBlocksNoOther(t *testing.T) {
	inCompany(t, func(c *company) {
		good, err := c.from("r.csv", "user,role\nada@contoso.com,Admin\n").Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		<-time.After(time.Second)
		bad, err := c.from("r.csv", "user,role\ngrace@contoso.com,Admin\n").Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		folder := c.runs.Folder(bad.Run)
		if err := os.WriteFile(filepath.Join(folder, "run.json"), []byte(`{"id":`), 0o600); err != nil {
			c.Fatal(err)
		}
		list, err := c.runs.List()
		if err != nil || len(list) != 2 || list[0].ID != bad.Run || list[0].Status != bulk.Damaged || !strings.Contains(list[0].Problem, folder) {
			c.Errorf("%v: %+v", err, list)
		}
		if _, err := c.from("r.csv", "user,role\nhedy@contoso.com,Admin\n").Do(c.Context()); err != nil {
			c.Error(err)
		}
		if _, err := (bulk.Undo{Graph: c.graph, Run: good.Run, Runs: c.runs}).Do(c.Context()); err != nil {
			c.Error(err)
		}
		_, err = bulk.Undo{Graph: c.graph, Run: bad.Run, Runs: c.runs}.Do(c.Context())
		if damaged, ok := errors.AsType[*bulk.RunError](err); !ok || damaged.Run != bad.Run || !strings.Contains(err.Error(), folder) {
			c.Error(err)
		}
	})
}

// What Graph confirmed is in the journal at once, and what is told of a run
// comes from there, however it ended.
func TestWhatAnUnfinishedRunHasChangedIsCounted(t *testing.T) {
	inCompany(t, func(c *company) {
		set := c.from("r.csv", crowdTable(400, "Admin")+"nobody@contoso.com,Admin\n")
		ctx, cancel := context.WithCancel(c.Context())
		var under []bulk.Run
		var left []byte
		head := func() string { return filepath.Join(c.runs.Folder(under[0].ID), "run.json") }
		set.Graph = c.client(graph.Options{Transport: cutting{c.tenant.Transport(), 12, func() {
			under, _ = c.runs.List()
			left, _ = os.ReadFile(head())
			cancel()
		}, new(atomic.Int64)}})
		sum, err := set.Do(ctx)
		if len(under) != 1 || under[0].Status != bulk.Running || under[0].Changed == 0 || under[0].Changed > sum.Changed || under[0].Failed != 1 {
			c.Fatalf("under way: %v %+v", err, under)
		}
		for how, text := range map[string][]byte{"interrupted": nil, "killed": left} {
			if text != nil {
				if err := os.WriteFile(head(), text, 0o600); err != nil {
					c.Fatal(err)
				}
			}
			run, err := c.runs.Get(under[0].ID)
			if err != nil || run.Status != bulk.Unfinished || run.Changed != sum.Changed || run.Failed != 1 {
				c.Errorf("%s: %v %+v", how, err, run)
			}
		}
	}, sandbox.WithPeople(400))
}
