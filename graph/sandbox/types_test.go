package sandbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph/sandbox"
)

// graphTypes are types of Graph v1.0 with their members, after a colon the
// type of a member that is looked into.
// https://learn.microsoft.com/graph/api/overview
const graphTypes = `synchronizationJob: id schedule:synchronizationSchedule status:synchronizationStatus synchronizationJobSettings:keyValuePair templateId
keyValuePair: name value
synchronizationSchedule: expiration interval state
synchronizationStatus: code countSuccessiveCompleteFailures escrowsPruned lastExecution:execution lastSuccessfulExecution:execution lastSuccessfulExecutionWithExports:execution progress quarantine:quarantine steadyStateFirstAchievedTime steadyStateLastAchievedTime synchronizedEntryCountByType:pair troubleshootingUrl
execution: activityIdentifier countEntitled countEntitledForProvisioning countEscrowed countEscrowedRaw countExported countExports countImported countImportedDeltas countImportedReferenceDeltas error:syncError state timeBegan timeEnded
syncError: code message tenantActionable
quarantine: currentBegan error:syncError nextAttempt reason seriesBegan seriesCount
pair: key value
synchronizationTemplate: id applicationId default description discoverable factoryTag metadata:pair
synchronizationSchema: id version directories:directoryDefinition synchronizationRules:synchronizationRule
directoryDefinition: id discoverabilities discoveryDateTime name objects:objectDefinition readOnly version
objectDefinition: attributes:attributeDefinition metadata:pair name supportedApis
attributeDefinition: anchor apiExpressions caseExact defaultValue flowNullValues metadata multivalued mutability name referencedObjects:referencedObject required type
referencedObject: referencedObjectName referencedProperty
synchronizationRule: containerFilter editable groupFilter id metadata:pair name objectMappings:objectMapping priority sourceDirectoryName targetDirectoryName
objectMapping: attributeMappings:attributeMapping enabled flowTypes metadata:pair name scope sourceObjectName targetObjectName
attributeMapping: defaultValue exportMissingReferences flowBehavior flowType matchingPriority source:attributeMappingSource targetAttributeName
attributeMappingSource: expression name parameters:parameter type
parameter: key value:attributeMappingSource
filterOperatorSchema: id arity multivaluedComparisonType supportedAttributeTypes
functionSchema: id parameters:functionParameter
functionParameter: allowMultipleOccurrences name required type
parseExpressionResponse: error:publicError evaluationResult evaluationSucceeded parsedExpression:attributeMappingSource parsingSucceeded
publicError: code details innerError message target
extensionProperty: id deletedDateTime appDisplayName dataType isMultiValued isSyncedFromOnPremises name targetObjects
appRoleAssignment: id deletedDateTime appRoleId createdDateTime principalDisplayName principalId principalType resourceDisplayName resourceId
applicationTemplate: id categories deprecationDate description displayName endpoints homePageUrl isEntraIntegrated lastModifiedDateTime logoUrl publisher riskFactors riskScore supportedProvisioningTypes supportedSingleSignOnModes
provisioningObjectSummary: id activityDateTime changeId cycleId durationInMilliseconds initiatedBy:initiator jobId modifiedProperties:modifiedProperty provisioningAction provisioningStatusInfo:statusInfo provisioningSteps:provisioningStep servicePrincipal sourceIdentity:identity sourceSystem:system targetIdentity:identity targetSystem:system tenantId
initiator: id displayName initiatorType
modifiedProperty: displayName newValue oldValue
statusInfo: errorInformation:errorInfo status
errorInfo: additionalDetails errorCategory errorCode reason recommendedAction
provisioningStep: description details name provisioningStepType status
identity: id displayName details identityType
system: id displayName details`

func typeMembers() map[string]map[string]string {
	out := map[string]map[string]string{}
	for line := range strings.SplitSeq(graphTypes, "\n") {
		name, list, _ := strings.Cut(line, ": ")
		out[name] = map[string]string{}
		for m := range strings.FieldsSeq(list) {
			member, kind, _ := strings.Cut(m, ":")
			out[name][member] = kind
		}
	}
	return out
}

// strangers are the members of a value that its type does not have.
func strangers(types map[string]map[string]string, kind, path string, v any) []string {
	switch v := v.(type) {
	case []any:
		var out []string
		for i, item := range v {
			out = append(out, strangers(types, kind, fmt.Sprintf("%s[%d]", path, i), item)...)
		}
		return out
	case map[string]any:
		var out []string
		for name, value := range v {
			inner, known := types[kind][name]
			switch {
			case strings.HasPrefix(name, "@odata."):
			case !known:
				out = append(out, path+"."+name+" is no member of "+kind)
			case inner != "":
				out = append(out, strangers(types, inner, path+"."+name, value)...)
			}
		}
		slices.Sort(out)
		return out
	}
	return nil
}

func TestEveryMemberIsOneThatGraphKnows(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	types := typeMembers()
	application, _, sp := s.app("Workato")
	job := s.job("SyncAll", "true")
	s.must(201, "POST", "/applications/"+application+"/extensionProperties", `{"name":"role","dataType":"String","targetObjects":["User"]}`)
	s.assign(s.user("ada@contoso.com"))
	s.cycle(job)
	for path, kind := range map[string]string{
		job: "synchronizationJob", job + "/schema": "synchronizationSchema", syncOf(job) + "/templates/scim/schema": "synchronizationSchema",
	} {
		for _, stranger := range strangers(types, kind, path, s.must(200, "GET", path, nil).body) {
			t.Error(stranger)
		}
	}
	for path, kind := range map[string]string{
		syncOf(job) + "/jobs": "synchronizationJob", syncOf(job) + "/templates": "synchronizationTemplate", syncOf(job) + "/secrets": "pair",
		job + "/schema/filterOperators": "filterOperatorSchema", job + "/schema/functions": "functionSchema",
		"/applications/" + application + "/extensionProperties": "extensionProperty", "/servicePrincipals/" + sp + "/appRoleAssignedTo": "appRoleAssignment",
		"/applicationTemplates": "applicationTemplate", "/auditLogs/provisioning": "provisioningObjectSummary",
	} {
		r := s.must(200, "GET", path, nil)
		if len(r.list()) == 0 {
			t.Error(path + " lists nothing")
		}
		for _, stranger := range strangers(types, kind, path, r.body["value"]) {
			t.Error(stranger)
		}
	}
	parsed := s.must(200, "POST", job+"/schema/parseExpression", `{"expression":"Join(\" \", [a], [b])","testInputObject":null}`)
	for _, stranger := range strangers(types, "parseExpressionResponse", "parseExpression", parsed.body) {
		t.Error(stranger)
	}
	s.configure(syncOf(job), sandbox.SCIMURL, "wrong")
	for _, stranger := range strangers(types, "synchronizationJob", "quarantined", s.cycle(job).body) {
		t.Error(stranger)
	}
}
