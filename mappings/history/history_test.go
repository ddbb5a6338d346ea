package history_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/mappings/history"
)

func TestCopiesAreListedNewestFirstAndReadBackByteForByte(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "schemas")
	synctest.Test(t, func(t *testing.T) {
		h := history.History{Dir: dir}
		app := applications.App{Name: `Contoso "SCIM","schema":`, AppID: "app"}
		ids := []string{}
		for i, job := range []string{"scim.1.2", "scim.1.2", "../b:c"} {
			if i == 2 {
				<-time.After(time.Second) // of the bubble's clock
			}
			c, err := h.Keep(app, job, "mapping add", []byte("{ \"n\" : 1.50\r\n}"))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, c.ID)
		}
		list, damaged, err := h.List()
		if err != nil || damaged != nil {
			t.Fatal(err, damaged)
		}
		began := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		want := []history.Copy{
			{ID: ids[2], Time: began.Add(time.Second), App: app.Name, AppID: "app", Job: "../b:c", Reason: "mapping add"},
			{ID: ids[0] + "-2", Time: began, App: app.Name, AppID: "app", Job: "scim.1.2", Reason: "mapping add"},
			{ID: ids[0], Time: began, App: app.Name, AppID: "app", Job: "scim.1.2", Reason: "mapping add"},
		}
		if diff := cmp.Diff(want, list, cmpopts.IgnoreFields(history.Copy{}, "Path")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if !regexp.MustCompile(`^20000101T000000-[a-z2-7]{4} 20000101T000001-[a-z2-7]{4}$`).MatchString(ids[0] + " " + ids[2]) {
			t.Errorf("the ids are %v", ids)
		}
		for _, c := range list {
			if info, err := os.Stat(c.Path); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" { // modes say nothing there
				t.Errorf("%s: %v, %v", c.Path, info, err)
			}
			got, schema, err := h.Read(c.ID)
			if err != nil || string(schema) != "{ \"n\" : 1.50\r\n}" || got != c {
				t.Errorf("%s: %+v %q %v", c.ID, got, schema, err)
			}
		}
	})
}

func TestTheBeginningOfAnIDIsThatOfACopyOfTheJob(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := history.History{Dir: dir}
		workato, workgrid := applications.App{Name: "Workato", AppID: "1"}, applications.App{Name: "Workgrid", AppID: "2"}
		kept := map[string]string{}
		for _, app := range []applications.App{workato, workgrid, workgrid} {
			c, err := h.Keep(app, "job", "test", []byte(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			kept[app.Name] = c.ID
			<-time.After(time.Minute) // of the bubble's clock
		}
		if c, _, err := h.ReadFor(workato, "job", "20000101"); err != nil || c.ID != kept["Workato"] {
			t.Errorf("got %v, %v", c, err)
		}
		_, _, err := h.ReadFor(workgrid, "job", "20000101")
		if several, ok := errors.AsType[*graph.AmbiguousError](err); !ok || len(several.Matches) != 2 {
			t.Errorf("got %v", err)
		}
		if c, _, err := h.ReadFor(workato, "job", "20000101T0002"); err != nil || c.ID != kept["Workgrid"] {
			t.Errorf("of another one: got %v, %v", c, err)
		}
		old := filepath.Join(dir, "19991231T235959.286145645Z-scim.6a5c.fb6a-7144.json")
		text, err := os.ReadFile(filepath.Join(dir, kept["Workato"]+".json"))
		if err == nil {
			err = os.WriteFile(old, text, 0o600)
		}
		if c, _, failed := h.ReadFor(workato, "job", "19991231"); err != nil || failed != nil || c.Path != old {
			t.Errorf("an id of another form: got %v, %v, %v", c, failed, err)
		}
	})
}

func TestAHistoryThatDoesNotExistIsEmpty(t *testing.T) {
	t.Parallel()
	list, damaged, err := history.History{Dir: filepath.Join(t.TempDir(), "none")}.List()
	if err != nil || damaged != nil || list == nil || len(list) > 0 {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestADamagedCopyDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	h := history.History{Dir: t.TempDir()}
	kept, err := h.Keep(applications.App{Name: "Contoso"}, "job", "test", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cut.json": `{"apiVersion":"scimctl/v1"`, "other.json": `{"kind":"x","schema":{}}`, "notes.txt": "mine"} {
		if err := os.WriteFile(filepath.Join(h.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, damaged, err := h.List()
	if err != nil || len(list) != 1 || list[0].ID != kept.ID {
		t.Errorf("got %v, %v", list, err)
	}
	named := []string{}
	for _, err := range damaged {
		if e, ok := errors.AsType[*sealed.DamagedError](err); ok {
			named = append(named, filepath.Base(e.Path))
		}
	}
	if diff := cmp.Diff([]string{"cut.json", "other.json"}, named); diff != "" {
		t.Errorf("damaged (-want +got):\n%s", diff)
	}
	whole, err := os.ReadFile(kept.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(kept.Path, whole[:len(whole)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Read(kept.ID); err == nil {
		t.Error("a copy that was cut off reads")
	}
}

func TestACopyThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	h := history.History{Dir: t.TempDir()}
	for _, id := range []string{"none", "../none", ""} {
		_, _, err := h.Read(id)
		if _, ok := errors.AsType[*graph.NotFoundError](err); !ok {
			t.Errorf("%q: got %v", id, err)
		}
	}
}
