package expression

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

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

// Near are up to three documented functions that somebody may have meant who
// wrote another name, the likeliest first. It is empty when none is near.
func Near(name string) []string { return near(name, Names()) }

// near are up to three of the names that somebody may have meant who wrote
// another, the closest first. It is never nil.
func near(name string, names []string) []string {
	most := max(2, len(name)/4)
	if len(name) <= 3 { // two other letters would be another name
		most = 1
	}
	distance := func(n string) int {
		return levenshtein.ComputeDistance(strings.ToLower(n), strings.ToLower(name))
	}
	found := slices.DeleteFunc(append([]string{}, names...), func(n string) bool { return distance(n) > most })
	slices.SortStableFunc(found, func(a, b string) int {
		return cmp.Or(distance(a)-distance(b), strings.Compare(a, b))
	})
	return found[:min(3, len(found))]
}
