package applications

import (
	"context"
	"net/http"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

// Missing names the member without which an answer has no content.
func (e ExtensionProperty) Missing() string { return graph.RequireID(e.ID) }

// An ExtensionProperty is a directory extension: an attribute that an
// application adds to users and other objects. See
// https://learn.microsoft.com/graph/api/resources/extensionproperty.
type ExtensionProperty struct {
	ID                     string   `json:"id"`
	Name                   string   `json:"name"`     // extension_{appId without dashes}_{short name}
	DataType               string   `json:"dataType"` // String, Boolean, Integer, LargeInteger, DateTime, Binary
	AppDisplayName         string   `json:"appDisplayName"`
	TargetObjects          []string `json:"targetObjects"` // User, Group, …
	IsMultiValued          bool     `json:"isMultiValued"` // cannot be used in provisioning
	IsSyncedFromOnPremises bool     `json:"isSyncedFromOnPremises"`
}

// ListExtensions lists the extension properties of an application.
func ListExtensions(ctx context.Context, c *graph.Client, applicationID string) ([]ExtensionProperty, error) {
	return graph.List[ExtensionProperty](ctx, c, graph.OpReadExtensions, odata.Path("applications", applicationID, "extensionProperties"))
}

// CreateExtension defines an extension property. Its Name is the short name;
// that of the answer is the full one. It can be written only some time later:
// [AvailableExtensions] tells when. One that exists is an error for
// [graph.IsAlreadyExists].
func CreateExtension(ctx context.Context, c *graph.Client, applicationID string, p ExtensionProperty) (ExtensionProperty, error) {
	body := map[string]any{
		"name": p.Name, "dataType": p.DataType, "isMultiValued": p.IsMultiValued, "targetObjects": p.TargetObjects,
	}
	return graph.CreateOnce(ctx, func() (ExtensionProperty, error) {
		return graph.Post[ExtensionProperty](ctx, c, graph.OpCreateExtension, odata.Path("applications", applicationID, "extensionProperties"), body)
	}, func() (ExtensionProperty, bool, error) {
		all, err := ListExtensions(ctx, c, applicationID)
		return graph.PickCreated(all, err, func(e ExtensionProperty) bool { return shortName(e.Name) == p.Name })
	})
}

// DeleteExtension deletes the definition of an extension property. Values that
// users have stay with them, unseen, and come back with a definition of the
// same name.
func DeleteExtension(ctx context.Context, c *graph.Client, applicationID, id string) error {
	return c.Send(ctx, graph.OpDeleteExtension, http.MethodDelete, odata.Path("applications", applicationID, "extensionProperties", id), nil)
}

// AvailableExtensions lists the extension properties of all applications that
// can be read and written now. See
// https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties.
func AvailableExtensions(ctx context.Context, c *graph.Client) ([]ExtensionProperty, error) {
	return graph.Pages[ExtensionProperty](ctx, c, graph.Request{
		Op: graph.OpAvailableExtensions, Method: http.MethodPost, Due: true,
		Path: "/directoryObjects/getAvailableExtensionProperties", Body: []byte("{}"),
	}, 0)
}

// shortName is what follows extension_ and the application's id.
func shortName(full string) string {
	rest, ok := strings.CutPrefix(full, "extension_")
	if _, short, found := strings.Cut(rest, "_"); ok && found {
		return short
	}
	return full
}
