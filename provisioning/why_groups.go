package provisioning

import (
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// mostGroupLogs is how many groups' logs are looked at, each in a request, of
// which there are five in ten seconds for all reports.
const mostGroupLogs = 2

// A takenOut is the newest entry of a group that took somebody out of it.
type takenOut struct {
	group string
	entry *ExplainedLog
}

// readRemovals looks into the logs of the groups that assign the user. What
// cannot be read there cannot be read of the user either, and is said already.
func (q *inquiry) readRemovals(ctx context.Context) (err error) {
	if q.job == nil || q.dialect() != scim.Legacy {
		return nil
	}
	groups := slices.DeleteFunc(slices.Clone(q.rows), func(row graph.Assignment) bool {
		return row.PrincipalType != "Group" || q.cannotAssign(row.PrincipalID)
	})
	q.removals, err = parallel.Map(ctx, groups[:min(len(groups), mostGroupLogs)], q.takenOut)
	return err
}

func (q *inquiry) takenOut(ctx context.Context, row graph.Assignment) (takenOut, error) {
	looked := 0
	for e, err := range q.Graph.ProvisioningLogs(ctx, graph.LogQuery{JobID: q.job.ID, SourceID: row.PrincipalID}) {
		if err != nil {
			return takenOut{}, ctx.Err()
		}
		if x := explained(e); x.removesMembers() {
			return takenOut{row.PrincipalDisplayName, &x}, nil
		}
		if looked++; looked == shownLogs {
			break
		}
	}
	return takenOut{}, nil
}

// emptied are remarks on groups that may have lost their members in the
// application, the user with them.
func (q *inquiry) emptied() []Remark {
	var remarks []Remark
	for _, r := range q.removals {
		if r.entry != nil {
			remarks = append(remarks, remark(UserGroupAtRisk, fmt.Sprintf(
				"the service took somebody out of %s %s, in a form that some applications read as everybody: if %s is missing from it in %s, "+
					"aadOptscim062020 at the end of the tenant URL has the service name each member, and a restart with the reset scope Full then adds the others back",
				r.group, at(r.entry.Time), q.report.User, q.app.Name), q.withFlag()))
		}
	}
	return remarks
}
