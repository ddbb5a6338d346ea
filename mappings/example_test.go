package mappings_test

import (
	"context"
	"fmt"
	"os"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func Example() {
	ctx := context.Background()
	tenant := sandbox.New(sandbox.WithLag(0))
	client, err := graph.New(graph.Options{Transport: tenant.Transport(), Credential: auth.StaticToken("any")})
	if err != nil {
		fmt.Println(err)
		return
	}
	app, err := applications.Find(ctx, client, "Workato")
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := synchronization.CreateJob(ctx, client, app.ServicePrincipalID, "scim"); err != nil {
		fmt.Println(err)
		return
	}
	folder, err := os.MkdirTemp("", "schemas")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)

	add := mappings.Add{Mappings: []schema.Mapping{{
		Target: "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team",
		Source: "department",
	}}}
	update := mappings.Update{Graph: client, App: "Workato", Plan: add.Plan, Reason: "mapping add", History: history.History{Dir: folder}}
	for range 2 {
		result, err := update.Do(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(result.Changes), "changes")
		for _, c := range result.Changes {
			fmt.Println(c)
		}
	}
	// Output:
	// 2 changes
	// user: target attribute urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team: String
	// user: mapping urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team: [department]
	// 0 changes
}
