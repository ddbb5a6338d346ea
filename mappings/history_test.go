package mappings_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

func TestCopiesAreListedNewestFirstAndReadBackByteForByte(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "schemas")
	synctest.Test(t, func(t *testing.T) {
		h := mappings.History{Dir: dir}
		app := graph.App{Name: `Contoso "SCIM","schema":`, AppID: "app"}
		for i, job := range []string{"scim.1.2", "scim.1.2", "../b:c"} {
			if i == 2 {
				<-time.After(time.Second) // of the bubble's clock
			}
			if _, err := h.Keep(app, job, "mapping add", []byte("{ \"n\" : 1.50\r\n}")); err != nil {
				t.Fatal(err)
			}
		}
		list, err := h.List()
		if err != nil {
			t.Fatal(err)
		}
		began := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		want := []mappings.Copy{
			{ID: "20000101T000001.000000000Z-.._b_c", Time: began.Add(time.Second), App: app.Name, AppID: "app", Job: "../b:c", Reason: "mapping add"},
			{ID: "20000101T000000.000000000Z-scim.1.2-2", Time: began, App: app.Name, AppID: "app", Job: "scim.1.2", Reason: "mapping add"},
			{ID: "20000101T000000.000000000Z-scim.1.2", Time: began, App: app.Name, AppID: "app", Job: "scim.1.2", Reason: "mapping add"},
		}
		if diff := cmp.Diff(want, list, cmpopts.IgnoreFields(mappings.Copy{}, "Path")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
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

func TestAHistoryThatDoesNotExistIsEmpty(t *testing.T) {
	t.Parallel()
	list, err := mappings.History{Dir: filepath.Join(t.TempDir(), "none")}.List()
	if err != nil || list == nil || len(list) > 0 {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestADamagedCopyDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	h := mappings.History{Dir: t.TempDir()}
	kept, err := h.Keep(graph.App{Name: "Contoso"}, "job", "test", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cut.json": `{"apiVersion":"scimctl/v1"`, "other.json": `{"kind":"x","schema":{}}`, "notes.txt": "mine"} {
		if err := os.WriteFile(filepath.Join(h.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := h.List()
	if len(list) != 1 || list[0].ID != kept.ID {
		t.Errorf("got %v", list)
	}
	if _, ok := errors.AsType[*mappings.DamagedCopyError](err); !ok || !strings.Contains(err.Error(), "cut.json") || !strings.Contains(err.Error(), "other.json") {
		t.Errorf("got %v", err)
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
	h := mappings.History{Dir: t.TempDir()}
	for _, id := range []string{"none", "../none", ""} {
		_, _, err := h.Read(id)
		if _, ok := errors.AsType[*graph.NotFoundError](err); !ok {
			t.Errorf("%q: got %v", id, err)
		}
	}
}
