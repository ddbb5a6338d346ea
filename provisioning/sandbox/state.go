package sandbox

import (
	"fmt"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

const stateVersion = "scimctl.sandbox/v2"

// state is all that a tenant remembers, and the layout of its file. It holds
// no secret.
type state struct {
	Generation  int64             `json:"generation"`      // counts the writes of the file
	Made        int64             `json:"made"`            // objects made so far
	Ahead       time.Duration     `json:"ahead,omitempty"` // of the clock, in nanoseconds
	TenantID    string            `json:"tenantId"`
	Domain      string            `json:"domain"`
	Users       []*user           `json:"users"`
	Groups      []*group          `json:"groups"`
	Apps        []*app            `json:"apps"`
	Extensions  []*extension      `json:"extensions"`
	Assignments []*assignment     `json:"assignments"`
	Jobs        []*job            `json:"jobs"`
	Delays      map[string]*delay `json:"delays"`
	OnDemand    []time.Time       `json:"onDemand"` // the last on-demand requests
	Logs        []*logEntry       `json:"logs"`
	Reports     []time.Time       `json:"reports"`   // the last reads of logs
	SCIMToken   string            `json:"scimToken"` // of the server inside; no secret
	Habit       scimserver.Habit  `json:"scimHabit,omitempty"`
	SCIM        *scimserver.Store `json:"scim"`

	dirty bool
	found *register // of the people; nil: to be made again
}

// touch has the state saved.
func (s *state) touch() { s.dirty = true }

// newID makes an id. A tenant that is asked the same makes the same ids.
func (s *state) newID() string {
	s.Made++
	return odata.IDOf(fmt.Sprintf("%s/%d", s.TenantID, s.Made))
}

// A user is a person of the tenant, perhaps deleted.
type user struct {
	ID         string         `json:"id"`
	Created    time.Time      `json:"created"`
	Deleted    time.Time      `json:"deleted,omitzero"`
	DeletedUPN string         `json:"deletedUpn,omitempty"` // as it was before the deletion
	Properties map[string]any `json:"properties"`           // what is set, by Graph's names
	Values     map[string]any `json:"values,omitempty"`     // of directory extensions, by their full names
	Manager    string         `json:"manager,omitempty"`
	Before     *snapshot      `json:"before,omitempty"` // what the provisioning service still sees
}

// A snapshot is a user's values before a change that has not replicated yet.
type snapshot struct {
	Properties map[string]any `json:"properties"`
	Values     map[string]any `json:"values,omitempty"`
	Manager    string         `json:"manager,omitempty"`
}

func (u *user) text(property string) string {
	text, _ := u.Properties[property].(string)
	return text
}

func (u *user) upn() string { return u.text("userPrincipalName") }

func (u *user) name() string { return u.text("displayName") }

type group struct {
	ID              string    `json:"id"`
	Created         time.Time `json:"created"`
	DisplayName     string    `json:"displayName"`
	Description     string    `json:"description,omitempty"`
	MailNickname    string    `json:"mailNickname"`
	SecurityEnabled bool      `json:"securityEnabled"`
	MailEnabled     bool      `json:"mailEnabled"`
	Types           []string  `json:"groupTypes,omitempty"`
	Rule            string    `json:"membershipRule,omitempty"`
	Members         []string  `json:"members"` // users and groups
}

// An app is an application and its service principal; either may be missing,
// as for Microsoft's own applications and for bare registrations.
type app struct {
	ID          string    `json:"id,omitempty"` // of the application
	AppID       string    `json:"appId"`
	SP          string    `json:"servicePrincipalId,omitempty"`
	DisplayName string    `json:"displayName"`
	Template    string    `json:"template,omitempty"` // id of the gallery's template
	Custom      bool      `json:"custom,omitempty"`   // from the non-gallery template
	HomePage    string    `json:"homePage,omitempty"`
	Created     time.Time `json:"created"`
	Management  string    `json:"serviceManagementReference,omitempty"`
	Owner       string    `json:"ownerTenant,omitempty"` // "": this tenant
	Roles       []appRole `json:"roles"`
	Secrets     []secret  `json:"secrets,omitempty"` // those that are no secret, and marks for those that are
	TokenIsOurs bool      `json:"tokenIsOurs,omitempty"`

	ClientSecretIsOurs bool `json:"clientSecretIsOurs,omitempty"` // that of OAuth 2.0 client credentials
}

type appRole struct {
	AllowedMemberTypes []string `json:"allowedMemberTypes"`
	Description        *string  `json:"description"`
	DisplayName        string   `json:"displayName"`
	ID                 string   `json:"id"`
	IsEnabled          bool     `json:"isEnabled"`
	Origin             string   `json:"origin"`
	Value              *string  `json:"value"`
}

type secret struct {
	Key   string `json:"key"`
	Value string `json:"value"` // "" for what must not be kept: only that it was set is
}

type extension struct {
	ID            string   `json:"id"`
	App           string   `json:"app"` // object id of the application
	Name          string   `json:"name"`
	DataType      string   `json:"dataType"`
	TargetObjects []string `json:"targetObjects"`
	Multi         bool     `json:"isMultiValued,omitempty"`
}

type assignment struct {
	ID        string    `json:"id"`
	Principal string    `json:"principal"`
	Type      string    `json:"type"` // User, Group
	SP        string    `json:"servicePrincipal"`
	Role      string    `json:"role"`
	Created   time.Time `json:"created"`
}

// user finds someone who is not deleted, by id or user principal name.
func (s *state) user(key string) *user {
	d := s.register()
	if u := d.named("id", key); u != nil {
		return u
	}
	return d.named("userPrincipalName", key)
}

// person finds someone by id, deleted or not.
func (s *state) person(id string) *user {
	if u := s.register().named("id", id); u != nil {
		return u
	}
	for _, u := range s.Users {
		if strings.EqualFold(u.ID, id) {
			return u
		}
	}
	return nil
}

func (s *state) group(id string) *group {
	for _, g := range s.Groups {
		if strings.EqualFold(g.ID, id) {
			return g
		}
	}
	return nil
}

// application finds an application by object id, or by appId=….
func (s *state) application(key string) *app {
	return s.findApp(key, func(a *app) string { return a.ID })
}

// servicePrincipal finds a service principal by object id, or by appId=….
func (s *state) servicePrincipal(key string) *app {
	return s.findApp(key, func(a *app) string { return a.SP })
}

func (s *state) findApp(key string, id func(*app) string) *app {
	alternate, byAppID := strings.CutPrefix(key, "appId=")
	for _, a := range s.Apps {
		if id(a) == "" {
			continue
		}
		if byAppID && strings.EqualFold(a.AppID, alternate) || !byAppID && strings.EqualFold(id(a), key) {
			return a
		}
	}
	return nil
}
