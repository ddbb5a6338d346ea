package bulk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
)

// A head that is misspelt, or of an environment without an attribute, would
// leave its roles out without a word.
func TestAColumnThatIsMeantToBeARoleHasToBeOne(t *testing.T) {
	inCompany(t, func(c *company) {
		for head, want := range map[string]string{
			"user,role,workato_rol_test": `r.csv: there is no attribute "workato_rol_test"; near it: workato_role_test; its columns are user, role, workato_rol_test`,
			"user,Rolle,test":            `r.csv: there is no attribute "Rolle"; near it: role; its columns are user, Rolle, test`,
			"user,role,workato role prd": `r.csv: there is no attribute "workato role prd"; near it: workato_role_prod; its columns are user, role, workato role prd`,
		} {
			for how, err := range map[string]error{"set": c.setting(head), "verify": c.verifying(head)} {
				if wrong, ok := errors.AsType[*bulk.ColumnError](err); !ok || wrong.Error() != want {
					c.Errorf("%s, %s: %v", head, how, err)
				}
			}
		}
		for _, head := range []string{"user,role,staging", "user,role,workato_role_uat"} {
			for how, err := range map[string]error{"set": c.setting(head), "verify": c.verifying(head)} {
				if missing, ok := errors.AsType[*graph.NotFoundError](err); !ok || missing.Kind != "extension property" || !strings.HasPrefix(missing.Name, "workato_role_") {
					c.Errorf("%s, %s: %v", head, how, err)
				}
			}
		}
		for _, head := range []string{"user,role,Department", "user,role,Note", "user,role,Job Title", "user,role,reason"} {
			if err := errors.Join(c.setting(head), c.verifying(head)); err != nil {
				c.Errorf("%s: %v", head, err)
			}
		}
	})
}

func (c *company) setting(head string) error {
	_, err := c.from("r.csv", head+"\nada@contoso.com,Admin,x\n").Do(c.Context())
	return err
}

func (c *company) verifying(head string) error {
	verify := bulk.VerifyRoles{Graph: c.graph, App: "Workato", Runs: c.runs}
	verify.Input = bulk.Input{Text: strings.NewReader(head + "\nada@contoso.com,Admin,x\n"), Name: "r.csv"}
	_, _, err := verify.Do(c.Context())
	return err
}
