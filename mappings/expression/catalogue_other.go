package expression

// otherCatalogue are the functions about numbers, the tenant, chance and the
// provisioning itself.
func otherCatalogue() []Function {
	return []Function{
		{
			Name: "BitAnd", Meaning: "The bits that two numbers have in common",
			Parameters: []Parameter{param("value1", "a number, also in hexadecimal: &HF7"), param("value2", "another")},
			Example:    example(`BitAnd([userAccountControl], 2)`, "2", "userAccountControl", "514"),
		},
		{
			Name: "CStr", Meaning: "A number, reference or boolean as text",
			Parameters: []Parameter{param("value", "the value")},
			Example:    example(`CStr([employeeId])`, "1042", "employeeId", "1042"),
		},
		{
			Name: "DefaultDomain", Meaning: "The default verified domain of the tenant",
			Example: Example{
				Expression: `Join("@", [mailNickname], DefaultDomain())`, Attributes: map[string][]string{"mailNickname": {"ada"}},
				DefaultDomain: "contoso.com", Result: []string{"ada@contoso.com"},
			},
		},
		{
			Name: "Guid", Meaning: "A new random GUID",
			Restrictions: []string{"each evaluation yields another one: let the mapping apply on create alone"},
			Example: Example{
				Expression: `Guid()`, Result: []string{"0b1f1b60-6a5c-4c3b-9d3e-2f3f0c1d2e4a"},
				Shape: `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
			},
		},
		{
			Name: "RandomString", Meaning: "A random text with so many characters of each sort at least",
			Parameters: []Parameter{
				param("Length", "its length, 256 at most"), param("MinimumNumbers", "the least number of digits"),
				param("MinimumSpecialCharacters", "the least number of special characters"), param("MinimumCapital", "the least number of capital letters"),
				param("MinimumLowerCase", "the least number of small letters"), optional("CharactersToAvoid", "characters that it shall not have"),
			},
			Restrictions: []string{"each evaluation yields another one: let the mapping apply on create alone"},
			Example:      Example{Expression: `RandomString(6, 3, 0, 0, 3)`, Result: []string{"1a73qt"}, Shape: `^[0-9a-z]{6}$`},
		},
		{
			Name: "Redact", Meaning: "The value as it is; the provisioning logs show [Redact] in its place",
			Parameters: []Parameter{param("value", "the attribute or text to keep out of the logs")},
			Example:    example(`Redact([employeeId])`, "1042", "employeeId", "1042"),
		},
		{
			Name: "SelectUniqueValue", Meaning: "The first of several values that no other account has",
			Parameters: []Parameter{
				param("uniqueValueRule1", "the expression to try first"), repeated("uniqueValueRule2", "the one to try next"),
			},
			Restrictions: []string{
				"not for SCIM applications: for Workday, SuccessFactors and API-driven provisioning to Active Directory alone",
				"it has to be the whole expression, on a mapping that applies on create and is not for matching",
			},
			Example: example(`SelectUniqueValue(Join(".", [givenName], [surname]), Join(".", Left([givenName], 1), [surname]))`, "Ada.Lovelace",
				"givenName", "Ada", "surname", "Lovelace"),
		},
	}
}
