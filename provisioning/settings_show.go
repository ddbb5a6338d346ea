package provisioning

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// ShowSettings reads the settings of an application's provisioning.
type ShowSettings struct {
	Graph *graph.Client
	App   string
}

// AppSettings are the settings of one application.
type AppSettings struct {
	App App `json:"app"`
	Settings
}

// Do reads them. What was never set is as [Settings] tells.
func (s ShowSettings) Do(ctx context.Context) (AppSettings, error) {
	app, err := s.Graph.FindApp(ctx, s.App)
	if err != nil {
		return AppSettings{}, err
	}
	current, err := readSecrets(ctx, s.Graph, app)
	return AppSettings{App: describe(app), Settings: current.settings()}, err
}
