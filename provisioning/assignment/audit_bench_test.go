package assignment

import (
	"fmt"
	"testing"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
)

// crowded is a survey of many users, one in ten of whom is assigned twice and
// one in ten deleted, and of one group for a hundred of them.
func crowded(users int) *survey {
	s := &survey{
		app:    applications.App{Name: "Workato", Roles: []applications.AppRole{{ID: "r1", DisplayName: "User", IsEnabled: true, AllowedMemberTypes: []string{"User"}}}},
		people: map[string]directory.User{}, teams: map[string]directory.Group{}, trash: map[string]directory.User{},
		members: map[string][]directory.Member{}, deep: map[string][]directory.Member{}, findings: []AuditFinding{},
	}
	for i := range users {
		id := fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)
		s.rows = append(s.rows, applications.Assignment{ID: id, PrincipalID: id, PrincipalType: "User", AppRoleID: "r1"})
		if i%10 == 0 {
			s.rows = append(s.rows, applications.Assignment{ID: id + "b", PrincipalID: id, PrincipalType: "User", AppRoleID: DefaultAccess})
		}
		if i%10 != 1 {
			s.people[id] = directory.User{ID: id, UserPrincipalName: fmt.Sprintf("user%d@contoso.com", i), AccountEnabled: true}
		}
		group := fmt.Sprintf("group-%d", i/100)
		s.teams[group] = directory.Group{ID: group, DisplayName: group, SecurityEnabled: true}
		s.members[group] = append(s.members[group], directory.Member{ID: id, Type: "user"})
	}
	return s
}

func BenchmarkAudit(b *testing.B) {
	for _, users := range []int{40_000, 400_000} {
		b.Run(fmt.Sprint(users), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				s := crowded(users)
				b.StartTimer()
				s.judge()
			}
		})
	}
}

// Ten times the assignments take ten times the work, not a hundred times.
func TestAnAuditTakesTimeInProportion(t *testing.T) {
	findings := map[int]int{}
	allocs := func(users int) float64 {
		s := crowded(users)
		return testing.AllocsPerRun(1, func() {
			s.findings = nil
			findings[users] = len(s.judge())
		})
	}
	few, many := allocs(1_000), allocs(10_000)
	if ratio := many / few; ratio > 15 {
		t.Errorf("ten times the users take %.1f times the allocations", ratio)
	}
	if findings[10_000] < 9*findings[1_000] || findings[1_000] == 0 {
		t.Errorf("findings: %v", findings)
	}
}

func TestDistinctKeysAreFoundWithOneLookAtEachItem(t *testing.T) {
	t.Parallel()
	items := make([]int, 10_000)
	for i := range items {
		items[i] = i % 5_000
	}
	looks := 0
	keys := distinct(items, func(i int) int { looks++; return i })
	if looks != len(items) || len(keys) != 5_000 || keys[0] != 0 || keys[4_999] != 4_999 {
		t.Errorf("%d looks at %d items, %d keys", looks, len(items), len(keys))
	}
}
