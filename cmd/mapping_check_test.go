package cmd

import (
	"regexp"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/mappings"
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
	schema, err := mappings.Parse([]byte(faulty))
	if err != nil {
		t.Fatal(err)
	}
	remedies, root := 0, NewRootForDocs()
	for _, f := range mappings.Check(schema) {
		for _, remedy := range regexp.MustCompile(`scimctl [^,;]*`).FindAllString(f.Remedy, -1) {
			remedies++
			words := strings.Fields(strings.TrimPrefix(remedy, "scimctl "))
			command, _, err := root.Find(words)
			if err != nil || command.HasSubCommands() {
				t.Errorf("%v: %s is no command: %v", f, remedy, err)
				continue
			}
			for _, word := range words {
				if name, flag := strings.CutPrefix(word, "--"); flag && command.Flag(name) == nil {
					t.Errorf("%v: %s has no flag --%s", f, command.CommandPath(), name)
				}
			}
		}
	}
	if remedies < 20 {
		t.Errorf("only %d commands were looked at", remedies)
	}
}
