package sandbox_test

import (
	"strings"
)

// graphTypes are the types of Graph v1.0 that the sandbox answers, a line each:
// their members with the type of each. A type that may be null has a question
// mark, "[]" before it makes a list, and an asterisk stands for members of any
// name. Keys of a template's metadata are text, not the enumeration: real
// answers begin them in lower case and have more of them. See
// https://graph.microsoft.com/v1.0/$metadata.
const graphTypes = `
application: id text, deletedDateTime time?, addIns []none, api apiApplication?, appId text?, applicationTemplateId text?, appRoles []appRole, createdDateTime time?, defaultRedirectUri text?, description text?, disabledByMicrosoftStatus text?, displayName text?, groupMembershipClaims text?, identifierUris []text, info informationalUrl?, isDeviceOnlyAuthSupported bool?, isFallbackPublicClient bool?, keyCredentials []none, nativeAuthenticationApisEnabled none?, notes text?, oauth2RequirePostResponse bool, optionalClaims none?, parentalControlSettings parentalControlSettings?, passwordCredentials []none, publicClient redirectUris?, publisherDomain text?, requestSignatureVerification none?, requiredResourceAccess []none, samlMetadataUrl text?, serviceManagementReference text?, servicePrincipalLockConfiguration none?, signInAudience text?, spa redirectUris?, tags []text, tokenEncryptionKeyId guid?, uniqueName text?, verifiedPublisher verifiedPublisher?, web webApplication?
apiApplication: acceptMappedClaims bool?, knownClientApplications []guid, oauth2PermissionScopes []permissionScope, preAuthorizedApplications []none, requestedAccessTokenVersion int?
permissionScope: adminConsentDescription text?, adminConsentDisplayName text?, id guid, isEnabled bool, origin text?, type text?, userConsentDescription text?, userConsentDisplayName text?, value text?
appRole: allowedMemberTypes []text, description text?, displayName text?, id guid, isEnabled bool, origin text?, value text?
informationalUrl: logoUrl text?, marketingUrl text?, privacyStatementUrl text?, supportUrl text?, termsOfServiceUrl text?
parentalControlSettings: countriesBlockedForMinors []text, legalAgeGroupRule text?
redirectUris: redirectUris []text
verifiedPublisher: addedDateTime time?, displayName text?, verifiedPublisherId text?
webApplication: homePageUrl text?, implicitGrantSettings implicitGrantSettings?, logoutUrl text?, redirectUris []text, redirectUriSettings []none
implicitGrantSettings: enableAccessTokenIssuance bool?, enableIdTokenIssuance bool?
servicePrincipal: id text, deletedDateTime time?, accountEnabled bool?, addIns []none, alternativeNames []text, appDescription text?, appDisplayName text?, appId text?, applicationTemplateId text?, appOwnerOrganizationId guid?, appRoleAssignmentRequired bool, appRoles []appRole, description text?, disabledByMicrosoftStatus text?, displayName text?, homepage text?, info informationalUrl?, keyCredentials []none, loginUrl text?, logoutUrl text?, notes text?, notificationEmailAddresses []text, oauth2PermissionScopes []permissionScope, passwordCredentials []none, preferredSingleSignOnMode text?, preferredTokenSigningKeyThumbprint text?, replyUrls []text, resourceSpecificApplicationPermissions []none, samlSingleSignOnSettings none?, servicePrincipalNames []text, servicePrincipalType text?, signInAudience text?, tags []text, tokenEncryptionKeyId guid?, verifiedPublisher verifiedPublisher?
applicationServicePrincipal: application application?, servicePrincipal servicePrincipal?
employeeOrgData: costCenter text?, division text?
applicationTemplate: id text, categories []text, deprecationDate date?, description text?, displayName text?, endpoints []text, homePageUrl text?, isEntraIntegrated bool, lastModifiedDateTime time?, logoUrl text?, publisher text?, riskFactors none?, riskScore none?, supportedProvisioningTypes []text, supportedSingleSignOnModes []text
user: id text, deletedDateTime time?, accountEnabled bool?, ageGroup text?, businessPhones []text, city text?, companyName text?, consentProvidedForMinor text?, country text?, createdDateTime time?, creationType text?, department text?, displayName text?, employeeHireDate time?, employeeId text?, employeeOrgData employeeOrgData?, employeeType text?, externalUserState text?, faxNumber text?, givenName text?, jobTitle text?, lastPasswordChangeDateTime time?, mail text?, mailNickname text?, manager directoryObject?, mobilePhone text?, officeLocation text?, onPremisesDistinguishedName text?, onPremisesDomainName text?, onPremisesExtensionAttributes none?, onPremisesImmutableId text?, onPremisesLastSyncDateTime time?, onPremisesSamAccountName text?, onPremisesSecurityIdentifier text?, onPremisesSyncEnabled bool?, onPremisesUserPrincipalName text?, otherMails []text, postalCode text?, preferredLanguage text?, proxyAddresses []text, state text?, streetAddress text?, surname text?, usageLocation text?, userPrincipalName text?, userType text?, extension_ text?
group: id text, deletedDateTime time?, classification text?, createdDateTime time?, description text?, displayName text?, expirationDateTime time?, groupTypes []text, isAssignableToRole bool?, mail text?, mailEnabled bool?, mailNickname text?, membershipRule text?, membershipRuleProcessingState text?, onPremisesSyncEnabled bool?, preferredDataLocation text?, preferredLanguage text?, proxyAddresses []text, renewedDateTime time?, securityEnabled bool?, securityIdentifier text?, theme text?, uniqueName text?, visibility text?
directoryObject: id text, deletedDateTime time?
extensionProperty: id text, deletedDateTime time?, appDisplayName text?, dataType text, isMultiValued bool, isSyncedFromOnPremises bool?, name text, targetObjects []text
appRoleAssignment: id text, deletedDateTime time?, appRoleId guid, createdDateTime time?, principalDisplayName text?, principalId guid?, principalType text?, resourceDisplayName text?, resourceId guid?
synchronization: id text, secrets []synchronizationSecretKeyStringValuePair
synchronizationSecretKeyStringValuePair: key SecretToken|BaseAddress|SyncAll|SyncNotificationSettings|UserName|Password|Domain|SkipOutOfScopeDeletions, value text?
synchronizationTemplate: id text, applicationId guid, default bool, description text?, discoverable bool, factoryTag text?, metadata []synchronizationMetadataEntry
synchronizationMetadataEntry: key text, value text?
synchronizationJob: id text, schedule synchronizationSchedule?, status synchronizationStatus?, synchronizationJobSettings []keyValuePair, templateId text?
keyValuePair: name text, value text?
synchronizationSchedule: expiration time?, interval duration, state Active|Disabled|Paused
synchronizationStatus: code NotConfigured|NotRun|Active|Paused|Quarantine, countSuccessiveCompleteFailures int, escrowsPruned bool, lastExecution synchronizationTaskExecution?, lastSuccessfulExecution synchronizationTaskExecution?, lastSuccessfulExecutionWithExports synchronizationTaskExecution?, progress []synchronizationProgress, quarantine synchronizationQuarantine?, steadyStateFirstAchievedTime time, steadyStateLastAchievedTime time, synchronizedEntryCountByType []stringKeyLongValuePair, troubleshootingUrl text?
synchronizationTaskExecution: activityIdentifier text?, countEntitled int, countEntitledForProvisioning int, countEscrowed int, countEscrowedRaw int, countExported int, countExports int, countImported int, countImportedDeltas int, countImportedReferenceDeltas int, error synchronizationError?, state Succeeded|Failed|EntryLevelErrors, timeBegan time, timeEnded time
synchronizationProgress: completedUnits int, progressObservationDateTime time, totalUnits int, units text?
synchronizationQuarantine: currentBegan time, error synchronizationError?, nextAttempt time, reason EncounteredBaseEscrowThreshold|EncounteredTotalEscrowThreshold|EncounteredEscrowProportionThreshold|EncounteredQuarantineException|Unknown|QuarantinedOnDemand|TooManyDeletes|IngestionInterrupted, seriesBegan time, seriesCount int
synchronizationError: code text?, message text?, tenantActionable bool
stringKeyLongValuePair: key text?, value int
stringKeyStringValuePair: key text?, value text?
synchronizationSchema: id text, directories []directoryDefinition, synchronizationRules []synchronizationRule, version text?
synchronizationRule: containerFilter none?, editable bool, groupFilter none?, id text?, metadata []stringKeyStringValuePair, name text?, objectMappings []objectMapping, priority int, sourceDirectoryName text?, targetDirectoryName text?
objectMapping: attributeMappings []attributeMapping, enabled bool, flowTypes flags, metadata []objectMappingMetadataEntry, name text?, scope filter?, sourceObjectName text?, targetObjectName text?
objectMappingMetadataEntry: key EscrowBehavior|DisableMonitoringForChanges|OriginalJoiningProperty|Disposition|IsCustomerDefined|ExcludeFromReporting|Unsynchronized, value text?
attributeMapping: defaultValue text?, exportMissingReferences bool, flowBehavior FlowWhenChanged|FlowAlways, flowType Always|ObjectAddOnly|MultiValueAddOnly|ValueAddOnly|AttributeAddOnly, matchingPriority int, source attributeMappingSource?, targetAttributeName text?
attributeMappingSource: expression text?, name text?, parameters []stringKeyAttributeMappingSourceValuePair, type Attribute|Constant|Function
stringKeyAttributeMappingSourceValuePair: key text?, value attributeMappingSource?
filter: categoryFilterGroups []filterGroup, groups []filterGroup, inputFilterGroups []filterGroup
filterGroup: clauses []filterClause, name text?
filterClause: operatorName text?, sourceOperandName text?, targetOperand filterOperand?
filterOperand: values []text
directoryDefinition: id text, discoverabilities flags, discoveryDateTime time?, name text?, objects []objectDefinition, readOnly bool, version text?
objectDefinition: attributes []attributeDefinition, metadata []objectDefinitionMetadataEntry, name text?, supportedApis []text
objectDefinitionMetadataEntry: key PropertyNameAccountEnabled|PropertyNameSoftDeleted|IsSoftDeletionSupported|IsSynchronizeAllSupported|ConnectorDataStorageRequired|Extensions|BaseObjectName, value text?
attributeDefinition: anchor bool, apiExpressions []stringKeyStringValuePair, caseExact bool, defaultValue text?, flowNullValues bool, metadata []attributeDefinitionMetadataEntry, multivalued bool, mutability ReadWrite|ReadOnly|Immutable|WriteOnly, name text?, referencedObjects []referencedObject, required bool, type String|Integer|Reference|Binary|Boolean|DateTime
attributeDefinitionMetadataEntry: key BaseAttributeName|ComplexObjectDefinition|IsContainer|IsCustomerDefined|IsDomainQualified|LinkPropertyNames|LinkTypeName|MaximumLength|ReferencedProperty, value text?
referencedObject: referencedObjectName text?, referencedProperty text?
filterOperatorSchema: id text, arity Binary|Unary, multivaluedComparisonType All|Any, supportedAttributeTypes []String|Integer|Reference|Binary|Boolean|DateTime
attributeMappingFunctionSchema: id text, parameters []attributeMappingParameterSchema
attributeMappingParameterSchema: allowMultipleOccurrences bool, name text?, required bool, type String|Integer|Reference|Binary|Boolean|DateTime
parseExpressionResponse: error publicError?, evaluationResult []text, evaluationSucceeded bool, parsedExpression attributeMappingSource?, parsingSucceeded bool
publicError: code text?, details []none, innerError none?, message text?, target text?
provisioningObjectSummary: id text, activityDateTime time, changeId text?, cycleId text?, durationInMilliseconds int?, initiatedBy initiator?, jobId text?, modifiedProperties []modifiedProperty, provisioningAction other|create|delete|disable|update|stagedDelete, provisioningStatusInfo provisioningStatusInfo?, provisioningSteps []provisioningStep, servicePrincipal provisioningSystem?, sourceIdentity provisionedIdentity?, sourceSystem provisioningSystem?, targetIdentity provisionedIdentity?, targetSystem provisioningSystem?, tenantId text?
initiator: id text?, displayName text?, initiatorType user|application|system
modifiedProperty: displayName text?, newValue text?, oldValue text?
provisioningStatusInfo: errorInformation provisioningErrorInfo?, status success|failure|skipped|warning
provisioningErrorInfo: additionalDetails text?, errorCategory failure|nonServiceFailure|success, errorCode text?, reason text?, recommendedAction text?
provisioningStep: description text?, details detailsInfo?, name text?, provisioningStepType import|scoping|matching|processing|referenceResolution|export, status success|failure|skipped|warning
provisionedIdentity: id text?, displayName text?, details detailsInfo?, identityType text?
provisioningSystem: id text?, displayName text?, details detailsInfo?
detailsInfo: * text?
odataError: error mainError
mainError: code text, details []none, innerError innerError?, message text, target text?
innerError: date localTime?, request-id text?, client-request-id text?
batchResponse: responses []batchItem
batchItem: id text, status int, headers detailsInfo?, body body?
`

// membersOf reads graphTypes: by type and member, the type of the member.
func membersOf() map[string]map[string]string {
	types := map[string]map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(graphTypes)) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
		types[name] = map[string]string{}
		for item := range strings.SplitSeq(list, ", ") {
			member, kind, _ := strings.Cut(item, " ")
			types[name][member] = kind
		}
	}
	return types
}
