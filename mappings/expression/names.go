package expression

import "strings"

// Names are the documented functions, sorted.
func Names() []string {
	return []string{
		"Append", "AppRoleAssignments", "AppRoleAssignmentsComplex", "AssertiveAppRoleAssignmentsComplex",
		"BitAnd", "CBool", "CDate", "Coalesce", "ConvertToBase64", "ConvertToUTF8Hex", "Count", "CStr",
		"DateAdd", "DateDiff", "DateFromNum", "DefaultDomain", "FormatDateTime", "Guid",
		"IgnoreFlowIfNullOrEmpty", "IIF", "InStr", "IsNothing", "IsNull", "IsNullOrEmpty", "IsPresent", "IsString",
		"Item", "Join", "Left", "Len", "Mid", "NormalizeDiacritics", "Not", "Now", "NumFromDate",
		"PCase", "Prepend", "RandomString", "Redact", "RemoveDuplicates", "Replace",
		"SelectUniqueValue", "SingleAppRoleAssignment", "Split", "StripSpaces", "Switch",
		"ToLower", "ToUpper", "Word",
	}
}

// Evaluated tells whether a documented function is evaluated here.
func Evaluated(name string) bool { return implementation(spelling(name)) != nil }

// spelling is the documented spelling of a function's name, else the name.
func spelling(name string) string {
	for _, documented := range Names() {
		if strings.EqualFold(documented, name) {
			return documented
		}
	}
	return name
}
