package why

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auditlogs"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/logs"
)

// inquiry is a report on its way.
type inquiry struct {
	Why
	report   Report
	app      applications.App
	user     directory.User
	job      *synchronization.Job // nil: there is none
	schema   *schema.Schema
	settings credentials.Secrets
	rows     []applications.Assignment // of the user, and of groups that they are directly in
	groups   []directory.Group         // that the user is in, also through others
	view     *evaluate.View            // nil without a job, and for somebody deleted
	decision engine.Decision
	removals []takenOut // from groups that assign the user
}

// read asks for what is needed in four rounds: who and where; what is set up;
// by what rules; the user's values.
func (q *inquiry) read(ctx context.Context) error {
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) { q.app, err = applications.Find(ctx, q.Graph, q.App); return err },
		q.readUser,
	)
	if err != nil {
		return err
	}
	err = parallel.Do(ctx,
		q.readJob,
		func(ctx context.Context) (err error) {
			q.settings, err = credentials.ReadSecrets(ctx, q.Graph, q.app)
			return err
		},
		q.readAssignments,
		q.readGroups,
	)
	if err != nil {
		return err
	}
	q.sort()
	return parallel.Do(ctx, q.readValues, q.readMissed, q.readRemovals)
}

func (q *inquiry) deleted() bool { return !q.user.DeletedDateTime.IsZero() }

// readUser also finds somebody who was deleted.
func (q *inquiry) readUser(ctx context.Context) (err error) {
	q.user, err = directory.FindUser(ctx, q.Graph, q.User)
	if graph.IsNotFound(err) {
		if gone, none := directory.FindDeletedUser(ctx, q.Graph, q.User); none == nil {
			q.user, err = gone, nil
		}
	}
	u := q.user
	q.report.User = u.UserPrincipalName
	if q.deleted() {
		q.report.User = strings.TrimPrefix(u.UserPrincipalName, strings.ReplaceAll(u.ID, "-", ""))
	}
	q.report.Account = Account{
		ID: u.ID, DisplayName: u.DisplayName, UserType: u.UserType, Enabled: u.AccountEnabled,
		Deleted: u.DeletedDateTime, OnPremises: u.OnPremisesSyncEnabled,
	}
	return err
}

// readJob reads the job, its schema, and the logs. Without a job the rest can
// still be told.
func (q *inquiry) readJob(ctx context.Context) error {
	t, err := provisioning.JobOf(ctx, q.Graph, q.app, q.Job)
	if _, none := errors.AsType[*synchronization.NoJobError](err); none {
		return nil
	}
	if err != nil {
		return err
	}
	q.job = &t.Job
	return parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			q.schema, err = schema.Read(ctx, q.Graph, q.app, t.Ref())
			return err
		},
		q.readLogs,
	)
}

// readLogs goes on without what cannot be read: the logs want a permission and
// a licence of their own.
func (q *inquiry) readLogs(ctx context.Context) error {
	query := auditlogs.Query{JobID: q.job.ID, SourceID: q.user.ID}
	for e, err := range auditlogs.List(ctx, q.Graph, query) {
		if err != nil {
			q.report.LogsNotRead = err.Error()
			return ctx.Err()
		}
		q.report.Logs = append(q.report.Logs, logs.Explain(e))
		if len(q.report.Logs) == logs.ShownLogs {
			break
		}
	}
	return nil
}

// readValues reads the attributes that the schema asks for. A manager decides
// nothing, and is not asked for when the user is out of scope anyway.
func (q *inquiry) readValues(ctx context.Context) error {
	if q.schema == nil || q.deleted() {
		return nil
	}
	q.view = &evaluate.View{Preview: evaluate.Preview{Graph: q.Graph, App: q.App, Job: q.Job, User: q.user.ID, Now: q.Now}, Made: evaluate.EmptyPreview()}
	v := q.view
	if err := v.Load(q.schema.Bytes()); err != nil {
		return err
	}
	wantsManager := slices.Contains(v.Rules.SourceAttributes(engine.User), "manager")
	var manager directory.User
	var managed bool
	err := parallel.Do(ctx,
		func(ctx context.Context) error { _, _, err := v.ReadValues(ctx); return err },
		func(ctx context.Context) (err error) {
			if wantsManager && q.reached() {
				manager, managed, err = directory.Manager(ctx, q.Graph, q.user.ID)
			}
			return err
		},
	)
	if err != nil {
		return err
	}
	if managed {
		v.Subject.Attributes["manager"] = []string{manager.ID}
	}
	if wantsManager && !q.reached() {
		v.Unknown = append(v.Unknown, "manager")
	}
	return nil
}
