// Package scimserver is the application at the far end of the simulated tenant:
// a SCIM 2.0 server on github.com/elimity-com/scim. The library routes, checks
// requests against the schemas and writes answers; the store, the PATCH applier
// and the filters are here, and in front of the library stands a translator
// that turns the habits of Entra's provisioning service into the form of
// RFC 7644. Schema extensions need no declaration: the server keeps those that
// it is sent, under the URN that they came with.
package scimserver

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

// maxResults is how many resources one list answer holds at most.
const maxResults = 100

// maxBody is how many bytes of a request are read.
const maxBody = 1 << 20

// Options are what a server needs besides its store. Only Token has no default.
type Options struct {
	Token   func() string    // the bearer token that is let in; "" lets nobody in
	Now     func() time.Time // for meta; nil: time.Now
	Changed func()           // called after each change of the store; may be nil
	Habit   Habit            // "": none
}

// server answers requests from a store. The schemas are built once: the
// library compiles a regular expression for each attribute.
type server struct {
	store      *Store
	options    Options
	user       schema.Schema
	enterprise schema.Schema
	group      schema.Schema
}

// New returns a handler for the paths /Users, /Groups, /Schemas,
// /ResourceTypes and /ServiceProviderConfig over store. To mount it elsewhere
// than at the root, use http.StripPrefix. It is safe for concurrent use.
func New(store *Store, options Options) http.Handler {
	if options.Token == nil {
		options.Token = func() string { return "" }
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Changed == nil {
		options.Changed = func() {}
	}
	return &server{
		store: store, options: options,
		user: schema.CoreUserSchema(), enterprise: schema.ExtensionEnterpriseUser(), group: schema.CoreGroupSchema(),
	}
}

// ServeHTTP lets in who has the token, translates the request, and hands it to
// a library server made for it: one that knows the extensions seen so far and
// those of this request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	if !s.authorized(r) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="scim"`)
		writeError(w, errors.ScimError{Status: http.StatusUnauthorized, Detail: "The bearer token is missing or wrong."})
		return
	}
	c := s.newCall(r)
	translated, scimErr := c.translate(r)
	if scimErr != nil {
		writeError(w, *scimErr)
		return
	}
	library, err := scim.NewServer(s.arguments(c))
	if err != nil {
		writeError(w, errors.ScimError{Status: http.StatusInternalServerError, Detail: err.Error()})
		return
	}
	var a answer
	library.ServeHTTP(&a, translated)
	a.send(w)
	if c.changed {
		s.options.Changed()
	}
}

func (s *server) authorized(r *http.Request) bool {
	want := s.options.Token()
	scheme, got, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return want != "" && strings.EqualFold(scheme, "Bearer") &&
		subtle.ConstantTimeCompare([]byte(strings.TrimSpace(got)), []byte(want)) == 1
}

func (s *server) arguments(c *call) *scim.ServerArgs {
	extensions := []scim.SchemaExtension{{Schema: s.enterprise}}
	for _, e := range c.extensions {
		extensions = append(extensions, scim.SchemaExtension{Schema: e.schema()})
	}
	return &scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{
			MaxResults: maxResults, SupportFiltering: true, SupportPatch: true,
			AuthenticationSchemes: []scim.AuthenticationScheme{{
				Type: scim.AuthenticationTypeOauthBearerToken, Name: "Bearer token",
				Description: "The token that sandbox show prints.", Primary: true,
			}},
		},
		ResourceTypes: []scim.ResourceType{{
			ID: optional.NewString("User"), Name: "User", Endpoint: "/Users", Schema: s.user,
			SchemaExtensions: extensions, Handler: handler{c, &s.store.users},
		}, {
			ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups", Schema: s.group,
			Handler: handler{c, &s.store.groups},
		}},
	}
}
