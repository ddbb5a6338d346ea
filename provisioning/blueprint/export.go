package blueprint

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
	Blueprint Blueprint
	Variables []string // that have to be set when it is applied
	Warnings  []string
}

// Do reads the application and all that belongs to it. Of mappings and
// attributes it takes what is otherwise than the job began with, unless Full.
func (e Export) Do(ctx context.Context) (Exported, error) {
	x := &exporter{Export: e, known: &known{failed: map[Section]error{}}}
	var err error
	if x.app, err = applications.FindRegistration(ctx, e.Graph, e.App); err != nil {
		return Exported{}, err
	}
	x.exists = true
	x.b = Blueprint{APIVersion: APIVersion, Kind: Kind}
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
	Export
	*known
	b         Blueprint
	variables []string
	warnings  []string
}

func (x *exporter) warn(format string, args ...any) {
	x.warnings = append(x.warnings, x.app.Name+": "+fmt.Sprintf(format, args...))
}

// readApp names the application so that it is found again, and what it was made
// from.
func (x *exporter) readApp(ctx context.Context) error {
	x.b.Application.Name = x.app.Name
	namesakes, err := applications.Named(ctx, x.Graph, x.app.Name)
	if err != nil {
		return err
	}
	if len(namesakes) != 1 || isID(x.app.Name) {
		x.b.Application.Name = x.app.AppID
	}
	switch {
	case x.app.TemplateID == "":
		x.b.Application.Create = new(false)
	case !strings.EqualFold(x.app.TemplateID, x.Graph.Cloud().CustomTemplateID):
		template, err := applications.FindTemplate(ctx, x.Graph, x.app.TemplateID)
		if err != nil && !local(err) {
			return err
		}
		x.b.Application.Template = template.DisplayName
		if template.DisplayName == "" {
			x.b.Application.Template = x.app.TemplateID
		}
	}
	return nil
}

func (x *exporter) readExtensions(ctx context.Context) (err error) {
	if x.app.ApplicationID == "" {
		return nil
	}
	return applications.WhenReady(ctx, x.Graph, x.app, "the extension properties of "+x.app.Name+" can be read", func(ctx context.Context) error {
		x.extensions, err = applications.ListExtensions(ctx, x.Graph, x.app.ApplicationID)
		return err
	})
}

// readJob reads the job, its settings and its schema, and what the schema began
// with.
func (x *exporter) readJob(ctx context.Context) error {
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			x.jobs, err = synchronization.AwaitJobs(ctx, x.Graph, x.app)
			return err
		},
		func(ctx context.Context) error {
			return applications.WhenReady(ctx, x.Graph, x.app, "the settings of "+x.app.Name+" can be read", func(ctx context.Context) (err error) {
				x.secrets, err = synchronization.Secrets(ctx, x.Graph, x.app.ServicePrincipalID)
				return err
			})
		},
	)
	if err != nil || len(x.jobs) == 0 {
		return err
	}
	job, err := synchronization.PickJob(x.app, x.jobs, x.Job)
	if err != nil {
		return err
	}
	x.job = &job
	return parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			x.schema, err = schema.Read(ctx, x.Graph, x.app, x.target().Ref())
			return err
		},
		func(ctx context.Context) error {
			text, err := synchronization.TemplateSchema(ctx, x.Graph, x.app.ServicePrincipalID, job.TemplateID)
			if err == nil {
				x.begins, err = schema.Parse(text)
			}
			return optional(err) // else all of it is written
		},
	)
}

// extensionSection are the properties that a file can hold.
func (x *exporter) extensionSection() {
	var list []Property
	for _, e := range extattr.From(x.app.AppID, x.extensions) {
		if len(e.TargetObjects) != 1 || e.SyncedFromOnPremises {
			x.warn("the extension property %s does not go into a file: it is for %s", e.Name, strings.Join(e.TargetObjects, ", "))
			continue
		}
		p := Property{Name: e.Name, MultiValued: e.MultiValued}
		if e.DataType != "String" {
			p.Type = e.DataType
		}
		if e.TargetObjects[0] != "User" {
			p.Target = e.TargetObjects[0]
		}
		list = append(list, p)
	}
	if len(list) > 0 {
		x.b.Extensions = &Extensions{Properties: list}
	}
}

// provisioningSection is the job with its settings. Of a job in quarantine it
// says nothing, since wanting it on would lift that.
func (x *exporter) provisioningSection() {
	if x.job == nil {
		return
	}
	p := &Provisioning{}
	if x.job.TemplateID != "scim" {
		p.Template = x.job.TemplateID
	}
	if x.job.Quarantined() {
		x.warn("provisioning is in quarantine: whether it is on was left out")
	} else {
		p.Enabled = new(x.job.Running())
	}
	s := credentials.SettingsOf(x.secrets)
	p.Scope, p.SkipOutOfScopeDeletions = s.Scope, new(s.SkipOutOfScopeDeletions)
	switch {
	case !s.NotifyEnabled:
		p.Notify = []string{}
	case len(s.Notify) > 0:
		p.Notify = s.Notify
	}
	if !s.DeleteThresholdEnabled || s.DeleteThreshold > 0 {
		n := Threshold(0)
		if s.DeleteThresholdEnabled {
			n = Threshold(s.DeleteThreshold)
		}
		p.DeleteThreshold = &n
	}
	p.Credentials = x.credentials()
	x.b.Provisioning = p
}

// credentials become variables, named after the application.
func (x *exporter) credentials() *Credentials {
	saved := credentials.SignedInBy(x.secrets)
	variable := func(what string) Reference {
		name := variableOf(x.app.Name) + "_SCIM_" + what
		x.variables = append(x.variables, name)
		return Reference{From: FromEnv, At: name}
	}
	switch saved.Kind {
	case credentials.SignInToken:
		return &Credentials{URL: variable("URL"), Token: variable("TOKEN")}
	case credentials.SignInOAuth:
		if saved.ClientID != "" && saved.TokenURL != "" && !credentials.HoldsValues(saved.TokenURL) {
			return &Credentials{URL: variable("URL"), OAuth: &OAuth{ClientID: saved.ClientID, TokenURL: saved.TokenURL, ClientSecret: variable("CLIENT_SECRET")}}
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
