package apps

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
)

// ListTemplates looks through the gallery for what an application can be
// created from.
type ListTemplates struct {
	Graph      *graph.Client
	Search     string // part of the name; "" for the whole gallery, which has thousands
	Provisions bool   // only those that can be provisioned
}

// A Template is an application of the gallery, or what non-gallery
// applications are made from.
type Template struct {
	ID          string   `json:"id"` // differs from cloud to cloud
	Name        string   `json:"name"`
	Publisher   string   `json:"publisher,omitempty"`
	Provisions  bool     `json:"provisions"` // an application made from it can be provisioned
	NonGallery  bool     `json:"nonGallery"` // [Create] takes it when no template is named
	Categories  []string `json:"categories"`
	SignOnModes []string `json:"signOnModes"`
}

// customName is the name of the template for non-gallery applications.
const customName = "Custom"

// Do returns the templates, sorted by name. The one for non-gallery
// applications is among them in every cloud, with the id that it has there.
func (l ListTemplates) Do(ctx context.Context) ([]Template, error) {
	found, err := applications.ListTemplates(ctx, l.Graph, l.Search)
	if err != nil {
		return nil, err
	}
	custom := l.Graph.Cloud().CustomTemplateID
	templates := []Template{}
	for _, t := range found {
		templates = append(templates, templateView(t, custom))
	}
	isListed := slices.ContainsFunc(templates, func(t Template) bool { return t.NonGallery })
	if !isListed && strings.Contains(strings.ToLower(customName), strings.ToLower(l.Search)) {
		templates = append(templates, templateView(applications.Template{ID: custom, DisplayName: customName}, custom))
	}
	if l.Provisions {
		templates = slices.DeleteFunc(templates, func(t Template) bool { return !t.Provisions })
	}
	slices.SortStableFunc(templates, func(a, b Template) int {
		return strings.Compare(strings.ToLower(a.Name)+a.ID, strings.ToLower(b.Name)+b.ID)
	})
	return templates, nil
}

func templateView(t applications.Template, custom string) Template {
	view := Template{
		ID: t.ID, Name: t.DisplayName, Publisher: t.Publisher, NonGallery: strings.EqualFold(t.ID, custom),
		Categories: append([]string{}, t.Categories...), SignOnModes: append([]string{}, t.SupportedSingleSignOnModes...),
	}
	view.Provisions = view.NonGallery || t.Provisions()
	return view
}
