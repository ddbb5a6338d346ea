package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// Ten thousand rows take five hundred batches and the cheapest way to read: of
// everybody when they are most of the tenant, else of those who are named.
func TestARunAsksNoMoreThanItHasTo(t *testing.T) {
	inCompany(t, func(c *company) {
		run := func(n int, role string) (bulk.Summary, int, int, int) {
			c.asked()
			sum, err := c.from("r.csv", crowdTable(n, role)).Do(c.Context())
			if err != nil {
				c.Fatal(err)
			}
			reads, batches, writes := c.asked()
			return sum, reads, batches, writes
		}
		sum, reads, batches, writes := run(10000, "Admin")
		c.Logf("10,000 rows of which all change: %d reads, %d batches", reads, batches)
		// the application, its properties, how many users, eleven pages of them, and a sample of what was written
		if sum.Changed != 10000 || sum.Verified != 300 || reads > 16 || batches > 525 || batches < 500 || writes != 10000 {
			c.Errorf("%d changed with %d reads, %d batches, %d writes", sum.Changed, reads, batches, writes)
		}
		sum, reads, batches, _ = run(10000, "Admin")
		c.Logf("10,000 rows of which none changes: %d reads", reads)
		if sum.Unchanged != 10000 || reads > 15 || batches > 0 {
			c.Errorf("%d unchanged with %d reads, %d batches", sum.Unchanged, reads, batches)
		}
		sum, reads, batches, _ = run(1000, "Operator") // 300 of them in a request
		if sum.Changed != 1000 || reads > 9 || batches > 52 {
			c.Errorf("%d changed with %d reads, %d batches", sum.Changed, reads, batches)
		}
	}, sandbox.WithPeople(10000))
}

// The documented quota makes ten thousand writes take 450 seconds.
func TestARunTakesAsLongAsTheQuotaMakesIt(t *testing.T) {
	inCompany(t, func(c *company) {
		var estimated time.Duration
		var told []bulk.Progress
		set := c.from("r.csv", crowdTable(10000, "Admin"))
		set.Hooks.Confirm = func(_ context.Context, sum bulk.Summary) error {
			estimated = sum.Estimate.Duration()
			return nil
		}
		set.Hooks.Progress = func(p bulk.Progress) { told = append(told, p) }
		began := time.Now()
		sum, err := set.Do(c.Context())
		took := time.Since(began)
		throttled, items := 0, 0
		for _, r := range c.tenant.Requests() {
			for _, item := range r.Items {
				if items++; item.Status == http.StatusTooManyRequests {
					throttled++
				}
			}
		}
		const floor = 450 * time.Second
		c.Logf("10,000 rows in %s, the quota's own floor is %s, estimated were %s; %d of %d items throttled", took, floor, estimated, throttled, items)
		if err != nil || sum.Changed != 10000 || took < floor || took > floor*105/100 || 100*throttled > items {
			c.Errorf("%v: %d changed in %s, %d of %d throttled", err, sum.Changed, took, throttled, items)
		}
		if estimated < floor || estimated > floor*105/100 {
			c.Errorf("estimated %s", estimated)
		}
		half := told[len(told)/2]
		if len(told) < 400 || half.Done == 0 || half.Left < 3*time.Minute || half.Left > 4*time.Minute+10*time.Second {
			c.Errorf("told %d times, in the middle %+v", len(told), half)
		}
	}, sandbox.WithPeople(10000), sandbox.WithFault(sandbox.Fault{Kind: sandbox.Quota}))
}

// cutting is a network on which something happens at the nth batch.
type cutting struct {
	next  http.RoundTripper
	at    int64
	then  func()
	count *atomic.Int64
}

func (n cutting) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/$batch") {
		if n.count.Add(1) == n.at {
			n.then()
		}
	}
	return n.next.RoundTrip(r)
}

// cutAt makes a client whose context ends at the nth batch.
func (c *company) cutAt(n int64) (*graph.Client, context.Context) {
	ctx, cancel := context.WithCancel(c.Context())
	return c.client(graph.Options{Transport: cutting{c.tenant.Transport(), n, cancel, new(atomic.Int64)}}), ctx
}

func TestARunThatIsCutShortGoesOnWhereItWas(t *testing.T) {
	inCompany(t, func(c *company) {
		table := crowdTable(1000, "Admin") + "nobody@contoso.com,Admin\n"
		set := c.from("r.csv", table)
		var ctx context.Context
		set.Graph, ctx = c.cutAt(12)
		first, err := set.Do(ctx)
		short, ok := errors.AsType[*bulk.CutShortError](err)
		if !ok || !errors.Is(err, context.Canceled) || short.Done != first.Changed || short.Done == 0 || short.Done >= 1000 || short.Total != 1000 {
			c.Fatalf("%v: %+v", err, short)
		}
		if want := fmt.Sprintf("run %s is not finished, %d of 1000 changes are done: context canceled", short.Run, short.Done); err.Error() != want {
			c.Errorf("%v, not %s", err, want)
		}
		_, _, writes := c.asked()
		if writes != first.Changed {
			c.Errorf("%d writes, %d of them known", writes, first.Changed)
		}
		list, err := c.runs.List()
		if err != nil || len(list) != 1 || list[0].Status != bulk.Unfinished || list[0].Changed != first.Changed {
			c.Errorf("%v %+v", err, list)
		}

		second, err := c.from("other-name.csv", table).Do(c.Context())
		if _, failed := errors.AsType[*bulk.RowsFailedError](err); !failed || !second.Resumed || second.Run != first.Run || second.Changed != 1000 {
			c.Errorf("%v: %+v", err, second)
		}
		if _, _, writes := c.asked(); writes != 1000-first.Changed {
			c.Errorf("%d writes, %d were left", writes, 1000-first.Changed)
		}
		if found := c.roles(); len(found) != 1000 {
			c.Errorf("%d have a role", len(found))
		}
		third, _ := c.from("r.csv", table).Do(c.Context())
		if third.Resumed || third.Changed != 0 || third.Unchanged != 1000 {
			c.Errorf("a run that is finished goes on: %+v", third)
		}
	}, sandbox.WithPeople(1000))
}

func TestARunGoesOnByItsIDAndFromTheStartWhenAsked(t *testing.T) {
	inCompany(t, func(c *company) {
		table := crowdTable(500, "Admin")
		set := c.from("r.csv", table)
		var ctx context.Context
		set.Graph, ctx = c.cutAt(8)
		first, _ := set.Do(ctx)
		anew := c.from("r.csv", table)
		anew.FromStart = true
		anew.Hooks.Confirm = func(context.Context, bulk.Summary) error { return errors.New("no") }
		if sum, err := anew.Do(c.Context()); err == nil || sum.Resumed || sum.ToChange != 500-first.Changed {
			c.Errorf("%v %+v", err, sum)
		}
		sum, err := bulk.Resume{Graph: c.graph, Run: first.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || sum.Changed != 500 || !sum.Resumed {
			c.Errorf("%v %+v", err, sum)
		}
		if _, err := (bulk.Resume{Graph: c.graph, Run: first.Run, Runs: c.runs}).Do(c.Context()); err == nil {
			c.Error("a finished run goes on")
		}
		if _, err := (bulk.Resume{Graph: c.graph, Run: "nothing", Runs: c.runs}).Do(c.Context()); !graph.IsNotFound(err) {
			c.Error(err)
		}
	}, sandbox.WithPeople(500))
}

func TestAnUndoPutsBackWhatIsStillAsTheRunWroteIt(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := c.from("before.csv", "user,role,test\nada@contoso.com,Old,T\nbetty@contoso.com,Old,\njoan@contoso.com,Same,\n").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		before := c.roles()
		set := c.from("r.csv", "user,role,test\nada@contoso.com,New,-\nbetty@contoso.com,New,\njoan@contoso.com,Same,\nradia@contoso.com,New,New\n")
		sum, err := set.Do(c.Context())
		if err != nil || sum.Changed != 3 || sum.Unchanged != 1 {
			c.Fatalf("%v %+v", err, sum)
		}
		if _, err := c.from("else.csv", "user,role\nbetty@contoso.com,Somebody\n").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		undone, err := bulk.Undo{Graph: c.graph, Run: sum.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || undone.Changed != 2 || undone.LeftAlone != 1 {
			c.Fatalf("%v %+v", err, undone)
		}
		before["betty@contoso.com workato_role"] = "Somebody"
		if diff := cmp.Diff(before, c.roles()); diff != "" {
			c.Errorf("(-want +got):\n%s", diff)
		}
		again, err := bulk.Undo{Graph: c.graph, Run: sum.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || again.Changed != 0 || again.LeftAlone != 0 || again.UndoneBefore != undone.Run {
			c.Errorf("%v %+v", err, again)
		}
		redone, err := bulk.Undo{Graph: c.graph, Run: undone.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || redone.Changed != 2 {
			c.Errorf("%v %+v", err, redone)
		}
		third, err := bulk.Undo{Graph: c.graph, Run: sum.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || third.Changed != 2 || third.UndoneBefore != "" {
			c.Errorf("what was done again is not undone again: %v %+v", err, third)
		}
	})
}

func TestAnUndoOfARunThatWasCutShortCanBeCutShort(t *testing.T) {
	inCompany(t, func(c *company) {
		set := c.from("r.csv", crowdTable(1000, "Admin"))
		var ctx context.Context
		set.Graph, ctx = c.cutAt(20)
		first, _ := set.Do(ctx)
		c.asked()
		undo := bulk.Undo{Run: first.Run, Runs: c.runs}
		undo.Graph, ctx = c.cutAt(6)
		half, err := undo.Do(ctx)
		if _, short := errors.AsType[*bulk.CutShortError](err); !short || half.Changed == 0 {
			c.Errorf("%v %+v", err, half)
		}
		sum, err := bulk.Resume{Graph: c.graph, Run: half.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || sum.Changed != first.Changed {
			c.Errorf("%v: %d put back of %d", err, sum.Changed, first.Changed)
		}
		if _, _, writes := c.asked(); writes != first.Changed {
			c.Errorf("%d writes to put %d back", writes, first.Changed)
		}
		if found := c.roles(); len(found) > 0 {
			c.Errorf("%d still have a role", len(found))
		}
	}, sandbox.WithPeople(1000))
}

func TestTwoRunsOnOneApplicationAreOneTooMany(t *testing.T) {
	inCompany(t, func(c *company) {
		set := c.from("r.csv", "user,role\nada@contoso.com,Admin\n")
		set.Hooks.Confirm = func(ctx context.Context, _ bulk.Summary) error {
			_, err := c.from("other.csv", "user,role\nada@contoso.com,Other\n").Do(ctx)
			if busy, ok := errors.AsType[*bulk.BusyError](err); !ok || busy.App != "Workato" {
				c.Errorf("while it asks: %v", err)
			}
			return nil
		}
		client := c.client(graph.Options{Transport: cutting{c.tenant.Transport(), 2, func() {
			_, err := c.from("other.csv", "user,role\nada@contoso.com,Other\n").Do(c.Context())
			list, listErr := c.runs.List()
			if busy, ok := errors.AsType[*bulk.BusyError](err); !ok || listErr != nil || len(list) != 1 || busy.Run != list[0].ID {
				c.Errorf("while it writes: %v, %v", err, list)
			}
		}, new(atomic.Int64)}})
		set.Graph = client
		if _, err := set.Do(c.Context()); err != nil {
			c.Error(err)
		}
		if _, err := c.from("other.csv", "user,role\nada@contoso.com,Other\n").Do(c.Context()); err != nil {
			c.Errorf("after it: %v", err)
		}
	})
}

func TestADiskThatIsFullStopsARunAndLosesNothing(t *testing.T) {
	inCompany(t, func(c *company) {
		table := crowdTable(1000, "Admin")
		set := c.from("r.csv", table)
		var ctx context.Context
		set.Graph, ctx = c.cutAt(10)
		first, _ := set.Do(ctx)
		journal := filepath.Join(c.runs.Folder(first.Run), "journal.jsonl")
		kept, err := os.ReadFile(journal)
		if err != nil {
			c.Fatal(err)
		}
		c.asked()
		set = c.from("r.csv", table)
		set.Runs = bulk.OnFullDisk(c.runs)
		_, err = set.Do(c.Context())
		if _, full := errors.AsType[*bulk.JournalError](err); !full || !errors.Is(err, syscall.ENOSPC) {
			c.Errorf("%v", err)
		}
		if _, batches, _ := c.asked(); batches > 16 {
			c.Errorf("%d batches were sent without a journal", batches)
		}
		if err := os.WriteFile(journal, append(kept, `{"time":"2026-`...), 0o600); err != nil {
			c.Fatal(err)
		}
		last, err := c.from("r.csv", table).Do(c.Context())
		if err != nil || last.Run != first.Run || last.Changed != 1000 || len(c.roles()) != 1000 {
			c.Errorf("%v: %+v", err, last)
		}
		undone, err := bulk.Undo{Graph: c.graph, Run: last.Run, Runs: c.runs}.Do(c.Context())
		if err != nil || undone.Changed != 1000 || len(c.roles()) != 0 {
			c.Errorf("%v: %d put back", err, undone.Changed)
		}
	}, sandbox.WithPeople(1000))
}

// What Graph refuses of one user is told, and the others go on.
func TestWhatGraphRefusesIsThatRowsFailure(t *testing.T) {
	inCompany(t, func(c *company) {
		set := c.from("r.csv", crowdTable(100, "Admin"))
		set.Hooks.Confirm = func(ctx context.Context, _ bulk.Summary) error {
			return directory.DeleteUser(ctx, c.graph, "person000007@contoso.com")
		}
		set.Rejects = filepath.Join(c.TempDir(), "rejects.csv")
		sum, err := set.Do(c.Context())
		if failed, ok := errors.AsType[*bulk.RowsFailedError](err); !ok || failed.Failed != 1 || sum.Changed != 99 {
			c.Fatalf("%v %+v", err, sum)
		}
		text, err := os.ReadFile(set.Rejects)
		if diff := cmp.Diff("user,role,reason\nperson000007@contoso.com,Admin,the user is gone (404)\n", string(text)); diff != "" || err != nil {
			c.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}, sandbox.WithPeople(100))
}

// A 403 for everybody is a permission that is missing, not ten thousand failures.
func TestA403ForEverybodyEndsARun(t *testing.T) {
	inCompany(t, func(c *company) {
		refusing := c.client(graph.Options{Transport: denying{next: c.tenant.Transport()}})
		set := c.from("r.csv", crowdTable(1000, "Admin"))
		set.Graph = refusing
		_, err := set.Do(c.Context())
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != http.StatusForbidden {
			c.Errorf("%v", err)
		}
		if sum, err := c.from("r.csv", crowdTable(1000, "Admin")).Do(c.Context()); err != nil || sum.Changed != 1000 {
			c.Errorf("with the permission: %v %+v", err, sum)
		}
	}, sandbox.WithPeople(1000))
}

func TestOnlyFiftyFinishedRunsAreKept(t *testing.T) {
	inCompany(t, func(c *company) {
		for i := range 55 {
			if _, err := c.from("r.csv", fmt.Sprintf("user,role\nada@contoso.com,Role %d\n", i)).Do(c.Context()); err != nil {
				c.Fatal(err)
			}
			<-time.After(time.Second)
		}
		list, err := c.runs.List()
		entries, _ := os.ReadDir(c.runs.Dir)
		if err != nil || len(list) != 50 || len(entries) != 51 {
			c.Errorf("%v: %d runs in %d entries", err, len(list), len(entries))
		}
	})
}

// Graph's confirmation is not believed: what was written is read back, all of it
// or, of thousands, a sample.
func TestARunThatIsConfirmedAndNotCarriedOutIsNotDone(t *testing.T) {
	for rows, read := range map[int]int{3: 3, 300: 300, 1000: 300} {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			inCompany(t, func(c *company) {
				set := c.from("r.csv", crowdTable(rows, "Admin"))
				set.Graph = c.client(graph.Options{Transport: denying{next: c.tenant.Transport(), answer: `"status":204`}})
				sum, err := set.Do(c.Context())
				late, ok := errors.AsType[*graph.NotReplicatedError](err)
				if !ok || !late.Written || sum.Verified != read {
					c.Errorf("verified %d: %v", sum.Verified, err)
				}
				if sum, err := c.from("r.csv", crowdTable(rows, "Admin")).Do(c.Context()); err != nil || sum.Changed != rows {
					c.Errorf("again: %d changed, %v", sum.Changed, err)
				}
			}, sandbox.WithPeople(1000))
		})
	}
}
