package cmd

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/schema"
)

// faulty is a schema with much that is wrong.
const faulty = `{"synchronizationRules": [{"id": "r", "sourceDirectoryName": "Microsoft Entra ID", "targetDirectoryName": "customappsso", "objectMappings": [
	{"enabled": true, "flowTypes": "Add", "sourceObjectName": "User", "targetObjectName": "U",
	"scope": {"groups": [{"name": "Sean's filter", "clauses": [{"sourceOperandName": "x", "operatorName": "Y", "targetOperand": {"values": []}}]}]},
	"attributeMappings": [
		{"targetAttributeName": "id", "source": {"type": "Attribute", "name": "otherMails", "expression": "[otherMails]"}},
		{"targetAttributeName": "titel", "source": {"type": "Function", "name": "Jion", "expression": "Jion([mial])"}},
		{"targetAttributeName": "title", "source": {"type": "Function", "name": "Join", "expression": "Join("}},
		{"targetAttributeName": "title", "source": null},
		{"targetAttributeName": "level", "source": null, "matchingPriority": -1, "defaultValue": "high"},
		{"targetAttributeName": "city", "source": {"type": "Attribute", "name": "otherMails", "expression": "[otherMails]"}},
		{"targetAttributeName": "state", "source": {"type": "Attribute", "name": "mail", "expression": "[otherMails]"}},
		{"targetAttributeName": "urn:x:y", "matchingPriority": 1, "source": {"type": "Constant", "name": "x", "expression": "\"x\""}}]},
	{"enabled": true, "flowTypes": "Add,Update,Delete", "sourceObjectName": "Group", "targetObjectName": "G", "attributeMappings": []}]}],
	"directories": [
	{"name": "Microsoft Entra ID", "objects": [{"name": "User", "attributes": [{"name": "mail", "type": "String"}, {"name": "mail", "type": "String"}, {"name": "otherMails", "type": "String", "multivalued": true}]}]},
	{"name": "customappsso", "objects": [{"name": "U", "attributes": [{"name": "id", "type": "String"}, {"name": "title", "type": "String"}, {"name": "active", "type": "Boolean"}, {"name": "level", "type": "Integer"},
		{"name": "city", "type": "String"}, {"name": "state", "type": "String"}, {"name": "must", "type": "String", "required": true}, {"name": "urn:x:y", "type": "Boolean", "multivalued": true}]}]}]}`

// What a finding tells to do can be done: the commands and their flags exist.
func TestTheRemediesOfACheckExist(t *testing.T) {
	t.Parallel()
	schema, err := schema.Parse([]byte(faulty))
	if err != nil {
		t.Fatal(err)
	}
	remedies, root := 0, NewRootForDocs()
	for _, f := range schemacheck.Check(schema) {
		for _, r := range f.Remedy {
			if len(r.Args) == 0 {
				continue
			}
			remedies++
			if err := runnable(root, r.Args); err != nil {
				t.Errorf("%v: %q: %v", f, r.Args, err)
			}
		}
	}
	if remedies < 20 {
		t.Errorf("only %d commands were looked at", remedies)
	}
}

// runnable reports a command that does not exist, or a flag that it lacks.
func runnable(root *cobra.Command, args []string) error {
	command, _, err := root.Find(args)
	if err != nil {
		return err
	}
	if command.HasSubCommands() && !command.HasAvailableLocalFlags() && !slices.Contains(args, "--help") {
		return fmt.Errorf("%s is incomplete", command.CommandPath())
	}
	for _, word := range args {
		if word == "--" {
			break
		}
		name, flag := strings.CutPrefix(word, "--")
		if name, _, _ = strings.Cut(name, "="); flag && command.Flag(name) == nil {
			return fmt.Errorf("%s has no flag --%s", command.CommandPath(), name)
		}
	}
	return nil
}
