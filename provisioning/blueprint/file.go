package blueprint

import (
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// The marks by which a file is known.
const (
	APIVersion = "scimctl/v1"
	Kind       = "Provisioning"
)

// A Blueprint is one document of a file: the set-up of one application. A
// section that is nil, and a member that is nil or empty, is not named, and
// what it stands for is left alone.
type Blueprint struct {
	APIVersion   string        `json:"apiVersion" jsonschema:"scimctl/v1"`
	Kind         string        `json:"kind" jsonschema:"Provisioning"`
	Application  Application   `json:"application" jsonschema:"the enterprise application"`
	Extensions   *Extensions   `json:"extensions,omitempty" jsonschema:"directory extension properties of the application"`
	Provisioning *Provisioning `json:"provisioning,omitempty" jsonschema:"the job, its settings and its credentials"`
	Users        *Object       `json:"users,omitempty" jsonschema:"how users are provisioned"`
	Groups       *Object       `json:"groups,omitempty" jsonschema:"how groups are provisioned"`
	Assignments  *Assignments  `json:"assignments,omitempty" jsonschema:"who is assigned to the application"`
	Values       Values        `json:"values,omitempty" jsonschema:"values of extension properties for a handful of people, by user and short name"`

	places places
}

// Application names the enterprise application.
type Application struct {
	Name     string `json:"name" jsonschema:"display name, or an id of an application that exists"`
	Template string `json:"template,omitempty" jsonschema:"gallery template by name or id; without it, an application that has to be made is a non-gallery one"`
	Create   *bool  `json:"create,omitempty" jsonschema:"whether the application is made when there is none; true unless said otherwise"`
}

// MayCreate reports whether an application that does not exist is made.
func (a Application) MayCreate() bool { return a.Create == nil || *a.Create }

// Extensions are directory extension properties of the application.
type Extensions struct {
	Prune      bool       `json:"prune,omitempty" jsonschema:"delete the application's properties that are not listed, and all their values"`
	Properties []Property `json:"properties,omitempty" jsonschema:"properties, by short name"`
}

// A Property is a directory extension property; in a file its short name alone
// means a String of users.
type Property struct {
	Name        string `json:"name" jsonschema:"short name, without extension_ and the application's id"`
	Type        string `json:"type,omitempty" jsonschema:"String, Boolean, Integer, LargeInteger, DateTime or Binary; String unless said otherwise"`
	Target      string `json:"target,omitempty" jsonschema:"kind of object that has it; User unless said otherwise"`
	MultiValued bool   `json:"multiValued,omitempty" jsonschema:"it has several values, and then cannot be mapped"`
}

// Provisioning is the job with what belongs to it.
type Provisioning struct {
	Template                string            `json:"template,omitempty" jsonschema:"one of the application's provisioning templates; without it, the one that provision setup picks"`
	Enabled                 *bool             `json:"enabled,omitempty" jsonschema:"whether provisioning runs"`
	Scope                   credentials.Scope `json:"scope,omitempty" jsonschema:"who is provisioned: assigned users and groups, or all of the tenant"`
	Notify                  []string          `json:"notify,omitzero" jsonschema:"mail addresses that hear of a quarantine; an empty list tells nobody"` // nil: not named
	DeleteThreshold         *Threshold        `json:"deleteThreshold,omitempty" jsonschema:"number of deletions in one cycle from which on the service stops and asks, or off"`
	SkipOutOfScopeDeletions *bool             `json:"skipOutOfScopeDeletions,omitempty" jsonschema:"change nothing in the application when somebody leaves the scope"`
	Credentials             *Credentials      `json:"credentials,omitempty" jsonschema:"how the service signs in to the application"`
}

// A Threshold is a number of deletions; 0 is off.
type Threshold int

// Credentials say where the tenant URL and the secret are read from when the
// file is applied. With neither Token nor OAuth, only the URL is compared.
type Credentials struct {
	URL   Reference `json:"url,omitzero" jsonschema:"tenant URL: itself, or env:NAME, file:PATH or command:LINE"`
	Token Reference `json:"token,omitzero" jsonschema:"where the secret token is read from: env:NAME, file:PATH or command:LINE; never the token itself"`
	OAuth *OAuth    `json:"oauth,omitempty" jsonschema:"OAuth 2.0 client credentials instead of a token"`
}

// OAuth are OAuth 2.0 client credentials.
type OAuth struct {
	ClientID     string    `json:"clientId" jsonschema:"client id that the application gave"`
	TokenURL     string    `json:"tokenUrl" jsonschema:"URL at which the service gets a token"`
	ClientSecret Reference `json:"clientSecret" jsonschema:"where the client secret is read from: env:NAME, file:PATH or command:LINE; never the secret itself"`
}

// An Object is the object mapping of users, or that of groups.
type Object struct {
	Enabled    *bool               `json:"enabled,omitempty" jsonschema:"whether these objects are provisioned"`
	Actions    []string            `json:"actions,omitzero" jsonschema:"exactly what is carried out in the application: some of create, update and delete"` // nil: not named
	Attributes *Attributes         `json:"attributes,omitempty" jsonschema:"attributes to be on the attribute lists; what a mapping needs is put there by itself"`
	Mappings   map[string]Mapping  `json:"mappings,omitempty" jsonschema:"attribute mappings by target"`
	Remove     []string            `json:"remove,omitempty" jsonschema:"targets that are not to be mapped"`
	Filters    map[string][]string `json:"filters,omitempty" jsonschema:"scoping filters by name: clauses such as department equals Engineering, all of which have to hold"`
	Prune      bool                `json:"prune,omitempty" jsonschema:"remove mappings and filters that are not named here, and attributes of the application that were added and are not needed"`
}

// Attributes are what has to be on the attribute lists.
type Attributes struct {
	Source []Attribute `json:"source,omitempty" jsonschema:"in Microsoft Entra ID"`
	Target []Attribute `json:"target,omitempty" jsonschema:"in the application"`
}

// An Attribute is an entry of an attribute list; in a file its name alone means
// a String.
type Attribute struct {
	Name        string   `json:"name" jsonschema:"name, or the short name of an extension property on the source's side"`
	Type        string   `json:"type,omitempty" jsonschema:"String, Integer, Boolean, DateTime, Reference or Binary; String unless said otherwise"`
	Required    bool     `json:"required,omitempty" jsonschema:"an account has to have a value"`
	Multivalued bool     `json:"multivalued,omitempty" jsonschema:"it has several values"`
	CaseExact   bool     `json:"caseExact,omitempty" jsonschema:"upper and lower case count when values are compared"`
	References  []string `json:"references,omitempty" jsonschema:"objects that a Reference points to, such as User"`
}

// Assignments are who is assigned to the application.
type Assignments struct {
	Prune  bool       `json:"prune,omitempty" jsonschema:"remove assignments that are not listed: those people are deprovisioned"`
	Users  []Assignee `json:"users,omitempty" jsonschema:"users, by user principal name, mail or id"`
	Groups []Assignee `json:"groups,omitempty" jsonschema:"groups, by display name or id"`
}

// An Assignee is a user or group; in a file its name alone leaves the role to
// assignment add.
type Assignee struct {
	Name string `json:"name" jsonschema:"user principal name, mail, display name of a group, or id"`
	Role string `json:"role,omitempty" jsonschema:"role of the application by name, value or id; without it any role does"`
}

// Values are values of extension properties: by user, then by short name, as
// they are written.
type Values map[string]map[string]string

// KindSavedPlan is the kind of a plan in a file.
const KindSavedPlan = "SavedProvisioningPlan"
