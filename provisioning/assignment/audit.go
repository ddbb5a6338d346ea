package assignment

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
)

// What an [Audit] finds.
const (
	CodeDefaultAccess      schemacheck.Code = "defaultAccess"      // assigned without a role
	CodePrincipalDeleted   schemacheck.Code = "principalDeleted"   // assigned, and deleted
	CodeNotSecurityEnabled schemacheck.Code = "notSecurityEnabled" // a group that provisioning does not look into
	CodeNestedGroups       schemacheck.Code = "nestedGroups"       // a group holds groups, whose members are missed
	CodeReachedTwice       schemacheck.Code = "reachedTwice"       // assigned directly and through groups, or through several
	CodeUserDisabled       schemacheck.Code = "userDisabled"       // assigned, and off in Entra
	CodeHoldsSeveralRoles  schemacheck.Code = "holdsSeveralRoles"  // people have several roles
)

// An AuditFinding is something about the assignments of an application that its
// administrator should know.
type AuditFinding struct {
	Severity    schemacheck.Severity `json:"severity"` // warning: somebody is or was provisioned otherwise than it seems
	Code        schemacheck.Code     `json:"code"`
	Type        string               `json:"type,omitempty"`        // User or Group
	Principal   string               `json:"principal,omitempty"`   // user principal name, or display name
	PrincipalID string               `json:"principalId,omitempty"` // "" when it is about several
	Problem     string               `json:"problem"`               // a clause
	Remedy      remedy.List          `json:"remedy,omitempty"`      // what to do
}

// Audit looks for what is odd about who is assigned to an application. It
// changes nothing.
type Audit struct {
	Graph *graph.Client
	App   string
}

// Do returns the findings, warnings first, then by principal. Beside the
// application and its assignments it takes one request for 300 users, 300
// groups, and the members of 20 groups, some of them side by side; those of
// groups in groups, and deleted users, are asked for only when there are any.
func (a Audit) Do(ctx context.Context) ([]AuditFinding, error) {
	s, err := a.survey(ctx)
	if err != nil {
		return nil, err
	}
	return s.judge(), nil
}

// judge looks for findings in what was read. It takes time in proportion to the
// assignments and members.
func (s *survey) judge() []AuditFinding {
	s.roles()
	s.deleted()
	s.groups()
	s.users()
	slices.SortStableFunc(s.findings, func(a, b AuditFinding) int {
		return cmp.Or(-cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Principal, b.Principal))
	})
	return s.findings
}

// AuditResult is nil unless it is strict and there are warnings; else an
// [*AuditError].
func AuditResult(app string, findings []AuditFinding, strict bool) error {
	warnings := 0
	for _, f := range findings {
		if f.Severity != schemacheck.Info {
			warnings++
		}
	}
	if !strict || warnings == 0 {
		return nil
	}
	return &AuditError{App: app, Warnings: warnings}
}

// An AuditError says that assignments need attention.
type AuditError struct {
	App      string
	Warnings int
}

func (e *AuditError) Error() string {
	if e.Warnings == 1 {
		return fmt.Sprintf("the assignments of %s have 1 warning", e.App)
	}
	return fmt.Sprintf("the assignments of %s have %d warnings", e.App, e.Warnings)
}
