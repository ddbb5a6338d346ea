package bulk_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/scimctl/scimctl/extattr/bulk"
)

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
