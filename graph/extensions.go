package graph

import (
	"context"
	"net/http"
	"strings"
)

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
func (c *Client) ListExtensions(ctx context.Context, applicationID string) ([]ExtensionProperty, error) {
	return list[ExtensionProperty](ctx, c, OpReadExtensions, at("applications", applicationID, "extensionProperties"))
}

// CreateExtension defines an extension property. Its Name is the short name;
// that of the answer is the full one. It can be written only some time later:
// [Client.AvailableExtensions] tells when. One that exists is an error for
// [IsAlreadyExists].
func (c *Client) CreateExtension(ctx context.Context, applicationID string, p ExtensionProperty) (ExtensionProperty, error) {
	body := map[string]any{
		"name": p.Name, "dataType": p.DataType, "isMultiValued": p.IsMultiValued, "targetObjects": p.TargetObjects,
	}
	return createOnce(ctx, func() (ExtensionProperty, error) {
		return post[ExtensionProperty](ctx, c, OpCreateExtension, at("applications", applicationID, "extensionProperties"), body)
	}, func() (ExtensionProperty, bool, error) {
		all, err := c.ListExtensions(ctx, applicationID)
		return pick(all, err, func(e ExtensionProperty) bool { return shortName(e.Name) == p.Name })
	})
}

// DeleteExtension deletes the definition of an extension property. Values that
// users have stay with them, unseen, and come back with a definition of the
// same name.
func (c *Client) DeleteExtension(ctx context.Context, applicationID, id string) error {
	return c.send(ctx, OpDeleteExtension, http.MethodDelete, at("applications", applicationID, "extensionProperties", id), nil)
}

// AvailableExtensions lists the extension properties of all applications that
// can be read and written now. See
// https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties.
func (c *Client) AvailableExtensions(ctx context.Context) ([]ExtensionProperty, error) {
	return pages[ExtensionProperty](ctx, c, request{
		op: OpAvailableExtensions, method: http.MethodPost, due: true,
		path: "/directoryObjects/getAvailableExtensionProperties", body: []byte("{}"),
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

// pick takes the first that is wanted from a list that was just read.
func pick[T any](all []T, err error, wanted func(T) bool) (T, bool, error) {
	var none T
	if err != nil {
		return none, false, err
	}
	for _, v := range all {
		if wanted(v) {
			return v, true, nil
		}
	}
	return none, false, nil
}
