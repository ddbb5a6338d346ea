// Package export writes what there is as a blueprint.
package export

import (
	"context"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// Export writes what exists as a file whose plan is empty. There is no secret
// in it: credentials become references to variables.
type Export struct {
	Graph    *graph.Client
	App, Job string // Job as for [synchronization.FindJob]
	Full     bool   // also the mappings that the job began with: whatever becomes of them is then a difference
}

// An Exported is a blueprint of what exists, with what does not go into a file.
type Exported struct {
	Blueprint blueprint.Blueprint
	Variables []string // that have to be set when it is applied
	Warnings  []string
}

// Do reads the application and all that belongs to it. Of mappings and
// attributes it takes what is otherwise than the job began with, unless Full.
func (e Export) Do(ctx context.Context) (Exported, error) {
	x := &exporter{opts: e, State: &planning.State{Failed: map[blueprint.Section]error{}}}
	var err error
	if x.App, err = applications.FindRegistration(ctx, e.Graph, e.App); err != nil {
		return Exported{}, err
	}
	x.Exists = true
	x.b = blueprint.Blueprint{APIVersion: blueprint.APIVersion, Kind: blueprint.Kind}
	if err := parallel.Do(ctx, x.readApp, x.readExtensions, x.readJob, x.readRows); err != nil {
		return Exported{}, err
	}
	x.extensionSection()
	x.provisioningSection()
	x.objects(ctx)
	return Exported{Blueprint: x.b, Variables: x.variables, Warnings: x.warnings}, ctx.Err()
}

// An exporter collects a blueprint.
type exporter struct {
	opts Export
	*planning.State
	b         blueprint.Blueprint
	variables []string
	warnings  []string
}

func (x *exporter) warn(format string, args ...any) {
	x.warnings = append(x.warnings, x.App.Name+": "+fmt.Sprintf(format, args...))
}

// readApp names the application so that it is found again, and what it was made
// from.
func (x *exporter) readApp(ctx context.Context) error {
	x.b.Application.Name = x.App.Name
	namesakes, err := applications.Named(ctx, x.opts.Graph, x.App.Name)
	if err != nil {
		return err
	}
	if len(namesakes) != 1 || planning.IsID(x.App.Name) {
		x.b.Application.Name = x.App.AppID
	}
	switch {
	case x.App.TemplateID == "":
		x.b.Application.Create = new(false)
	case !strings.EqualFold(x.App.TemplateID, x.opts.Graph.Cloud().CustomTemplateID):
		template, err := applications.FindTemplate(ctx, x.opts.Graph, x.App.TemplateID)
		if err != nil && !planning.IsLocal(err) {
			return err
		}
		x.b.Application.Template = template.DisplayName
		if template.DisplayName == "" {
			x.b.Application.Template = x.App.TemplateID
		}
	}
	return nil
}

func (x *exporter) readExtensions(ctx context.Context) (err error) {
	if x.App.ApplicationID == "" {
		return nil
	}
	return applications.WhenReady(ctx, x.opts.Graph, x.App, "the extension properties of "+x.App.Name+" can be read", func(ctx context.Context) error {
		x.Extensions, err = applications.ListExtensions(ctx, x.opts.Graph, x.App.ApplicationID)
		return err
	})
}

// readJob reads the job, its settings and its schema, and what the schema began
// with.
func (x *exporter) readJob(ctx context.Context) error {
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			x.Jobs, err = synchronization.AwaitJobs(ctx, x.opts.Graph, x.App)
			return err
		},
		func(ctx context.Context) error {
			return applications.WhenReady(ctx, x.opts.Graph, x.App, "the settings of "+x.App.Name+" can be read", func(ctx context.Context) (err error) {
				x.Secrets, err = synchronization.Secrets(ctx, x.opts.Graph, x.App.ServicePrincipalID)
				return err
			})
		},
	)
	if err != nil || len(x.Jobs) == 0 {
		return err
	}
	job, err := synchronization.PickJob(x.App, x.Jobs, x.opts.Job)
	if err != nil {
		return err
	}
	x.Job = &job
	return parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			x.Schema, err = schema.Read(ctx, x.opts.Graph, x.App, x.Target().Ref())
			return err
		},
		func(ctx context.Context) error {
			text, err := synchronization.TemplateSchema(ctx, x.opts.Graph, x.App.ServicePrincipalID, job.TemplateID)
			if err == nil {
				x.Begins, err = schema.Parse(text)
			}
			return planning.Optional(err) // else all of it is written
		},
	)
}

// extensionSection are the properties that a file can hold.
func (x *exporter) extensionSection() {
	var list []blueprint.Property
	for _, e := range extattr.From(x.App.AppID, x.Extensions) {
		if len(e.TargetObjects) != 1 || e.SyncedFromOnPremises {
			x.warn("the extension property %s does not go into a file: it is for %s", e.Name, strings.Join(e.TargetObjects, ", "))
			continue
		}
		p := blueprint.Property{Name: e.Name, MultiValued: e.MultiValued}
		if e.DataType != "String" {
			p.Type = e.DataType
		}
		if e.TargetObjects[0] != "User" {
			p.Target = e.TargetObjects[0]
		}
		list = append(list, p)
	}
	if len(list) > 0 {
		x.b.Extensions = &blueprint.Extensions{Properties: list}
	}
}

// provisioningSection is the job with its settings. Of a job in quarantine it
// says nothing, since wanting it on would lift that.
func (x *exporter) provisioningSection() {
	if x.Job == nil {
		return
	}
	p := &blueprint.Provisioning{}
	if x.Job.TemplateID != "scim" {
		p.Template = x.Job.TemplateID
	}
	if x.Job.Quarantined() {
		x.warn("provisioning is in quarantine: whether it is on was left out")
	} else {
		p.Enabled = new(x.Job.Running())
	}
	s := credentials.SettingsOf(x.Secrets)
	p.Scope, p.SkipOutOfScopeDeletions = s.Scope, new(s.SkipOutOfScopeDeletions)
	switch {
	case !s.NotifyEnabled:
		p.Notify = []string{}
	case len(s.Notify) > 0:
		p.Notify = s.Notify
	}
	if !s.DeleteThresholdEnabled || s.DeleteThreshold > 0 {
		n := blueprint.Threshold(0)
		if s.DeleteThresholdEnabled {
			n = blueprint.Threshold(s.DeleteThreshold)
		}
		p.DeleteThreshold = &n
	}
	p.Credentials = x.credentials()
	x.b.Provisioning = p
}

// credentials become variables, named after the application.
func (x *exporter) credentials() *blueprint.Credentials {
	saved := credentials.SignedInBy(x.Secrets)
	variable := func(what string) blueprint.Reference {
		name := variableOf(x.App.Name) + "_SCIM_" + what
		x.variables = append(x.variables, name)
		return blueprint.Reference{From: blueprint.FromEnv, At: name}
	}
	switch saved.Kind {
	case credentials.SignInToken:
		return &blueprint.Credentials{URL: variable("URL"), Token: variable("TOKEN")}
	case credentials.SignInOAuth:
		if saved.ClientID != "" && saved.TokenURL != "" && !credentials.HoldsValues(saved.TokenURL) {
			return &blueprint.Credentials{URL: variable("URL"), OAuth: &blueprint.OAuth{ClientID: saved.ClientID, TokenURL: saved.TokenURL, ClientSecret: variable("CLIENT_SECRET")}}
		}
		x.warn("client id and token URL cannot be read: the credentials were left out")
	case credentials.SignInOfItsOwn, credentials.SignInUnprotected:
		x.warn("the way in which the service signs in does not go into a file: the credentials were left out")
	}
	return nil
}

// variableOf is a name as variables have it: WORKATO_DEV.
func variableOf(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	text := strings.Join(words, "_")
	if text == "" || text[0] >= '0' && text[0] <= '9' {
		return "APP_" + text
	}
	return text
}
