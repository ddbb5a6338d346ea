package bulk_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr/bulk"
)

func TestRejectsAreOfTheFormOfTheirTable(t *testing.T) {
	inCompany(t, func(c *company) {
		set := c.from("r.csv", "sep=|\nuser|role\nnobody@contoso.com|Admin\n")
		set.Rejects = filepath.Join(c.TempDir(), "rejects.csv")
		if _, err := set.Do(c.Context()); err == nil {
			c.Error("nobody has a role")
		}
		text, err := os.ReadFile(set.Rejects)
		want := "sep=|\nuser|role|reason\nnobody@contoso.com|Admin|no user has this name, id or mail address\n"
		if diff := cmp.Diff(want, string(text)); diff != "" || err != nil {
			c.Errorf("%v (-want +got):\n%s", err, diff)
		}
		again, _ := c.from("rejects.csv", string(text)).Do(c.Context())
		if again.Rows != 1 || len(again.Passed) > 0 {
			c.Errorf("handed in again: %+v", again)
		}
	})
}

func TestAPlaceForRejectsThatCannotBeIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	inCompany(t, func(c *company) {
		file := filepath.Join(c.runs.Dir, "..", "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			c.Fatal(err)
		}
		for _, place := range []string{filepath.Join(c.runs.Dir, "nowhere", "rejects.csv"), filepath.Join(file, "rejects.csv"), filepath.Dir(file)} {
			set := c.from("r.csv", "user,role\nada@contoso.com,Admin\nnobody@contoso.com,Admin\n")
			set.Rejects = place
			_, err := set.Do(c.Context())
			if wrong, ok := errors.AsType[*bulk.RejectsError](err); !ok || wrong.Path != place {
				c.Errorf("%s: %v", place, err)
			}
		}
		if _, _, writes := c.asked(); writes > 0 {
			c.Errorf("%d were written", writes)
		}
	})
}
