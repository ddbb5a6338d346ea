package sandbox_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestTimeCanBeFaked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(t, sandbox.WithLag(0))
		job := s.job()
		s.assign(s.user("ada@contoso.com"))
		s.must(204, "POST", job+"/start", nil)
		s.must(200, "GET", job, nil)
		s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"Countess"}`)
		wait := time.NewTimer(41 * time.Minute)
		<-wait.C
		s.must(200, "GET", job, nil)
		if got := s.scimUser("ada@contoso.com")["title"]; got != "Countess" {
			t.Error(got)
		}
	})
}
