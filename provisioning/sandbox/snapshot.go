package sandbox

import (
	"cmp"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

// A View is what a tenant holds, for people to look at.
type View struct {
	TenantID string                `json:"tenantId"`
	Domain   string                `json:"domain"`
	Time     time.Time             `json:"time"`                // by the tenant's clock
	SCIMURL  string                `json:"scimUrl"`             // of the server inside
	Habit    scimserver.Habit      `json:"scimHabit,omitempty"` // of the server inside; absent when it has none
	Token    string                `json:"scimToken"`           // of the server inside, which is no secret
	Users    []scimserver.Resource `json:"users"`
	Groups   []scimserver.Resource `json:"groups"`
	Jobs     []JobView             `json:"jobs"`
	Counts   Counts                `json:"counts"`
}

// A JobView is one synchronization job.
type JobView struct {
	ID          string `json:"id"`
	Application string `json:"application"`
	State       string `json:"state"`       // NotRun, Active, Paused, Quarantine
	Provisioned int    `json:"provisioned"` // users and groups that the job keeps in step
}

// Counts are the sizes of what is in the directory.
type Counts struct {
	Users        int `json:"users"`
	DeletedUsers int `json:"deletedUsers"`
	Groups       int `json:"groups"`
	Applications int `json:"applications"`
	Extensions   int `json:"extensions"`
	Assignments  int `json:"assignments"`
}

// Snapshot shows what the tenant holds: users and groups as the SCIM server
// inside has them, the server's address and token, and the jobs.
func (t *Tenant) Snapshot() (View, error) {
	v := View{SCIMURL: SCIMURL, Jobs: []JobView{}}
	err := t.with(func(s *state) {
		v.Time, v.Habit = t.now(), cmp.Or(t.options.scimHabit, s.Habit)
		v.TenantID, v.Domain, v.Token = s.TenantID, s.Domain, s.SCIMToken
		v.Users, v.Groups = s.SCIM.Users(), s.SCIM.Groups()
		for _, j := range s.Jobs {
			view := JobView{ID: j.ID, State: j.code(), Provisioned: len(j.ids())}
			if a := s.servicePrincipal(j.SP); a != nil {
				view.Application = a.DisplayName
			}
			v.Jobs = append(v.Jobs, view)
		}
		v.Counts = Counts{Groups: len(s.Groups), Applications: len(s.Apps), Extensions: len(s.Extensions), Assignments: len(s.Assignments)}
		for _, u := range s.Users {
			if u.Deleted.IsZero() {
				v.Counts.Users++
			} else {
				v.Counts.DeletedUsers++
			}
		}
	})
	return v, err
}
