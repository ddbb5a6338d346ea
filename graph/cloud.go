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
}

// The clouds that Graph runs in.
var (
	Global = Cloud{
		Name: "global", Graph: "https://graph.microsoft.com", Authority: "https://login.microsoftonline.com",
		Portal: "https://entra.microsoft.com", CustomTemplateID: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
	}
	USGov = Cloud{
		Name: "usgov", Graph: "https://graph.microsoft.us", Authority: "https://login.microsoftonline.us",
		Portal: "https://portal.azure.us", CustomTemplateID: "4602d0b4-76bb-404b-bca9-2652e1a39c6d",
	}
	// USGovDoD has no template id of its own in the documentation; that of
	// the other US Government cloud is assumed.
	USGovDoD = Cloud{
		Name: "usgov-dod", Graph: "https://dod-graph.microsoft.us", Authority: "https://login.microsoftonline.us",
		Portal: "https://portal.azure.us", CustomTemplateID: "4602d0b4-76bb-404b-bca9-2652e1a39c6d",
	}
	China = Cloud{
		Name: "china", Graph: "https://microsoftgraph.chinacloudapi.cn", Authority: "https://login.chinacloudapi.cn",
		Portal: "https://portal.azure.cn", CustomTemplateID: "5a532e38-1581-4918-9658-008dc27c1d68",
	}
)

// ParseCloud finds a cloud by its name; "" is [Global].
func ParseCloud(name string) (Cloud, error) {
	if name == "" {
		return Global, nil
	}
	for _, cloud := range []Cloud{Global, USGov, USGovDoD, China} {
		if strings.EqualFold(cloud.Name, name) {
			return cloud, nil
		}
	}
	return Cloud{}, fmt.Errorf("no cloud named %q: it is global, usgov, usgov-dod or china", name)
}

// orGlobal gives the zero value its meaning.
func (c Cloud) orGlobal() Cloud {
	if c == (Cloud{}) {
		return Global
	}
	return c
}
