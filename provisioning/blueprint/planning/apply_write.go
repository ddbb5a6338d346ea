package planning

import (
	"context"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/job"
)

// write makes one write, and returns errors of single steps by their ids, or
// that of all.
func (r *run) write(ctx context.Context, w Write) (own map[string]error, err error) {
	switch w {
	case WriteApplication:
		return nil, r.makeApplication(ctx)
	case WriteStop:
		return nil, job.StopKnown(ctx, r.Graph, r.plan.known.Target())
	case WriteExtensions:
		return r.makeExtensions(ctx)
	case WriteJob:
		return nil, r.makeJob(ctx)
	case WriteSettings:
		return nil, r.saveSettings(ctx)
	case WriteSchema:
		return nil, r.putSchema(ctx)
	case WriteAssignments:
		return r.assign(ctx)
	case WriteValues:
		return r.writeValues(ctx)
	case WriteRemoval:
		return r.removeExtensions(ctx), nil
	case WriteStart:
		return nil, job.StartKnown(ctx, r.Graph, r.plan.known.Target())
	}
	return nil, nil
}

func (r *run) makeApplication(ctx context.Context) error {
	k, b := r.plan.known, r.plan.print.Application
	create := apps.Create{Graph: r.Graph, Name: b.Name, Template: b.Template}
	template := k.template
	if template.ID == "" {
		var err error
		if template, err = create.FindTemplate(ctx); err != nil {
			return err
		}
	}
	app, err := create.MakeOf(ctx, template)
	if err == nil {
		k.App, k.Exists = app, true
	}
	return err
}

// makeExtensions tells of those that were made before one failed.
func (r *run) makeExtensions(ctx context.Context) (own map[string]error, err error) {
	k := r.plan.known
	wanted, err := wantedExtensions(r.plan.print.Extensions)
	if err != nil {
		return nil, err
	}
	made, err := extattr.Make{Graph: r.Graph, App: k.App, Wanted: wanted, Have: k.Extensions}.Do(ctx)
	if len(made) == 0 {
		return nil, err
	}
	own = map[string]error{}
	allThere := true
	for _, e := range made {
		if e.ID == "" {
			own[string(blueprint.SectionExtensions)+"/"+e.Name] = err
			allThere = false
			continue
		}
		k.Extensions = append(k.Extensions, applications.ExtensionProperty{
			ID: e.ID, Name: e.FullName, DataType: e.DataType, TargetObjects: e.TargetObjects, IsMultiValued: e.MultiValued,
		})
	}
	if allThere { // and cannot be used yet
		return nil, err
	}
	return own, nil
}

func (r *run) makeJob(ctx context.Context) error {
	target, err := job.MakeJob{Graph: r.Graph, App: r.plan.known.App, TemplateID: r.plan.print.Provisioning.Template}.Do(ctx)
	if err == nil {
		r.plan.known.Job = &target.Job
	}
	return err
}

// saveSettings writes settings and credentials together. Credentials that are
// known go along also when only settings change, for a service that keeps only
// what it is sent.
func (r *run) saveSettings(ctx context.Context) error {
	k := r.plan.known
	save := credentials.Configure{Graph: r.Graph, Target: k.Target()}
	if r.Selection.Holds(blueprint.SectionProvisioning) {
		save.Settings = settingsWanted(r.plan.print.Provisioning)
	}
	if s := k.signIn; s != nil && s.secret() != "" {
		save.Credentials = &credentials.Set{URL: s.url, Token: s.token, Client: s.client, Keeper: r.Keeper}
	}
	done, err := save.Do(ctx)
	if done.Broken != "" {
		r.applied.Warnings = append(r.applied.Warnings, r.plan.Application+": "+done.Broken+"; that was so before")
	}
	return err
}

// putSchema writes all that changes of users and of groups in one request.
func (r *run) putSchema(ctx context.Context) error {
	k, b := r.plan.known, r.plan.print
	var plans []mappings.PlanFunc
	if b.Users != nil && r.Selection.Holds(blueprint.SectionUsers) {
		plans = append(plans, k.PlansFor(schema.User, b.Users)...)
	}
	if b.Groups != nil && r.Selection.Holds(blueprint.SectionGroups) {
		plans = append(plans, k.PlansFor(schema.Group, b.Groups)...)
	}
	planned := mappings.Several(plans...)
	result, err := mappings.Update{
		Graph: r.Graph, Found: &mappings.Found{App: k.App, Job: k.Target().Job}, History: r.History, Reason: "apply",
		Plan: func(ctx context.Context, at mappings.Place) (mappings.Edit, error) {
			at.Extensions = k.soon(b)
			return planned(ctx, at)
		},
	}.Do(ctx)
	r.applied.Warnings = append(r.applied.Warnings, result.Warnings...)
	if result.CopyPath != "" {
		r.applied.Copies = append(r.applied.Copies, result.CopyPath)
	}
	return err
}

// assign makes the assignments that are missing before it takes others away:
// who only gets another role stays in scope.
func (r *run) assign(ctx context.Context) (map[string]error, error) {
	k, b := r.plan.known, r.plan.print
	listed, err := k.listed(b.Assignments)
	if err != nil {
		return nil, err
	}
	own := map[string]error{}
	byRole := map[string][]wanted{}
	var roles []applications.AppRole
	for _, a := range k.open(listed) {
		if byRole[a.role.ID] == nil {
			roles = append(roles, a.role)
		}
		byRole[a.role.ID] = append(byRole[a.role.ID], a)
	}
	for _, role := range roles {
		who := make([]assignment.Principal, len(byRole[role.ID]))
		for i, a := range byRole[role.ID] {
			who[i] = a.Principal
		}
		for i, err := range (assignment.Assign{Graph: r.Graph, App: k.App, Role: role, Who: who}).Do(ctx) {
			own[string(blueprint.SectionAssignments)+"/"+byRole[role.ID][i].id()] = err
		}
	}
	if b.Assignments.Prune {
		rows := k.surplusRows(listed)
		for i, err := range (assignment.Unassign{Graph: r.Graph, App: k.App, Rows: rows}).Do(ctx) {
			own[string(blueprint.SectionAssignments)+"/remove/"+rows[i].ID] = err
		}
	}
	return own, nil
}

func (r *run) writeValues(ctx context.Context) (map[string]error, error) {
	k, b := r.plan.known, r.plan.print
	have := extattr.From(k.App.AppID, k.soon(b))
	own := map[string]error{}
	for _, name := range users(b.Values) {
		_, err := extattr.Write{Graph: r.Graph, App: k.App, Have: have, User: k.users[name], Texts: b.Values[name]}.Do(ctx)
		for attribute := range b.Values[name] {
			short, _ := extattr.Short(k.App.AppID, attribute)
			own[string(blueprint.SectionValues)+"/"+name+"/"+short] = err
		}
	}
	return own, nil
}

func (r *run) removeExtensions(ctx context.Context) map[string]error {
	k := r.plan.known
	own := map[string]error{}
	wanted, _ := wantedExtensions(r.plan.print.Extensions) // a plan was made of them
	for _, e := range k.surplus(wanted) {
		short, _ := extattr.Short(k.App.AppID, e.Name)
		err := applications.DeleteExtension(ctx, r.Graph, k.App.ApplicationID, e.ID)
		if graph.IsNotFound(err) {
			err = nil
		}
		own[string(blueprint.SectionExtensions)+"/remove/"+short] = err
	}
	return own
}
