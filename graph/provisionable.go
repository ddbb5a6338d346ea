package graph

import (
	"context"
	"slices"
	"strings"
)

// ProvisionableApps lists the enterprise applications that can have
// provisioning jobs, sorted by name: those that were made from a template, and
// those that are listed as enterprise applications, some of which are older
// than templates. ApplicationID and Roles are not read. It takes one request
// for 999 service principals; asking for some of them alone would be an
// advanced query, whose index lags behind:
// https://learn.microsoft.com/graph/aad-advanced-queries.
func (c *Client) ProvisionableApps(ctx context.Context) ([]App, error) {
	principals, err := list[servicePrincipal](ctx, c, OpReadApps, with("/servicePrincipals",
		"$select", "id,appId,displayName,applicationTemplateId,tags", "$top", largestPage))
	if err != nil {
		return nil, err
	}
	apps := []App{}
	for _, sp := range principals {
		if sp.TemplateID != "" || slices.Contains(sp.Tags, galleryTag) {
			apps = append(apps, newApp(sp, application{}))
		}
	}
	slices.SortStableFunc(apps, func(a, b App) int {
		return strings.Compare(strings.ToLower(a.Name)+a.AppID, strings.ToLower(b.Name)+b.AppID)
	})
	return apps, nil
}
