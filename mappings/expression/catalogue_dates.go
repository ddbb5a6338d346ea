package expression

import (
	"time"
)

// dateCatalogue are the functions about dates.
func dateCatalogue() []Function {
	interval := param("interval", "the unit: yyyy, m, d, ww, h, n (minutes) or s")
	date := func(name string) Parameter {
		return param(name, "a date from CDate, DateAdd, DateFromNum or Now")
	}
	adOnly := "the number is how Active Directory keeps dates: in 100 ns since 1601"
	return []Function{
		{
			Name: "CDate", Meaning: "A date from its text, in UTC and in the form M/d/yyyy h:mm:ss tt",
			Parameters:   []Parameter{param("expression", "the text, such as 2026-03-16-07:00")},
			Restrictions: []string{"its result is for other date functions"},
			Example:      example(`CDate([employeeHireDate])`, "3/16/2026 7:00:00 AM", "employeeHireDate", "2026-03-16-07:00"),
		},
		{
			Name: "DateAdd", Meaning: "A date with some units of time added",
			Parameters: []Parameter{interval, param("value", "how many; may be negative"), date("dateTime")},
			Restrictions: []string{
				"what becomes of the 31st when the month has fewer days is not documented",
			},
			Example: example(`DateAdd("d", -7, CDate([employeeHireDate]))`, "2/22/2024 12:00:00 AM", "employeeHireDate", "2024-02-29"),
		},
		{
			Name: "DateDiff", Meaning: "How many units of time lie between two dates; negative when the second is earlier",
			Parameters: []Parameter{interval, date("date1"), date("date2")},
			Restrictions: []string{
				"how parts of a unit count is not documented; the samples fit Visual Basic's rule: years and months by the calendar, weeks by their Sundays, of the others whole ones alone",
			},
			Example: Example{
				Expression: `DateDiff("d", Now(), CDate([employeeHireDate]))`, Attributes: map[string][]string{"employeeHireDate": {"2026-03-16"}},
				Now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Result: []string{"15"},
			},
		},
		{
			Name: "DateFromNum", Meaning: "The date that a number of Active Directory stands for",
			Parameters:   []Parameter{param("value", "the number")},
			Restrictions: []string{adOnly},
			Example:      example(`DateFromNum(129699324000000000)`, "1/1/2012 11:00:00 PM"),
		},
		{
			Name: "FormatDateTime", Meaning: "A date in another form",
			Parameters: []Parameter{
				param("source", "the text of the date"),
				optional("dateTimeStyles", ".NET's DateTimeStyles for reading it"),
				param("inputFormat", "the .NET custom format that it has"), param("outputFormat", "the .NET custom format that it gets"),
			},
			Least: 3, // without dateTimeStyles, as the guide for SuccessFactors writes it
			Restrictions: []string{
				"the date has to fit the input format exactly",
				"in which time zone a date with an offset is written is not documented: CDate makes it UTC",
			},
			Example: example(`FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")`, "2015-01-23", "extensionAttribute1", "20150123105347.1Z"),
		},
		{
			Name: "Now", Meaning: "The present date and time in UTC, in the form M/d/yyyy h:mm:ss tt",
			Example: Example{Expression: `Now()`, Now: time.Date(2026, 7, 2, 15, 33, 38, 0, time.UTC), Result: []string{"7/2/2026 3:33:38 PM"}},
		},
		{
			Name: "NumFromDate", Meaning: "The number by which Active Directory keeps a date",
			Parameters:   []Parameter{param("value", "the date and time in ISO 8601, with its zone")},
			Restrictions: []string{adOnly},
			Example:      example(`NumFromDate("2026-12-31T23:59:59-08:00")`, "134432639990000000"),
		},
	}
}
