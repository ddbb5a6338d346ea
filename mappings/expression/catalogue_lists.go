package expression

// listCatalogue are the functions about several values.
func listCatalogue() []Function {
	attribute := param("attribute", "an attribute with several values")
	addresses := map[string][]string{"proxyAddresses": {"SMTP:ada@contoso.com", "smtp:al@contoso.com"}}
	return []Function{
		{
			Name: "Count", Meaning: "How many values an attribute has",
			Parameters: []Parameter{attribute},
			Example:    Example{Expression: `Count([proxyAddresses])`, Attributes: addresses, Result: []string{"2"}},
		},
		{
			Name: "Item", Meaning: "One value of several",
			Parameters: []Parameter{attribute, param("index", "which one, counted from 1")},
			Example:    Example{Expression: `Item([proxyAddresses], 2)`, Attributes: addresses, Result: []string{"smtp:al@contoso.com"}},
		},
		{
			Name: "RemoveDuplicates", Meaning: "The values, each once",
			Parameters: []Parameter{attribute},
			Example: Example{
				Expression: `RemoveDuplicates([otherMails])`, Result: []string{"a@contoso.com", "b@contoso.com"},
				Attributes: map[string][]string{"otherMails": {"a@contoso.com", "b@contoso.com", "a@contoso.com"}},
			},
		},
		{
			Name: "Split", Meaning: "Several values from one text, without blanks around them",
			Parameters:   []Parameter{param("source", "the text"), param("delimiter", "the character between two values")},
			Restrictions: []string{"the target attribute has to take several values"},
			Example: Example{
				Expression: `Split([extensionAttribute5], ",")`, Result: []string{"Readers", "Writers"},
				Attributes: map[string][]string{"extensionAttribute5": {"Readers, Writers"}},
			},
		},
	}
}

// roleCatalogue are the functions about the roles of the application that a
// user is assigned.
func roleCatalogue() []Function {
	roles := []Parameter{param("[appRoleAssignments]", "this attribute, and no other")}
	two := map[string][]string{"appRoleAssignments": {"Admin", "Auditor"}}
	notAll := "not while all users and groups are in scope: the scope has to be those who are assigned"
	noDemand := "roles are not sent when a user is provisioned on demand"
	return []Function{
		{
			Name: "AppRoleAssignments", Meaning: "The user's assignments to the application",
			Parameters:   []Parameter{param("source", "the attribute")},
			Restrictions: []string{"Graph lists it among its functions, but no page describes it: AppRoleAssignmentsComplex is described"},
			Page:         graphPage,
			Example:      Example{Expression: `AppRoleAssignments([appRoleAssignments])`, Attributes: two, Outcome: Unsupported},
		},
		{
			Name: "AppRoleAssignmentsComplex", Meaning: "All roles that the user is assigned, as SCIM's roles; an update adds and never takes away",
			Parameters:   roles,
			Restrictions: []string{notAll, noDemand, "a role that is taken from the user stays in the application: AssertiveAppRoleAssignmentsComplex replaces the list"},
			Example:      Example{Expression: `AppRoleAssignmentsComplex([appRoleAssignments])`, Attributes: two, Result: []string{"Admin", "Auditor"}},
		},
		{
			Name: "AssertiveAppRoleAssignmentsComplex", Meaning: "All roles that the user is assigned, as SCIM's roles; an update replaces the list",
			Parameters:   roles,
			Restrictions: []string{notAll, noDemand, "roles that were given in the application itself vanish"},
			Page:         rolesPage,
			Example:      Example{Expression: `AssertiveAppRoleAssignmentsComplex([appRoleAssignments])`, Attributes: two, Result: []string{"Admin", "Auditor"}},
		},
		{
			Name: "SingleAppRoleAssignment", Meaning: "The name of the one role that the user is assigned",
			Parameters:   roles,
			Restrictions: []string{notAll, noDemand, "not supported for users with several roles"},
			Example:      example(`SingleAppRoleAssignment([appRoleAssignments])`, "Admin", "appRoleAssignments", "Admin"),
		},
	}
}
