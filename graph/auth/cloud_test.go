package auth_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
)

func TestLeastPermissionsLeaveOutWhatOthersCover(t *testing.T) {
	t.Parallel()
	delegated, application := graph.Least(graph.OpReadApps, graph.OpCreateExtension, graph.OpReadUsers)
	if diff := cmp.Diff([]string{"Application.ReadWrite.All", "User.Read.All"}, delegated); diff != "" {
		t.Errorf("delegated (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Application.Read.All", "Application.ReadWrite.OwnedBy", "User.Read.All"}, application); diff != "" {
		t.Errorf("application (-want +got)\n%s", diff)
	}
}

func TestAConsentLinkLeadsToTheCloudsAuthority(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"https://login.microsoftonline.com/contoso.com/v2.0/adminconsent?client_id=c&scope=https:%2F%2Fgraph.microsoft.com%2FUser.Read.All%20https:%2F%2Fgraph.microsoft.com%2FGroup.Read.All&redirect_uri=http%3A%2F%2Flocalhost": graph.Global.ConsentURL("contoso.com", "c", []string{"User.Read.All", "Group.Read.All"}),
		"https://login.chinacloudapi.cn/organizations/adminconsent?client_id=c": graph.China.ConsentURL("", "c", nil),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestACloudRefusesWhatItLacks(t *testing.T) {
	t.Parallel()
	for _, cloud := range graph.Clouds() {
		err := cloud.Offers(graph.OpReadSchema, graph.OpReadLogs)
		if lacks := cloud == graph.China; (err != nil) != lacks {
			t.Errorf("%s: %v", cloud.Name, err)
		}
	}
	if err := graph.China.Offers(graph.OpReadLogs); err.Error() != "read the provisioning logs: the cloud china does not offer it" {
		t.Errorf("got %v", err)
	}
}

func TestWhatACloudLacksIsNotEvenAsked(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"responses":[]}`))
	c := s.Client(t, func(o *graph.Options) { o.Cloud = graph.China })
	_, err := c.Batch(t.Context(), []graph.BatchRequest{{Op: graph.OpReadLogs, Method: "GET", Path: "/auditLogs/provisioning"}})
	if e, ok := errors.AsType[*graph.CloudError](err); !ok || e.Cloud != graph.China || len(s.Requests()) != 0 {
		t.Errorf("got %v after %d requests", err, len(s.Requests()))
	}
}
