// Command scimctl sets up, changes, runs and explains Microsoft Entra ID's
// automatic SCIM user provisioning, through Microsoft Graph.
package main

import (
	"os"

	"github.com/scimctl/scimctl/cmd"
)

func main() { os.Exit(cmd.Main()) }
