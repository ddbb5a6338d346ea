package graph

import (
	"fmt"
	"strings"
)

// A Cloud is one of Microsoft's clouds: where its Graph, its sign-in and its
// portal are. The zero value stands for [Global].
//
// See https://learn.microsoft.com/graph/deployments.
type Cloud struct {
	Name      string // as in --cloud: global, usgov, usgov-dod, china
	Graph     string // Graph's root, without the version
	Authority string // where tokens come from
	Portal    string // the Entra portal for people
	// CustomTemplateID is the application template of a non-gallery
	// application, which differs from cloud to cloud:
	// https://learn.microsoft.com/graph/api/applicationtemplate-instantiate.
	CustomTemplateID string
	// TokenExchange is the audience of a token that is exchanged for one of
	// this cloud: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust.
	TokenExchange string
}

// The clouds that Graph runs in.
var (
	Global = Cloud{
		Name: "global", Graph: "https://graph.microsoft.com", Authority: "https://login.microsoftonline.com",
		Portal: "https://entra.microsoft.com", CustomTemplateID: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
		TokenExchange: "api://AzureADTokenExchange",
	}
	USGov = Cloud{
		Name: "usgov", Graph: "https://graph.microsoft.us", Authority: "https://login.microsoftonline.us",
		Portal: "https://portal.azure.us", CustomTemplateID: "4602d0b4-76bb-404b-bca9-2652e1a39c6d",
		TokenExchange: "api://AzureADTokenExchangeUSGov",
	}
	// USGovDoD has no template id of its own in the documentation; that of
	// the other US Government cloud is assumed.
	USGovDoD = Cloud{
		Name: "usgov-dod", Graph: "https://dod-graph.microsoft.us", Authority: "https://login.microsoftonline.us",
		Portal: "https://portal.azure.us", CustomTemplateID: "4602d0b4-76bb-404b-bca9-2652e1a39c6d",
		TokenExchange: "api://AzureADTokenExchangeUSGov",
	}
	China = Cloud{
		Name: "china", Graph: "https://microsoftgraph.chinacloudapi.cn", Authority: "https://login.chinacloudapi.cn",
		Portal: "https://portal.azure.cn", CustomTemplateID: "5a532e38-1581-4918-9658-008dc27c1d68",
		TokenExchange: "api://AzureADTokenExchangeChina",
	}
)

// Clouds are all clouds, the global one first.
func Clouds() []Cloud { return []Cloud{Global, USGov, USGovDoD, China} }

// ParseCloud finds a cloud by its name; "" is [Global].
func ParseCloud(name string) (Cloud, error) {
	if name == "" {
		return Global, nil
	}
	for _, cloud := range Clouds() {
		if strings.EqualFold(cloud.Name, name) {
			return cloud, nil
		}
	}
	return Cloud{}, fmt.Errorf("no cloud named %q: it is global, usgov, usgov-dod or china", name)
}

// OrGlobal gives the zero value its meaning.
func (c Cloud) OrGlobal() Cloud {
	if c == (Cloud{}) {
		return Global
	}
	return c
}

// A CloudError is something that a cloud does not offer.
type CloudError struct {
	Cloud Cloud
	Op    Operation
}

func (e *CloudError) Error() string {
	return fmt.Sprintf("%s: the cloud %s does not offer it", e.Op.Name, e.Cloud.Name)
}

// lacking are the operations that a cloud does not offer, by its name. The
// pages of the methods say which clouds have them, such as
// https://learn.microsoft.com/graph/api/provisioningobjectsummary-list.
func lacking() map[string][]Operation {
	return map[string][]Operation{
		China.Name: {OpReadLogs},
	}
}

// Offers returns a [*CloudError] for the first operation that the cloud lacks.
func (c Cloud) Offers(operations ...Operation) error {
	c = c.OrGlobal()
	for _, lacks := range lacking()[c.Name] {
		for _, op := range operations {
			if op.Name == lacks.Name {
				return &CloudError{Cloud: c, Op: op}
			}
		}
	}
	return nil
}
